// All charts of one run: they share their x axis, their zoom and their smoothing.
import { fill, h, throttled } from "../base/dom.js";
import { get } from "../base/api.js";
import { fault } from "../base/notice.js";
import { xKinds, RunAxis } from "../charts/axis.js";
import { isEvaluation, metricGroups } from "./metric-groups.js";
import { MetricChart } from "./metric-chart.js";
import { chartControls } from "./chart-controls.js";

/** The board; `element` is shown by its owner, who calls `refresh` when there may be more to see. */
export class ChartBoard {
  constructor(run, query, signal) {
    Object.assign(this, { run, signal, axis: new RunAxis(run), window: null, keys: "", charts: [] });
    this.view = {
      xKind: xKinds.includes(query.get("x")) ? query.get("x") : "step", smooth: Number(query.get("smooth") ?? 0) || 0,
      logY: query.get("log") === "1", overlays: query.get("overlay") !== "0",
    };
    this.place = h("div", {}, h("p", { class: "empty" }, "There are no numbers yet: the first step has not ended."));
    this.element = h("section", { "aria-label": "Curves" },
      h("h2", {}, "Curves"), chartControls(this.view, () => this.changed(), "Evaluations on the loss"), this.place);
    this.refresh = throttled(() => this.load().catch(fault), 2000);
  }

  /** Finds out which metrics there are, and brings the charts that are seen up to date. */
  async load() {
    const { items } = await get(`/v1/runs/${this.run.id}/metrics`, this.signal);
    const keys = items.map((item) => item.key);
    if (keys.join() !== this.keys) this.arrange(keys);
    await Promise.all(this.charts.map((chart) => chart.refresh()));
  }

  /** The run has gone on. */
  update(run) {
    this.run = run;
    this.axis = new RunAxis(run);
  }

  arrange(keys) {
    this.keys = keys.join();
    for (const chart of this.charts) chart.close();
    this.charts = [];
    const evaluations = keys.filter(isEvaluation);
    const sections = metricGroups(keys).map((group) => {
      const charts = group.charts.map((chart) => new MetricChart(this, {
        ...chart, overlays: chart.isMain ? evaluations.filter((key) => key.endsWith("j_and_f")) : [],
      }));
      this.charts.push(...charts);
      const place = h("div", { class: group.isMain ? "charts main" : "charts" }, charts.map((chart) => chart.element));
      return group.isMain ? place : h("details", { class: "group", open: group.isOpen }, h("summary", {}, group.title), place);
    });
    if (sections.length > 0) fill(this.place, sections);
  }

  /** The reader has chosen another axis, smoothing or scale. */
  changed() {
    this.window = null;
    for (const chart of this.charts) chart.viewChanged();
  }

  /** The reader looks at a part: every chart shows it, with as many points as it would have for everything. */
  zoom(from, to, x) {
    this.window = { from: Math.max(0, from), to: Math.max(0, to), x };
    for (const chart of this.charts) chart.viewChanged();
  }

  reset() {
    this.window = null;
    for (const chart of this.charts) chart.viewChanged();
  }
}
