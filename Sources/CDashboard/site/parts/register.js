// The form that registers a folder of videos.
import { h } from "../base/dom.js";
import { create } from "../base/api.js";
import { notice } from "../base/notice.js";
import { plainField, showFaults } from "./form.js";

/** The form; `done(dataset)` is called once the folder is registered. */
export function registerForm(done, path = "") {
  const folder = plainField("Folder", h("input", { type: "text", required: true, value: path, autocomplete: "off", spellcheck: "false" }),
    "An absolute path on the daemon's machine, below an allowed root.");
  const name = plainField("Name", h("input", { type: "text", maxlength: 200, autocomplete: "off" }), "Optional.");
  const fields = new Map([["/path", folder], ["/name", name]]);
  const rest = h("ul", { class: "fault", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: "primary" }, "Register");
  return h("form", {
    class: "register", "aria-label": "Register a folder",
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        const dataset = await create("/v1/datasets", { path: folder.input.value.trim(), ...(name.input.value ? { name: name.input.value } : {}) });
        showFaults(null, fields, rest);
        notice(`${dataset.name} is registered; its files are being looked through.`);
        await done(dataset);
      } catch (error) {
        showFaults(error, fields, rest);
      }
      button.disabled = false;
    },
  }, folder.element, name.element, rest, h("div", {}, button));
}
