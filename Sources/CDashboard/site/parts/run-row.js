// A run as a row of a table. Cells are made once and changed where they differ.
import { h, setText } from "../base/dom.js";
import { duration, elapsedSeconds, grouped, moment, number, setting } from "../base/format.js";
import { updateActions } from "./actions.js";
import { progressBar, setBadge } from "./state.js";

/** Heads of the columns, with one for each setting in `keys`. */
export function runColumns(keys) {
  const head = (text, isNumber) => h("th", { scope: "col", role: "columnheader", class: isNumber ? "number" : null }, text);
  return [
    h("th", { scope: "col", role: "columnheader" }, h("span", { class: "unseen" }, "Compare")), head("Run"), head("State"), head("Progress"),
    head("Loss", true), head("Least loss", true), head("J&F", true), head("Time", true), head("Created"),
    head("Actions"), ...keys.map((key) => h("th", { scope: "col", role: "columnheader", class: "setting" }, key)),
  ];
}

/** One row; where the page is narrow the style sheet makes a card of it, so that roles and heads are said here. */
export class RunRow {
  constructor(run, chosen, changed) {
    this.changed = changed;
    this.name = h("a", { href: `#/runs/${run.id}` });
    this.labels = h("span", { class: "labels" });
    this.state = h("span", {});
    this.bar = progressBar("steps", `Progress of ${run.name}`);
    const cell = (name, head) => (this[name] = h("td", { role: "cell", class: "number", "data-head": head }));
    this.created = h("td", { role: "cell", "data-head": "Created" });
    this.actions = h("td", { role: "cell", class: "row-actions" });
    this.keys = [];
    this.element = h("tr", { role: "row" },
      h("td", { role: "cell" }, h("input", { type: "checkbox", "aria-label": `Compare ${run.name}`, onchange: (event) => chosen(event.target.checked) })),
      h("th", { scope: "row", role: "rowheader" }, this.name, this.labels), h("td", { role: "cell" }, this.state),
      h("td", { role: "cell", class: "whole" }, this.bar.element),
      cell("loss", "Loss"), cell("least", "Least loss"), cell("score", "J&F"), cell("time", "Time"), this.created, this.actions);
  }

  /** Shows `run`; `keys` are settings to show, null for those of before. */
  update(run, score, keys) {
    this.run = run;
    setText(this.name, run.name);
    setText(this.labels, Object.entries(run.labels ?? {}).map(([name, value]) => `${name}=${value}`).join("  "));
    setBadge(this.state, run.state);
    this.state.title = run.exit?.message ?? "";
    const { step, total_steps: total, eta_seconds: left } = run.progress;
    this.bar.update(step, total, left);
    setText(this.loss, number(run.last_metrics?.loss));
    const best = run.best?.loss;
    setText(this.least, best ? `${number(best.value)} at ${grouped(best.step)}` : "–");
    const reached = run.best?.j_and_f ?? score;
    setText(this.score, reached ? `${number(reached.value)} at ${grouped(reached.step)}` : "–");
    setText(this.created, moment(run.created_at));
    updateActions(this.actions, run, this.changed, true);
    this.tick();
    if (keys) this.showSettings(keys);
  }

  /** The time that it has taken. */
  tick() {
    setText(this.time, duration(elapsedSeconds(this.run)));
  }

  showSettings(keys) {
    for (const cell of this.keys) cell.remove();
    this.keys = keys.map((key) => h("td", { role: "cell", class: "setting", "data-head": key }, setting(this.run.config?.[key])));
    this.actions.after(...this.keys);
  }
}
