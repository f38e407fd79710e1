// Axes: what lies where, and the ticks with their labels.
import { duration, number } from "../base/format.js";

/** Ticks at 1, 2 or 5 times a power of ten, about `count` of them. */
export function niceTicks(from, to, count) {
  // A span that rounding made has no ticks.
  if (!(to - from > Math.max(Math.abs(from), Math.abs(to)) * 1e-9)) return [from];
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks = [];
  for (let index = Math.ceil(from / step - 1e-9); index * step <= to + step * 1e-9; index += 1) {
    ticks.push(index * step + 0);  // Without the sign of minus zero.
  }
  return ticks;
}

/** Ticks at powers of ten; between them too where there are few. */
export function logTicks(from, to) {
  const ticks = [];
  const factors = Math.log10(to / from) > 2.5 ? [1] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += 1) {
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks.length > 2 ? ticks : niceTicks(from, to, 6);
}

const spans = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800];

/** Ticks at whole seconds, minutes, hours, days; `from` and `to` in seconds. */
export function timeTicks(from, to, count) {
  const step = spans.find((span) => (to - from) / span <= count) ?? 604800 * Math.ceil((to - from) / 604800 / count);
  return to - from < 5 ? niceTicks(from, to, count) : multiples(step, from, to);
}

function multiples(step, from, to) {
  const ticks = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

/** Ticks of an x axis: "step", "epoch", "relative" (seconds) or "wall" (milliseconds since 1970). */
export function xTicks(kind, from, to, count) {
  if (kind === "relative") return timeTicks(from, to, count);
  if (kind !== "wall") return niceTicks(from, to, count);
  const zone = new Date(from).getTimezoneOffset() * 60;
  return timeTicks(from / 1000 - zone, to / 1000 - zone, count).map((second) => (second + zone) * 1000);
}

/** A y value as text, with as many digits as tell it from its neighbours on an axis that covers `span`. */
export function yLabel(value, span) {
  if (value === 0 || !(span > 0)) return number(value);
  const digits = Math.min(12, Math.ceil(Math.log10(Math.abs(value) / span)) + 2);
  return digits > 4 ? String(Number(value.toPrecision(digits))) : number(value);
}

/** An x value as text; `span` is what the axis covers. */
export function xLabel(kind, value, span) {
  if (kind === "relative") return relativeLabel(value, span);
  if (kind === "wall") return wallLabel(value, span);
  if (kind === "epoch") return number(value);
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(6))} M`;
  return Math.abs(value) >= 1e5 ? `${Number((value / 1e3).toPrecision(6))} k` : String(Number(value.toFixed(3)));
}

/** Neighbours that are less than a second apart must not look the same. */
function relativeLabel(value, span) {
  if (value === 0) return "0";
  return span > 0 && span < 10 && value < 60 ? `${Number(value.toFixed(1))} s` : duration(value);
}

function wallLabel(value, span) {
  const when = new Date(value);
  const two = (part) => String(part).padStart(2, "0");
  const clock = `${two(when.getHours())}:${two(when.getMinutes())}`;
  if (span < 600e3) return `${clock}:${two(when.getSeconds())}`;
  return span < 86400e3 ? clock : `${two(when.getMonth() + 1)}-${two(when.getDate())} ${clock}`;
}

/** What the axis says of itself. */
export const xTitles = { step: "step", epoch: "epoch", relative: "time since the start", wall: "time" };
