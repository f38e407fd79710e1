// A run's log, newest lines last; it follows while its end is in sight.
import { fill, h, throttled } from "../base/dom.js";
import { get } from "../base/api.js";
import { moment } from "../base/format.js";
import { select } from "./form.js";

const most = 500;
const ranks = { trace: 0, debug: 1, info: 2, notice: 3, warning: 4, error: 5, critical: 6 };

export class LogView {
  constructor(runID, signal) {
    Object.assign(this, { runID, signal, after: 0, lines: [], least: "info", loading: null });
    this.box = h("div", { class: "log", role: "log", tabindex: "0", "aria-label": "Log lines" });
    const level = select([["debug", "everything"], ["info", "info and above"], ["warning", "warnings and errors"], ["error", "errors"]], "info",
      { "aria-label": "Least level", onchange: (event) => { this.least = event.target.value; this.draw(); } });
    this.element = h("section", {}, h("div", { class: "section-head" }, h("h2", {}, "Log"), level), this.box);
    this.draw();
    this.drawSoon = throttled(() => this.draw(), 250);
  }

  /** Asks for the lines that are not here yet. */
  async load() {
    this.loading ??= this.loadMore().finally(() => { this.loading = null; });
    await this.loading;
  }

  async loadMore() {
    for (;;) {
      const page = await get(`/v1/runs/${this.runID}/logs?after=${this.after}&limit=1000`, this.signal);
      for (const line of page.items) this.keep(line);
      if (!page.has_more) break;
    }
    this.draw();
  }

  /** A line as it is written. */
  add(line) {
    if (!line || line.sequence <= this.after) return;
    this.keep(line);
    this.drawSoon();
  }

  keep(line) {
    if (line.sequence <= this.after) return;
    this.after = line.sequence;
    this.lines.push(line);
    if (this.lines.length > most) this.lines.shift();
  }

  draw() {
    const { box } = this;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
    const shown = this.lines.filter((line) => (ranks[line.level] ?? 2) >= ranks[this.least]);
    if (shown.length === 0) fill(box, h("p", { class: "empty" }, "There are no lines."));
    else fill(box, shown.map((line) => h("p", { class: `level-${line.level}` },
      h("time", { datetime: line.time }, moment(line.time, { seconds: true })), " ",
      ranks[line.level] === 2 ? null : h("b", {}, `${line.level} `), line.message)));
    if (isAtEnd) box.scrollTop = box.scrollHeight;
  }
}
