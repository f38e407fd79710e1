// What a newcomer sees: from nothing to a run that trains.
import { fill, h } from "../base/dom.js";
import { find, get } from "../base/api.js";
import { registerForm } from "./register.js";

/** Fills `place` with the three steps; those that are done say so. */
export async function firstRun(place, signal) {
  const [{ items: datasets }, system] = await Promise.all([get("/v1/datasets?limit=5", signal), find("/v1/system", signal)]);
  const roots = system?.data_roots ?? [];
  const folder = roots[0] ? `${roots[0]}/sample` : "sample";
  fill(place, h("p", { class: "lead" }, "No run has been started yet. Three steps lead to one."),
    h("ol", { class: "steps" },
      h("li", {}, h("h2", {}, "Have some videos"),
        h("p", {}, "Any folder of videos will do. To try things out, let the program draw some, with masks to score against:"),
        h("pre", {}, h("code", {}, `corrflowd sample-data ${folder}`)),
        roots.length > 0
          ? h("p", { class: "note" }, "The daemon reads below ", roots.map((root, index) => [index > 0 && ", ", h("code", {}, root)]), ".")
          : h("p", { class: "note" }, "The folder must lie below one that the daemon was allowed to read: ", h("code", {}, "corrflowd serve --data-root DIR"), ".")),
      h("li", {}, h("h2", {}, "Register the folder"), datasets.length > 0
        ? h("p", {}, "Done: ", h("a", { href: `#/datasets/${datasets[0].id}` }, datasets[0].name), " is registered.")
        : registerForm(() => firstRun(place, signal), roots[0] ? `${folder}/videos/train` : "")),
      h("li", {}, h("h2", {}, "Start a run"),
        h("p", {}, h("a", { class: "button primary", href: datasets[0] ? `#/new?dataset=${datasets[0].id}` : "#/new" }, "New run")))));
}
