// The constants of a preset as fields: what they are comes from the daemon's own presets, only those that differ are sent.
import { h } from "../base/dom.js";
import { settingField } from "./fields.js";

/**
 * A field for a parameter that holds constants: it has what a setting's field has, and a field for each constant inside.
 *
 * `preset` is the field of the preset whose constants are the defaults.
 */
export function constantsField(field, presets, preset, initial) {
  const constants = describeConstants(presets);
  const standard = () => presets[preset.read()] ?? {};
  const fields = constants.map((one) => settingField({ ...one, default: standard()[one.key] ?? null }, initial?.[one.key], () => {}));
  const rest = h("p", { class: "fault", role: "alert", hidden: true });
  preset.element.addEventListener("input", () => {
    for (const one of fields) one.setDefault(standard()[one.key] ?? null);
  });
  return {
    key: field.key,
    element: h("details", { class: "group", "data-key": field.key }, h("summary", {}, field.description), rest,
      h("div", { class: "fields" }, fields.map((one) => one.element))),
    isChanged: () => fields.some((one) => one.isChanged()),
    read: () => Object.fromEntries(fields.filter((one) => one.isChanged()).map((one) => [one.key, one.read()])),
    fault(text) {
      rest.textContent = text ?? "";
      rest.hidden = !text;
    },
    inner: fields,
  };
}

/** What kind each constant is, by the values that it has in any preset. */
function describeConstants(presets) {
  const all = Object.values(presets);
  return Object.keys(all[0] ?? {}).sort().map((key) => {
    const values = all.map((preset) => preset[key]);
    const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
    const words = types.has("string") ? [...new Set(values.filter((value) => typeof value === "string"))].sort() : null;
    const type = types.has("boolean") ? "boolean" : types.has("number") ? "number" : "word";
    return { key, type, description: "", enum: null, words, nullable: values.includes(null), minimum: null, maximum: null };
  });
}
