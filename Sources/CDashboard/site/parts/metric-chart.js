// One chart of a run's board. It asks for nothing while it is out of sight.
import { h } from "../base/dom.js";
import { apiLink } from "../base/links.js";
import { fault } from "../base/notice.js";
import { title } from "../base/format.js";
import { Chart } from "../charts/chart.js";
import { SeriesFeed, seriesPath } from "../charts/series.js";
import { atTimesOf, bandLines, seriesMarks } from "../charts/lines.js";
import { lineStyle } from "../charts/colours.js";
import { isEvaluation } from "./metric-groups.js";

export class MetricChart {
  constructor(board, { title: heading, keys, overlays = [], isMain = false }) {
    Object.assign(this, { board, keys, overlays, isSeen: false, isStale: true, series: new Map() });
    this.feeds = new Map([...keys, ...overlays].map((key) => [key, new SeriesFeed(board.run.id, key)]));
    this.leaving = new AbortController();
    board.signal.addEventListener("abort", () => this.close());
    const links = h("span", { class: "data-links" },
      apiLink(seriesPath(board.run.id, keys[0]), "JSON", { label: `${heading} as JSON` }),
      apiLink(`/v1/runs/${board.run.id}/metrics.csv?key=${encodeURIComponent(keys[0])}`, "CSV", { label: `${heading} as CSV` }));
    this.chart = new Chart({
      title: title(heading), links, isLarge: isMain, signal: this.leaving.signal, redraw: () => this.draw(),
      onZoom: (from, to) => this.zoom(from, to), onReset: () => board.reset(),
    });
    this.element = this.chart.element;
    this.observer = new IntersectionObserver((entries) => this.seen(entries.some((entry) => entry.isIntersecting)), { rootMargin: "300px" });
    this.observer.observe(this.element);
  }

  close() {
    this.observer.disconnect();
    this.leaving.abort();
  }

  seen(isSeen) {
    this.isSeen = isSeen;
    if (isSeen && this.isStale) this.load().catch(fault);
  }

  /** There may be more; asked for at once if it is seen, else when it is. */
  async refresh() {
    this.isStale = true;
    if (this.isSeen) await this.load();
  }

  viewChanged() {
    if (this.series.size > 0) this.draw();
    this.refresh().catch(fault);
  }

  zoom(from, to) {
    const first = this.series.get(this.keys[0]);
    if (!first) return;
    const { axis, view } = this.board;
    this.board.zoom(axis.step(view.xKind, from, first), axis.step(view.xKind, to, first), [from, to]);
  }

  async load() {
    this.isStale = false;
    const { view, window, signal } = this.board;
    await Promise.all([...this.feeds].map(async ([key, feed]) => {
      feed.setView({ smooth: isEvaluation(key) ? 0 : view.smooth, from: window?.from, to: window?.to });
      const series = await feed.load(signal);
      if (series) this.series.set(key, series);
    }));
    if (!signal.aborted) this.draw();
  }

  draw() {
    const { axis, view, window } = this.board;
    const shown = [...this.keys, ...(view.overlays ? this.overlays : [])].filter((key) => this.series.has(key));
    const first = this.series.get(this.keys[0]);
    const curve = (key) => isEvaluation(key) && !isEvaluation(this.keys[0]) ? atTimesOf(this.series.get(key), first) : this.series.get(key);
    const lines = shown.flatMap((key, index) => bandLines(curve(key), {
      name: key, xKind: view.xKind, axis, ...lineStyle(index), hasPoints: isEvaluation(key),
      side: this.overlays.includes(key) ? "right" : null,
    }));
    this.chart.show({
      lines, marks: first ? seriesMarks(first, axis, view.xKind) : [], xKind: view.xKind, logY: view.logY,
      window: window?.x ?? null,
    });
  }
}
