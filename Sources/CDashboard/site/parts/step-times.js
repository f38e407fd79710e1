// Where the time of a step goes: a bar with its parts, and the same in numbers.
import { fill, h, show } from "../base/dom.js";
import { duration, percent, title } from "../base/format.js";
import { lineStyle } from "../charts/colours.js";

export class StepTimes {
  constructor() {
    this.bar = h("div", { class: "stack", role: "img" });
    this.list = h("ul", { class: "legend" });
    this.element = h("section", { hidden: true }, h("h2", {}, "Time of a step"), this.bar, this.list);
  }

  /** Shows the last step's parts: the metrics that end in `_seconds`. */
  update(metrics) {
    const whole = metrics.step_seconds ?? null;
    const parts = Object.entries(metrics).filter(([key, value]) => key.endsWith("_seconds") && key !== "step_seconds" && value !== null)
      .map(([key, seconds]) => ({ name: title(key.replace(/_seconds$/, "")), seconds }))
      .sort((a, b) => b.seconds - a.seconds);
    show(this.element, parts.length > 0);
    const sum = parts.reduce((total, part) => total + part.seconds, 0);
    const total = Math.max(sum, whole ?? 0);
    if (total === 0) return;
    if (total - sum > total * 0.005) parts.push({ name: "Other", seconds: total - sum });
    this.bar.setAttribute("aria-label", `The last step took ${duration(total)}: ${parts.map((part) =>
      `${part.name} ${percent(part.seconds / total)}`).join(", ")}`);
    fill(this.bar, parts.map((part, index) => h("span", {
      style: { width: `${(100 * part.seconds) / total}%`, background: lineStyle(index).colour },
      title: `${part.name}: ${duration(part.seconds)}`,
    })));
    fill(this.list, parts.map((part, index) => h("li", {},
      h("span", { class: "swatch block", style: { "--swatch": lineStyle(index).colour } }), part.name, " ",
      h("b", {}, duration(part.seconds)), h("span", { class: "range" }, ` ${percent(part.seconds / total)}`))));
  }
}
