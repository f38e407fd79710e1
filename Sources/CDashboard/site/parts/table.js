// Tables: real ones, in a frame that scrolls sideways where the page is narrow, sortable by their heads.
import { fill, h } from "../base/dom.js";

/** A table from heads and rows of cells (text, elements, or { sort, content }). */
export function plainTable(caption, heads, rows) {
  return frame(h("table", {}, h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, heads.map((head, index) => h("th", { scope: "col", class: rows[0]?.[index]?.isNumber ? "number" : null }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, index) => cellOf(cell, index)))))), caption);
}

function cellOf(cell, index) {
  const isNumber = typeof cell === "object" && cell?.isNumber;
  const content = cell !== null && typeof cell === "object" && "content" in cell ? cell.content : cell;
  return index === 0 ? h("th", { scope: "row" }, content) : h("td", { class: isNumber ? "number" : null }, content);
}

/** The frame that scrolls; reachable by keyboard, as a region with a name. */
export function frame(table, name) {
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": name }, table);
}

/**
 * A sortable table of `columns` { key, title, value(item) for sorting, cell(item) to show, isNumber } and `items`.
 *
 * `update(items)` shows others in the order that was chosen.
 */
export function sortableTable({ caption, columns, items, sort = null, rowAttributes = () => ({}) }) {
  const state = { items, key: sort?.key ?? null, isDescending: sort?.isDescending ?? false };
  const head = h("tr", {});
  const body = h("tbody", {});
  const table = h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, head), body);
  const choose = (key) => {
    state.isDescending = state.key === key ? !state.isDescending : columns.find((column) => column.key === key).isNumber;
    state.key = key;
    draw();
    head.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const draw = () => {
    fill(head, columns.map((column) => headCell(column, state, choose)));
    fill(body, sorted(state, columns).map((item) => h("tr", rowAttributes(item), columns.map((column, index) =>
      h(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: column.isNumber ? "number" : null },
        (column.cell ?? column.value)(item))))));
  };
  draw();
  return { element: frame(table, caption), update(next) { state.items = next; draw(); } };
}

function headCell(column, state, choose) {
  const isChosen = state.key === column.key;
  const order = isChosen ? (state.isDescending ? "descending" : "ascending") : "none";
  const arrow = h("span", { class: "arrow", "aria-hidden": "true" }, isChosen ? (state.isDescending ? "▼" : "▲") : "");
  return h("th", { scope: "col", "aria-sort": order, class: column.isNumber ? "number" : null },
    h("button", { type: "button", class: "sort", "data-key": column.key, onclick: () => choose(column.key) }, column.title, arrow));
}

function sorted({ items, key, isDescending }, columns) {
  const column = columns.find((one) => one.key === key);
  if (!column) return items;
  const sign = isDescending ? -1 : 1;
  return [...items].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || x === undefined) return y === null || y === undefined ? 0 : 1;
    if (y === null || y === undefined) return -1;
    return sign * (typeof x === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true }));
  });
}

/** Facts as pairs of a word and what it is. */
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
