// Up to 20 runs over each other: one metric, and only the settings that differ.
import { fill, h, throttled } from "../base/dom.js";
import { get, withQuery } from "../base/api.js";
import { grouped, number, setting, title } from "../base/format.js";
import { dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { remember } from "../base/router.js";
import { RunAxis, xKinds } from "../charts/axis.js";
import { Chart } from "../charts/chart.js";
import { lineStyle } from "../charts/colours.js";
import { bandLines } from "../charts/lines.js";
import { readSeries } from "../charts/series.js";
import { chartControls } from "../parts/chart-controls.js";
import { select } from "../parts/form.js";
import { differingKeys } from "../parts/settings.js";
import { badge } from "../parts/state.js";
import { frame } from "../parts/table.js";

const most = 20;

export async function comparePage({ main, query, signal }) {
  const page = new ComparePage(main, query, signal);
  await page.open();
}

class ComparePage {
  constructor(main, query, signal) {
    Object.assign(this, { main, signal, runs: [], window: null, reply: null, summaries: new Map() });
    this.ids = [...new Set(query.getAll("run"))].slice(0, most);
    this.key = query.get("key") ?? "loss";
    this.view = {
      xKind: xKinds.includes(query.get("x")) ? query.get("x") : "step", smooth: Number(query.get("smooth") ?? 0) || 0,
      logY: query.get("log") === "1",
    };
    this.refresh = throttled(() => this.load().catch(fault), 3000);
  }

  async open() {
    const { items } = await get("/v1/runs?limit=200", this.signal);
    this.known = items;
    this.build();
    await this.changeRuns();
    listen(({ type, data }) => {
      if (["tick", "reset"].includes(type) || this.ids.includes(data.run_id)) this.refresh();
    }, this.signal);
  }

  build() {
    this.metric = select([[this.key, title(this.key)]], this.key, {
      onchange: (event) => { this.key = event.target.value; this.window = null; remember({ key: this.key }); this.chart = null; this.load().catch(fault); },
    });
    this.adder = select([], null, { "aria-label": "Add a run", onchange: (event) => this.add(event.target.value) });
    this.place = h("div", { class: "charts main" });
    this.table = h("section", {});
    this.nothing = h("p", { class: "empty" }, "Choose the runs to compare with Add a run, or tick them in the list of runs.");
    this.links = h("div", {});
    fill(this.main, h("div", { class: "page-head" }, h("h1", {}, "Compare"), this.adder),
      this.nothing,
      this.body = h("div", {}, h("section", { "aria-label": "Curves" },
        h("div", { class: "toolbar" }, h("label", {}, "Metric ", this.metric),
          chartControls(this.view, () => { this.window = null; this.load().catch(fault); })), this.place),
      this.table, this.links));
  }

  add(id) {
    if (!id || this.ids.includes(id)) return;
    this.ids = [...this.ids, id].slice(0, most);
    this.changeRuns().catch(fault);
  }

  remove(id) {
    this.ids = this.ids.filter((one) => one !== id);
    this.changeRuns().catch(fault);
  }

  async changeRuns() {
    remember({ run: this.ids });
    const others = this.known.filter((run) => !this.ids.includes(run.id));
    fill(this.adder, h("option", { value: "" }, this.ids.length >= most ? `${most} are the most` : "Add a run"),
      this.ids.length >= most ? null : others.map((run) => h("option", { value: run.id }, run.name)));
    this.nothing.hidden = this.ids.length > 0;
    this.body.hidden = this.ids.length === 0;
    this.chart = null;
    await this.load();
  }

  async load() {
    if (this.ids.length === 0) return;
    this.runs = await Promise.all(this.ids.map((id) => get(`/v1/runs/${id}`, this.signal)));
    const lists = await Promise.all(this.ids.map((id) => get(`/v1/runs/${id}/metrics`, this.signal)));
    this.summaries = new Map(this.ids.map((id, index) => [id, new Map(lists[index].items.map((item) => [item.key, item]))]));
    this.showMetrics(lists);
    await this.loadCurves();
  }

  showMetrics(lists) {
    const keys = [...new Set(lists.flatMap((list) => list.items.map((item) => item.key)))].sort();
    if (keys.length > 0 && !keys.includes(this.key)) this.key = keys.includes("loss") ? "loss" : keys[0];
    const options = keys.length > 0 ? keys : [this.key];
    if ([...this.metric.options].map((option) => option.value).join() !== options.join()) {
      fill(this.metric, options.map((key) => h("option", { value: key }, title(key))));
    }
    this.metric.value = this.key;
  }

  async loadCurves() {
    const path = withQuery("/v1/metrics/compare", {
      run_id: this.ids, key: this.key, max_points: 600, smooth: this.view.smooth || null, from: this.window?.from, to: this.window?.to,
    });
    const has = this.ids.some((id) => this.summaries.get(id).has(this.key));
    this.reply = has ? await get(path, this.signal) : { runs: [], columns: [] };
    if (this.signal.aborted) return;
    this.draw();
    this.drawTable();
    fill(this.links, dataLinks([path, "JSON", "These curves as JSON"],
      ...this.runs.map((run) => [`/v1/runs/${run.id}/metrics.csv?key=${encodeURIComponent(this.key)}`, `${run.name} as CSV`])));
  }

  draw() {
    if (!this.chart) this.makeChart();
    const names = uniqueNames(this.runs);
    this.series = new Map(this.reply.runs.filter((one) => one.rows.length > 0).map((one) =>
      [one.run_id, readSeries({ ...this.reply, ...one })]));
    const lines = this.runs.flatMap((run, index) => {
      const series = this.series.get(run.id);
      if (!series) return [];
      const all = bandLines(series, {
        name: names.get(run.id), xKind: this.view.xKind, axis: new RunAxis(run), ...lineStyle(index),
        hasPoints: series.steps.length < 20, hasBand: this.ids.length < 4,
      });
      return this.ids.length < 4 ? all : all.slice(-1);
    });
    this.chart.show({ lines, marks: [], xKind: this.view.xKind, logY: this.view.logY, window: this.window?.x ?? null });
  }

  makeChart() {
    this.leaving?.abort();
    this.leaving = new AbortController();
    this.signal.addEventListener("abort", () => this.leaving.abort());
    this.chart = new Chart({
      title: title(this.key), isLarge: true, signal: this.leaving.signal, redraw: () => this.redraw(),
      onZoom: (from, to) => this.zoom(from, to), onReset: () => { this.window = null; this.loadCurves().catch(fault); },
      onHover: (name) => this.emphasise(name),
    });
    fill(this.place, this.chart.element);
  }

  /** In other colours. */
  redraw() {
    if (!this.reply) return;
    this.said = "";
    this.draw();
    this.drawTable();
  }

  /** Steps of all runs that lie between two x. */
  zoom(from, to) {
    const steps = (x) => this.runs.filter((run) => this.series.has(run.id))
      .map((run) => new RunAxis(run).step(this.view.xKind, x, this.series.get(run.id)));
    this.window = { from: Math.max(0, Math.min(...steps(from))), to: Math.max(0, ...steps(to)), x: [from, to] };
    this.loadCurves().catch(fault);
  }

  emphasise(name) {
    for (const row of this.table.querySelectorAll("tbody tr")) row.classList.toggle("strong", row.dataset.name === name);
  }

  drawTable() {
    const names = uniqueNames(this.runs);
    const keys = differingKeys(this.runs.map((run) => run.config));
    const heads = ["Run", "State", "Step", `Last ${title(this.key)}`, "Least", "Greatest", "Best J&F", ...keys, ""];
    const rows = this.runs.map((run, index) => {
      const summary = this.summaries.get(run.id).get(this.key);
      const { colour, dash } = lineStyle(index);
      const name = names.get(run.id);
      return h("tr", {
        "data-name": name, onpointerenter: () => this.chart.highlight(name), onpointerleave: () => this.chart.highlight(null),
      },
      h("th", { scope: "row" }, h("span", { class: dash ? "swatch dashed" : "swatch", style: { "--swatch": colour } }),
        h("a", { href: `#/runs/${run.id}`, onfocus: () => this.chart.highlight(name), onblur: () => this.chart.highlight(null) }, name)),
      h("td", {}, badge(run.state)), cell(grouped(run.progress.step)), cell(number(summary?.last, summary?.last_kind)),
      cell(extreme(summary?.min)), cell(extreme(summary?.max)),
      cell(run.best?.j_and_f ? `${number(run.best.j_and_f.value)} at ${grouped(run.best.j_and_f.step)}` : "–"),
      keys.map((key) => h("td", { class: "setting" }, setting(run.config?.[key]))),
      h("td", {}, h("button", { type: "button", class: "quiet", "aria-label": `Take ${run.name} out`, onclick: () => this.remove(run.id) }, "×")));
    });
    const said = JSON.stringify([keys, rows.map((row) => row.textContent)]);
    if (said === this.said && this.table.hasChildNodes()) return;
    this.said = said;
    fill(this.table, h("h2", {}, "What differs"),
      keys.length === 0 && this.runs.length > 1 && h("p", { class: "note" }, "These runs have the same settings."),
      frame(h("table", {}, h("caption", { class: "unseen" }, "The runs, and the settings in which they differ"),
        h("thead", {}, h("tr", {}, heads.map((text, index) => h("th", { scope: "col", class: index > 1 && index < 7 ? "number" : null },
          text === "" ? h("span", { class: "unseen" }, "Take out") : text)))), h("tbody", {}, rows)), "What differs"));
  }
}

function cell(text) {
  return h("td", { class: "number" }, text);
}

function extreme(one) {
  return one ? `${number(one.value, one.kind)} at ${grouped(one.step)}` : "–";
}

/** Names of runs; those of the same name get the end of their identifier. */
function uniqueNames(runs) {
  const isTwice = (run) => runs.filter((one) => one.name === run.name).length > 1;
  return new Map(runs.map((run) => [run.id, isTwice(run) ? `${run.name} ${run.id.slice(-4)}` : run.name]));
}
