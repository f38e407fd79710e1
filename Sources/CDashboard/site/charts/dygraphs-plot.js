// A line chart by dygraphs, which Debian's package libjs-dygraphs brings; the daemon serves it from where that puts it.
import { cssColour } from "../base/theme.js";
import { translucent } from "./colours.js";
import { xLabel, xTicks, yLabel } from "./scale.js";

/** Draws into `container`; `on` has zoom(from, to), reset() and hover(x or null, name of the nearest line). */
export class DygraphsPlot {
  constructor(container, on) {
    Object.assign(this, { container, on, graph: null, shape: "", content: null, window: null, isOwnChange: false });
  }

  /** Shows lines; see chart.js for what they are. */
  show(content) {
    this.content = content;
    if (content.lines.length === 0) return this.destroy();
    const rows = table(content.lines);
    this.window = content.window ?? aroundOne(rows);
    const shape = JSON.stringify([content.xKind, content.logY, content.lines.map((line) =>
      [line.name, line.colour, line.axis, line.hasPoints, line.isFaint])]);
    this.isOwnChange = true;
    if (this.graph && shape === this.shape) {
      this.graph.updateOptions({ file: rows, dateWindow: this.window });
    } else {
      this.destroy();
      this.graph = new globalThis.Dygraph(this.container, rows, this.options(content));
      this.shape = shape;
    }
    this.isOwnChange = false;
  }

  /** Puts one line before the others, or none. */
  highlight(name) {
    if (!this.graph) return;
    if (name === null) this.graph.clearSelection();
    else this.graph.setSelection(this.graph.numRows() - 1, name);
  }

  destroy() {
    this.graph?.destroy();
    this.graph = null;
    this.container.replaceChildren();
  }

  options(content) {
    const { lines, logY } = content;
    const hasRight = lines.some((line) => line.axis === "right");
    const series = {};
    for (const line of lines) {
      series[line.name] = {
        color: line.isFaint ? translucent(line.colour, 0.45) : line.colour, axis: line.axis === "right" ? "y2" : "y",
        strokeWidth: line.isFaint ? 1 : 1.8, strokePattern: line.dash ?? null, drawPoints: Boolean(line.hasPoints),
        pointSize: line.hasPoints ? 3.5 : 1.5,
      };
    }
    return {
      labels: ["x", ...lines.map((line) => line.name)], series, customBars: true, fillAlpha: 0.18,
      connectSeparatedPoints: true, drawGapEdgePoints: true, legend: "never", logscale: logY, dateWindow: this.window,
      gridLineColor: cssColour("line"), axisLineColor: cssColour("line"), axisLabelFontSize: 12, rightGap: hasRight ? 5 : 12,
      xRangePad: lines.some((line) => line.hasPoints) ? 8 : 2, yRangePad: 6, animatedZooms: false,
      axes: {
        x: { ticker: (from, to, pixels) => this.xTicks(from, to, pixels), axisLabelWidth: 84 },
        y: { axisLabelFormatter: (...tick) => yTick(tick, 0), axisLabelWidth: 52 },
        y2: { axisLabelFormatter: (...tick) => yTick(tick, 1), axisLabelWidth: 52, drawGrid: false, logscale: false },
      },
      highlightCircleSize: 3,
      highlightSeriesOpts: lines.length > 2 ? { strokeWidth: 3, highlightCircleSize: 4 } : null,
      highlightSeriesBackgroundAlpha: 0.35,
      highlightCallback: (event, x, points, row, name) => this.on.hover(x, name ?? null),
      unhighlightCallback: () => this.on.hover(null, null),
      underlayCallback: (pen, area, graph) => drawMarks(pen, area, graph, this.content.marks),
      drawCallback: (graph) => this.drawn(graph),
    };
  }

  xTicks(from, to, pixels) {
    return xTicks(this.content.xKind, from, to, pixels / 90).map((v) => ({ v, label: xLabel(this.content.xKind, v, to - from) }));
  }

  /** Tells of a zoom or a pan that the reader made, by mouse or by fingers. */
  drawn(graph) {
    if (this.isOwnChange) return;
    const { window } = this;
    if (!graph.isZoomed("x")) {
      if (this.content.window) this.on.reset();
      return;
    }
    const [from, to] = graph.xAxisRange();
    const slack = (to - from) * 1e-3;
    if (!window || Math.abs(from - window[0]) > slack || Math.abs(to - window[1]) > slack) this.on.zoom(from, to);
  }
}

/** What is shown of points that all have the same x: some room on both sides of it. */
function aroundOne(rows) {
  const [first, last] = [rows[0][0], rows[rows.length - 1][0]];
  const room = Math.max(1, Math.abs(first) * 0.1);
  return first === last ? [first - room, first + room] : null;
}

/** The label of a tick, from what dygraphs hands over: value, granularity, options, graph. */
function yTick([value, , , graph], axis) {
  const [low, high] = graph.yAxisRange(axis) ?? [0, 0];
  return yLabel(value, high - low);
}

/** One row for each x of any line: [x, [low, value, high], ...], null where a line has no point there. */
function table(lines) {
  const all = new Map();
  lines.forEach((line, column) => {
    for (let index = 0; index < line.x.length; index += 1) {
      const y = line.y[index];
      if (y === null || !Number.isFinite(line.x[index])) continue;
      let row = all.get(line.x[index]);
      if (!row) {
        row = [line.x[index], ...new Array(lines.length).fill(null)];
        all.set(line.x[index], row);
      }
      row[column + 1] = [line.low?.[index] ?? y, y, line.high?.[index] ?? y];
    }
  });
  const rows = [...all.values()].sort((a, b) => a[0] - b[0]);
  return rows.length > 0 ? rows : [[0, ...new Array(lines.length).fill(null)]];
}

function drawMarks(pen, area, graph, marks) {
  pen.save();
  pen.font = "12px sans-serif";
  pen.setLineDash([3, 3]);
  for (const mark of marks) {
    const x = Math.round(graph.toDomXCoord(mark.x)) + 0.5;
    if (x < area.x || x > area.x + area.w) continue;
    pen.strokeStyle = pen.fillStyle = cssColour(mark.isBad ? "bad" : "muted");
    pen.beginPath();
    pen.moveTo(x, area.y);
    pen.lineTo(x, area.y + area.h);
    pen.stroke();
    const isAtEnd = x + 3 + pen.measureText(mark.label).width > area.x + area.w;
    pen.textAlign = isAtEnd ? "right" : "left";
    pen.fillText(mark.label, isAtEnd ? x - 3 : x + 3, area.y + 12);
  }
  pen.restore();
}

let loading = null;

/** True once dygraphs is there; false where the daemon has none to serve. Asked once. */
export function loadDygraphs() {
  loading ??= load().catch(() => false);
  return loading;
}

async function load() {
  const reply = await fetch("/ui/vendor");
  const { files } = await reply.json();
  if (!["dygraphs/dygraph.min.js", "dygraphs/dygraph.css"].every((name) => files.includes(name))) return false;
  await Promise.all([
    loaded(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/ui/vendor/dygraphs/dygraph.css" })),
    loaded(Object.assign(document.createElement("script"), { src: "/ui/vendor/dygraphs/dygraph.min.js" })),
  ]);
  const { Dygraph } = globalThis;
  if (typeof Dygraph !== "function") return false;
  // Its legend sets a style attribute, which the content security policy forbids; chart.js has one of its own.
  Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);
  return true;
}

function loaded(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}
