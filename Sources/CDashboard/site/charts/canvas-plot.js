// A line chart on a canvas, for machines without libjs-dygraphs. It takes the same lines and says the same things.
import { cssColour } from "../base/theme.js";
import { translucent } from "./colours.js";
import { extent, nearestIndex, shownValues, vertical } from "./extent.js";
import { logTicks, niceTicks, xLabel, xTicks, yLabel } from "./scale.js";

const edge = { top: 8, bottom: 24, left: 56, right: 24 };

/** Draws into `container`; `on` has zoom(from, to), reset() and hover(x or null, name of the nearest line). */
export class CanvasPlot {
  constructor(container, on) {
    Object.assign(this, { container, on, content: null, pointer: null, drag: null, emphasis: null });
    this.canvas = document.createElement("canvas");
    container.replaceChildren(this.canvas);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(container);
    this.listen();
  }

  /** Shows lines; see chart.js for what they are. */
  show(content) {
    this.content = content;
    this.draw();
  }

  /** Puts one line before the others, or none. */
  highlight(name) {
    this.emphasis = name;
    this.draw();
  }

  destroy() {
    this.observer.disconnect();
    this.canvas.remove();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.on.hover(null, null);
      this.draw();
    });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.drag = event.offsetX;
    });
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", () => {
      this.drag = this.pointer = null;
      this.draw();
    });
    canvas.addEventListener("dblclick", () => this.on.reset());
  }

  move(event) {
    this.pointer = { x: event.offsetX, y: event.offsetY };
    if (this.frame) this.on.hover(this.pointedX(), this.nearest());
    this.draw();
  }

  release(event) {
    const begin = this.drag;
    this.drag = null;
    if (begin === null || !this.frame || Math.abs(event.offsetX - begin) < 6) return;
    const ends = [this.xAt(begin), this.xAt(event.offsetX)].sort((a, b) => a - b);
    this.on.zoom(ends[0], ends[1]);
  }

  xAt(pixel) {
    const { x0, x1, left, width } = this.frame;
    return x0 + ((pixel - left) / width) * (x1 - x0);
  }

  /** The x of a point of any line that is nearest to the pointer. */
  pointedX() {
    const wanted = this.xAt(this.pointer.x);
    const xs = this.content.lines.map((line) => line.x[nearestIndex(line.x, wanted)]).filter(Number.isFinite);
    return xs.reduce((best, x) => (Math.abs(x - wanted) < Math.abs(best - wanted) ? x : best), xs[0] ?? wanted);
  }

  /** Name of the line that is nearest to the pointer, within 24 pixels. */
  nearest() {
    let best = { distance: 24, name: null };
    for (const line of this.content.lines) {
      const index = nearestIndex(line.x, this.xAt(this.pointer.x));
      if (index < 0 || line.y[index] === null) continue;
      const distance = Math.hypot(
        this.px(line.x[index]) - this.pointer.x, this.py(line.y[index], line.axis) - this.pointer.y);
      if (distance < best.distance) best = { distance, name: line.name };
    }
    return best.name;
  }

  px(x) {
    const { x0, x1, left, width } = this.frame;
    return left + ((x - x0) / (x1 - x0 || 1)) * width;
  }

  py(y, axis) {
    const { top, height } = this.frame;
    const { low, high, log } = this.frame[axis === "right" ? "right" : "main"];
    const share = log ? Math.log(y / low) / Math.log(high / low || 2) : (y - low) / (high - low || 1);
    return top + (1 - share) * height;
  }

  draw() {
    const { canvas, container } = this;
    const [width, height] = [container.clientWidth, container.clientHeight];
    if (!this.content || width < 40 || height < 40) return;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.frame = this.measure(width, height);
    if (!this.frame) return;
    this.drawAxes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(this.frame.left, this.frame.top, this.frame.width, this.frame.height);
    pen.clip();
    this.drawMarks(pen);
    for (const line of this.content.lines) this.drawLine(pen, line);
    this.drawPointer(pen);
    pen.restore();
  }

  /** Where the plot lies and what it covers; null while there is nothing to show. */
  measure(width, height) {
    const { lines, window: view, logY } = this.content;
    const hasRight = lines.some((line) => line.axis === "right");
    const [x0, x1] = view ?? extent(lines.flatMap((line) => [line.x[0], line.x[line.x.length - 1]]));
    if (!Number.isFinite(x0)) return null;
    const side = (isRight) => {
      const values = lines.filter((line) => (line.axis === "right") === isRight).flatMap((line) => shownValues(line, x0, x1));
      return vertical(values, logY && !isRight);
    };
    return {
      x0: x1 > x0 ? x0 : x0 - 1, x1: x1 > x0 ? x1 : x0 + 1, left: edge.left, top: edge.top,
      width: width - edge.left - (hasRight ? edge.left : edge.right), height: height - edge.top - edge.bottom,
      main: side(false), right: hasRight ? side(true) : null,
    };
  }

  drawAxes(pen) {
    const { x0, x1, left, top, width, height, main, right } = this.frame;
    pen.font = `12px ${getComputedStyle(this.container).fontFamily}`;
    pen.fillStyle = cssColour("muted");
    pen.strokeStyle = cssColour("line");
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const tick of main.log ? logTicks(main.low, main.high) : niceTicks(main.low, main.high, height / 45)) {
      const y = Math.round(this.py(tick, "main")) + 0.5;
      stroke(pen, [[left, y], [left + width, y]]);
      pen.fillText(yLabel(tick, main.high - main.low), left - 6, y);
    }
    pen.textAlign = "left";
    for (const tick of right ? niceTicks(right.low, right.high, height / 45) : []) {
      pen.fillText(yLabel(tick, right.high - right.low), left + width + 6, this.py(tick, "right"));
    }
    pen.textAlign = "center";
    for (const tick of xTicks(this.content.xKind, x0, x1, width / 90)) {
      const x = Math.round(this.px(tick)) + 0.5;
      stroke(pen, [[x, top + height], [x, top + height + 4]]);
      pen.fillText(xLabel(this.content.xKind, tick, x1 - x0), x, top + height + 14);
    }
  }

  drawMarks(pen) {
    const { top, height, left, width } = this.frame;
    pen.setLineDash([3, 3]);
    for (const mark of this.content.marks) {
      pen.strokeStyle = pen.fillStyle = cssColour(mark.isBad ? "bad" : "muted");
      const x = Math.round(this.px(mark.x)) + 0.5;
      stroke(pen, [[x, top], [x, top + height]]);
      const isAtEnd = x + 3 + pen.measureText(mark.label).width > left + width;
      pen.textAlign = isAtEnd ? "right" : "left";
      pen.fillText(mark.label, isAtEnd ? x - 3 : x + 3, top + 8);
    }
    pen.setLineDash([]);
  }

  drawLine(pen, line) {
    const isBehind = this.emphasis !== null && this.emphasis !== line.name;
    if (line.low && !isBehind) this.drawBand(pen, line);
    pen.strokeStyle = pen.fillStyle = translucent(line.colour, isBehind ? 0.2 : line.isFaint ? 0.4 : 1);
    pen.lineWidth = this.emphasis === line.name ? 3 : line.isFaint ? 1 : 1.8;
    pen.setLineDash(line.dash ?? []);
    let path = [];
    const finish = () => {
      if (path.length > 1) stroke(pen, path);
      if (line.hasPoints || path.length === 1) for (const point of path) dot(pen, point, line.hasPoints ? 3.5 : 2);
      path = [];
    };
    for (let index = 0; index < line.x.length; index += 1) {
      const y = line.y[index];
      if (y === null || (this.content.logY && line.axis !== "right" && y <= 0)) finish();
      else path.push([this.px(line.x[index]), this.py(y, line.axis)]);
    }
    finish();
    pen.setLineDash([]);
  }

  drawBand(pen, line) {
    const usable = (value) => value !== null && !(this.content.logY && value <= 0);
    const points = line.x.map((x, index) => [x, line.low[index], line.high[index]])
      .filter(([, low, high]) => usable(low) && usable(high));
    pen.fillStyle = translucent(line.colour, 0.18);
    pen.beginPath();
    for (const [x, , high] of points) pen.lineTo(this.px(x), this.py(high, line.axis));
    for (const [x, low] of points.reverse()) pen.lineTo(this.px(x), this.py(low, line.axis));
    pen.fill();
  }

  drawPointer(pen) {
    if (!this.pointer) return;
    const { top, height } = this.frame;
    const x = Math.round(this.px(this.pointedX())) + 0.5;
    pen.strokeStyle = cssColour("muted");
    stroke(pen, [[x, top], [x, top + height]]);
    this.drawNearest(pen);
    if (this.drag === null) return;
    pen.fillStyle = translucent(cssColour("accent"), 0.15);
    pen.fillRect(Math.min(this.drag, this.pointer.x), top, Math.abs(this.pointer.x - this.drag), height);
  }

  /** A dot on each line, at the point whose value the legend says. */
  drawNearest(pen) {
    for (const line of this.content.lines.filter((one) => !one.isUnlisted)) {
      const index = nearestIndex(line.x, this.xAt(this.pointer.x));
      const y = index < 0 ? null : line.y[index];
      if (y === null || (this.content.logY && line.axis !== "right" && y <= 0)) continue;
      pen.fillStyle = line.colour;
      dot(pen, [this.px(line.x[index]), this.py(y, line.axis)], 4);
    }
  }
}

function stroke(pen, points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}

function dot(pen, [x, y], radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}
