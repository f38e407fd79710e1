// A chart with its title, buttons and legend, whoever draws the lines.
//
// What a plot shows: { lines, marks, xKind, logY, window }. A line is { name, colour, x, y } with arrays of the same length, x
// ascending, null where there is no value; and, where it has them, low and high (a band), dash, hasPoints, isFaint (behind),
// axis: "right". A mark is { x, label, isBad }: a vertical line. `window` is [from, to] or null for everything.
import { fill, h, setText } from "../base/dom.js";
import { number } from "../base/format.js";
import { onThemeChange } from "../base/theme.js";
import { CanvasPlot } from "./canvas-plot.js";
import { DygraphsPlot, loadDygraphs } from "./dygraphs-plot.js";
import { nearestIndex } from "./extent.js";
import { xLabel, xTitles } from "./scale.js";

/**
 * A chart. `onZoom(from, to)` and `onReset()` say what the reader wants to see; whoever owns the chart asks the daemon for it
 * and calls `show` again. `redraw` is called when colours change.
 */
export class Chart {
  constructor({ title, links = [], isLarge = false, onZoom, onReset, onHover = () => {}, redraw, signal }) {
    Object.assign(this, { title, onZoom, onReset, onHover, plot: null, content: null });
    this.legend = h("ul", { class: "legend" });
    this.place = h("figure", { class: "plot", role: "img", "aria-label": title });
    this.at = h("span", { class: "at" });
    this.element = h("section", { class: isLarge ? "chart large" : "chart", "aria-label": `Chart of ${title}` },
      h("header", {}, h("h3", {}, title), this.at, this.buttons(), links), this.place, this.legend);
    signal.addEventListener("abort", () => this.plot?.destroy());
    onThemeChange(redraw, signal);
    this.ready = this.makePlot(signal);
  }

  async makePlot(signal) {
    const on = { zoom: this.onZoom, reset: this.onReset, hover: (x, name) => this.hover(x, name) };
    const Plot = (await loadDygraphs()) ? DygraphsPlot : CanvasPlot;
    if (signal.aborted) return;
    this.plot = new Plot(this.place, on);
    if (this.content) this.show(this.content);
  }

  /** Shows lines. */
  show(content) {
    this.content = content;
    this.place.setAttribute("aria-label", describe(this.title, content));
    this.drawLegend(null, null);
    if (this.plot && this.place.isConnected) this.plot.show(content);
  }

  /** Puts one line before the others, or none. */
  highlight(name) {
    this.plot?.highlight(name);
  }

  hover(x, name) {
    this.drawLegend(x, name);
    this.onHover(name);
  }

  /** The lines with their values at `x`, or their last ones. */
  drawLegend(x, name) {
    const { lines, xKind } = this.content;
    setText(this.at, x === null ? "" : `${xTitles[xKind]} ${xLabel(xKind, x, 0)}`);
    const items = lines.filter((line) => !line.isUnlisted).map((line) => {
      const index = x === null ? line.x.length - 1 : nearestIndex(line.x, x);
      return h("li", { class: name === line.name ? "strong" : null },
        h("span", { class: line.dash ? "swatch dashed" : "swatch", style: { "--swatch": line.colour } }), line.name, " ",
        h("b", {}, index < 0 ? "–" : number(line.y[index])), range(line, index));
    });
    fill(this.legend, items);
  }

  buttons() {
    const button = (text, label, action) =>
      h("button", { type: "button", class: "quiet", "aria-label": `${label}: ${this.title}`, title: label, onclick: action }, text);
    return h("div", { class: "chart-buttons" },
      button("−", "Zoom out", () => this.scaleWindow(2, 0)), button("+", "Zoom in", () => this.scaleWindow(0.5, 0)),
      button("‹", "Earlier", () => this.scaleWindow(1, -0.5)), button("›", "Later", () => this.scaleWindow(1, 0.5)),
      button("All", "Show everything", () => this.onReset()));
  }

  /** Zooms or moves by buttons, for those who do not drag. */
  scaleWindow(factor, shift) {
    if (!this.content) return;
    const all = this.content.lines.flatMap((line) => [line.x[0], line.x[line.x.length - 1]]).filter(Number.isFinite);
    const [from, to] = this.content.window ?? [Math.min(...all), Math.max(...all)];
    if (!(to > from)) return;
    const [middle, half] = [(from + to) / 2 + (to - from) * shift, ((to - from) / 2) * factor];
    this.onZoom(middle - half, middle + half);
  }
}

function range(line, index) {
  if (!line.low || index < 0 || line.low[index] === null || line.low[index] === line.high[index]) return null;
  return h("span", { class: "range" }, ` ${number(line.low[index])} to ${number(line.high[index])}`);
}

/** The chart in a sentence, for those who do not see it. */
function describe(title, { lines, xKind }) {
  const said = lines.filter((line) => !line.isUnlisted && line.x.length > 0).slice(0, 5).map((line) => {
    const values = line.y.filter((value) => value !== null);
    if (values.length === 0) return `${line.name}: no values`;
    const low = values.reduce((a, b) => Math.min(a, b));
    return `${line.name}: last ${number(values[values.length - 1])}, lowest shown ${number(low)}`;
  });
  return `${title} by ${xTitles[xKind]}. ${said.join("; ") || "No values yet"}.`;
}
