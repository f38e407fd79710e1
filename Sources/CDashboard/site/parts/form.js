// What forms share: plain fields, and the daemon's faults beside the fields that they are about.
import { fill, freshID, h, show } from "../base/dom.js";

/** A labelled field around `input`; `pointer` is where a fault about it points. */
export function plainField(label, input, note = null) {
  const id = input.id || freshID("field");
  input.id = id;
  const message = h("p", { class: "fault", id: `${id}-fault`, role: "alert", hidden: true });
  input.setAttribute("aria-describedby", `${id}-note ${id}-fault`);
  const element = h("div", { class: "field" }, h("label", { for: id }, label), input,
    h("p", { class: "note", id: `${id}-note` }, note ?? ""), message);
  return {
    element, input,
    fault(text) {
      fill(message, text ?? "");
      show(message, Boolean(text));
      input.setAttribute("aria-invalid", text ? "true" : "false");
    },
  };
}

/**
 * Puts each fault of `error` beside its field: `fields` are by JSON pointer. What fits nowhere goes into `rest`, an element.
 * Without an error all faults go away. True when some field has one.
 */
export function showFaults(error, fields, rest) {
  for (const field of fields.values()) field.fault(null);
  const others = [];
  const texts = new Map();
  for (const one of error?.errors ?? []) {
    const pointer = nearestPointer(one.pointer, fields);
    if (pointer === null) others.push(`${one.pointer} ${one.detail}`);
    else texts.set(pointer, [...(texts.get(pointer) ?? []), one.detail]);
  }
  for (const [pointer, details] of texts) fields.get(pointer).fault(`${sentence(details.join("; "))}`);
  if (error && (error.errors ?? []).length === 0) others.push(error.message);
  fill(rest, others.map((text) => h("li", {}, text)));
  show(rest, others.length > 0);
  return texts.size > 0;
}

/** "/config/learning_rate_halvings/2" is about the field "/config/learning_rate_halvings". */
function nearestPointer(pointer, fields) {
  for (let text = pointer ?? ""; text !== ""; text = text.slice(0, text.lastIndexOf("/"))) {
    if (fields.has(text)) return text;
    if (!text.includes("/")) break;
  }
  return null;
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** A select of `options` [value, text]. */
export function select(options, value, attributes = {}) {
  const element = h("select", attributes, options.map(([one, text]) => h("option", { value: one }, text)));
  if (value !== null && value !== undefined) element.value = value;
  return element;
}
