// A run's settings beside their defaults and its parent's.
import { fill, h } from "../base/dom.js";
import { setting } from "../base/format.js";
import { defaultOf, isSame, settingsSchema } from "./settings.js";
import { frame } from "./table.js";

/** A table; at first only with what differs, where something does. */
export async function configurationView(run, parent) {
  const schema = (await settingsSchema())?.runs ?? null;
  const fields = new Map((schema?.fields ?? []).map((field) => [field.key, field]));
  const rest = Object.keys(run.config).filter((key) => !fields.has(key)).sort();
  const rows = [...fields.keys(), ...rest].filter((key) => key in run.config).map((key) => {
    const field = fields.get(key);
    const standard = field ? defaultOf(field, run.config) : undefined;
    return {
      key, value: run.config[key], standard, other: parent?.config?.[key], description: field?.description,
      isChanged: field !== undefined && !isSame(run.config[key], standard),
      isOther: parent !== null && !isSame(run.config[key], parent.config?.[key]),
    };
  });
  const differing = rows.filter((row) => row.isChanged || row.isOther).length;
  const body = h("tbody", {});
  const draw = (onlyDiffering) => fill(body, rows.filter((row) => !onlyDiffering || row.isChanged || row.isOther).map((row) =>
    h("tr", { title: row.description ?? null }, h("th", { scope: "row" }, h("code", {}, row.key)),
      h("td", { class: row.isChanged ? "differs" : null }, setting(row.value)),
      schema && h("td", {}, row.standard === undefined ? "–" : setting(row.standard)),
      parent && h("td", { class: row.isOther ? "differs" : null }, setting(row.other)))));
  const toggle = h("input", { type: "checkbox", checked: differing > 0, disabled: differing === 0, onchange: () => draw(toggle.checked) });
  draw(differing > 0);
  return [
    h("label", { class: "switch" }, toggle, differing === 0 ? "All settings have their defaults" : `Only the ${differing} that differ`),
    frame(h("table", { class: "settings" }, h("caption", { class: "unseen" }, "Settings"),
      h("thead", {}, h("tr", {}, ["Setting", "Value", schema && "Default", parent && `In ${parent.name}`].filter(Boolean)
        .map((text) => h("th", { scope: "col" }, text)))), body), "Settings"),
  ];
}
