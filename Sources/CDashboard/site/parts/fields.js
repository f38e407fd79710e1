// One setting as a labelled field: its kind, default and range come from the daemon's own schema.
import { fill, freshID, h, show } from "../base/dom.js";
import { grouped, setting, title } from "../base/format.js";
import { isSame } from "./settings.js";

/**
 * A field for `field` of the schema. `read()` is its JSON value; `fault(text or null)` says what the daemon thinks of it;
 * `setDefault(value)` changes what it is when nobody touched it.
 */
export function settingField(field, initial, changed) {
  const id = freshID(`set-${field.key}`);
  const control = makeControl(field, id);
  const message = h("p", { class: "fault", id: `${id}-fault`, role: "alert", hidden: true });
  const reset = h("button", {
    type: "button", class: "quiet reset", hidden: true, "aria-label": `Default for ${field.key}`,
    onclick: () => { write(state.default); changed(); },
  }, "default");
  const note = h("p", { class: "note", id: `${id}-note` });
  const element = h("div", { class: "field", "data-key": field.key },
    h("label", { for: id }, title(field.key)), control.element, reset, note, message);
  const state = { default: field.default };
  const describe = () => fill(note, field.description ? `${field.description}. ` : "", rangeText(field, state.default));
  const mark = () => {
    // What has no default is not a change of it.
    const isChanged = !isSame(control.read(), state.default) && ((state.default ?? null) !== null || field.nullable);
    element.classList.toggle("changed", isChanged);
    show(reset, isChanged);
  };
  const write = (value) => { control.write(value); mark(); };
  control.input.setAttribute("aria-describedby", `${id}-note ${id}-fault`);
  control.element.addEventListener("input", () => { mark(); changed(); });
  describe();
  write(initial === undefined ? state.default : initial);
  return {
    key: field.key, element, write,
    read: () => control.read(),
    isChanged: () => !isSame(control.read(), state.default),
    setDefault(value) {
      const wasDefault = isSame(control.read(), state.default);
      state.default = value;
      describe();
      if (wasDefault) control.write(value);
      mark();
    },
    fault(text) {
      fill(message, text ?? "");
      show(message, Boolean(text));
      control.input.setAttribute("aria-invalid", text ? "true" : "false");
    },
  };
}

function rangeText(field, value) {
  const parts = [];
  const [least, greatest] = [field.minimum ?? null, field.maximum ?? null];
  if (least !== null) parts.push(greatest === null ? `${plain(least)} or more` : `${plain(least)} to ${plain(greatest)}`);
  else if (greatest !== null) parts.push(`at most ${plain(greatest)}`);
  if (field.multiple_of && field.multiple_of !== 1) parts.push(`a multiple of ${field.multiple_of}`);
  if ((value ?? null) !== null || field.nullable) parts.push(`default ${setting(value)}`);
  if (parts.length === 0) return "";
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function plain(value) {
  return Number.isInteger(value) && Math.abs(value) >= 10000 ? grouped(value) : String(value);
}

function makeControl(field, id) {
  if (field.type === "boolean") return checkbox(id);
  if (field.type === "choice" || field.enum) return choice(field, id);
  if (field.type === "integer" || field.type === "number") return numeric(field, id);
  if (field.type === "integers" || field.type === "pair") return list(field, id);
  if (field.words) return suggested(field, id);
  if (field.type === "centroids" || field.type === "object") return json(field, id);
  return text(field, id);
}

function checkbox(id) {
  const input = h("input", { id, type: "checkbox" });
  return { input, element: input, read: () => input.checked, write: (value) => { input.checked = Boolean(value); } };
}

function choice(field, id) {
  const words = field.nullable ? ["", ...field.enum] : field.enum;
  const input = h("select", { id }, words.map((word) => h("option", { value: word }, word === "" ? "none" : word)));
  return { input, element: input, read: () => input.value === "" ? null : input.value, write: (value) => { input.value = value ?? ""; } };
}

function numeric(field, id) {
  const input = h("input", {
    id, type: "number", inputmode: field.type === "integer" ? "numeric" : "decimal", min: field.minimum, max: field.maximum,
    step: field.type === "integer" ? "1" : "any", placeholder: field.nullable ? "none" : null,
  });
  const read = () => {
    if (input.value === "") return field.nullable && !input.validity.badInput ? null : "";
    return Number(input.value);
  };
  return { input, element: input, read, write: (value) => { input.value = value ?? ""; } };
}

/** Numbers with commas between them. */
function list(field, id) {
  const input = h("input", { id, type: "text", placeholder: field.nullable ? "none" : "numbers with commas between them" });
  const read = () => {
    const words = input.value.split(/[\s,]+/).filter(Boolean);
    if (words.length === 0 && (field.nullable || field.default === null)) return null;
    const numbers = words.map(Number);
    return numbers.every(Number.isFinite) ? numbers : input.value;
  };
  return { input, element: input, read, write: (value) => { input.value = Array.isArray(value) ? value.join(", ") : value ?? ""; } };
}

/** A word, or JSON. */
function json(field, id) {
  const input = h("textarea", { id, rows: 2, spellcheck: "false" });
  const read = () => {
    try {
      return JSON.parse(input.value);
    } catch {
      return input.value.trim();
    }
  };
  return { input, element: input, read, write: (value) => { input.value = typeof value === "string" ? value : JSON.stringify(value); } };
}

/** A word, with those that are known to be possible offered. */
function suggested(field, id) {
  const control = text(field, id);
  const words = h("datalist", { id: `${id}-words` }, field.words.map((word) => h("option", { value: word })));
  control.input.setAttribute("list", words.id);
  return { ...control, element: h("span", { class: "suggested" }, control.input, words) };
}

function text(field, id) {
  const input = h("input", { id, type: "text", placeholder: field.nullable ? "none" : null, autocomplete: "off" });
  return { input, element: input, read: () => input.value === "" && field.nullable ? null : input.value, write: (value) => { input.value = value ?? ""; } };
}
