// The numbers of a job: a line a sequence and object, and how they are spread.
import { h } from "../base/dom.js";
import { number, title } from "../base/format.js";
import { sortableTable } from "./table.js";

/** The table; `open(item)` shows its pictures. */
export function resultTable(items, open) {
  const keys = columns(items);
  const scale = keys[0] && isShare(items, keys[0]) ? 1 : 100;
  const table = sortableTable({
    caption: "Results a sequence", items, columns: [
      {
        key: "sequence", title: "Sequence", value: (item) => item.sequence,
        cell: (item) => h("button", { type: "button", class: "link", "aria-label": `Show ${item.sequence}`, onclick: () => open(item) }, item.sequence),
      },
      { key: "subject", title: "Object", value: (item) => item.subject ?? "" },
      ...keys.map((key, index) => ({
        key, title: title(key), isNumber: true, value: (item) => item.values[key] ?? null,
        cell: (item) => index === 0 ? withBar(item.values[key], scale) : number(item.values[key]),
      })),
    ],
  });
  return table.element;
}

function columns(items) {
  return inOrder([...new Set(items.flatMap((item) => Object.keys(item.values ?? {})))]);
}

/** Names of numbers in the order of the benchmark's own tables. */
export function inOrder(keys) {
  const order = ["j_and_f_mean", "j_mean", "j_recall", "j_decay", "f_mean", "f_recall", "f_decay"];
  const rank = (key) => (order.includes(key) ? order.indexOf(key) : order.length);
  return keys.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, "en", { numeric: true }));
}

function isShare(items, key) {
  return items.every((item) => (item.values[key] ?? 0) <= 1);
}

function withBar(value, scale) {
  if (value === null || value === undefined) return "–";
  return h("span", { class: "scored" }, h("span", { class: "score-bar", style: { width: `${(60 * Math.max(0, value)) / scale}px` } }), number(value));
}

/** How many objects reach which score: ten columns from 0 to the top of the scale. */
export function scoreHistogram(items) {
  const key = columns(items)[0];
  const values = items.map((item) => item.values[key]).filter((value) => value !== null && value !== undefined);
  if (values.length < 5) return null;
  const scale = isShare(items, key) ? 1 : 100;
  const counts = new Array(10).fill(0);
  for (const value of values) counts[Math.max(0, Math.min(9, Math.floor((10 * value) / scale)))] += 1;
  const top = Math.max(...counts);
  const text = counts.map((count, index) => `${number((index * scale) / 10)} to ${number(((index + 1) * scale) / 10)}: ${count}`).join(", ");
  return h("figure", { class: "histogram" },
    h("figcaption", {}, `How many reach which ${title(key)}`),
    h("div", { class: "columns", role: "img", "aria-label": text }, counts.map((count, index) => h("div", { class: "column" },
      h("span", { class: "count" }, count || ""), h("span", { class: "fill", style: { height: `${(72 * count) / top}px` } }),
      h("span", { class: "at" }, number((index * scale) / 10))))));
}
