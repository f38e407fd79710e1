// Real <dialog> elements: the browser keeps the focus inside, and Escape closes.
import { h, fill, freshID } from "./dom.js";

/**
 * Asks something. The promise is the value of `value()` when it is confirmed, null when it is not.
 *
 * `submit`, where given, does the thing while the dialog is open; when it throws, the message is shown and the dialog stays.
 */
export function openDialog({ title, body, confirm, cancel = "Cancel", danger = false, isWide = false, value = () => true, submit = null }) {
  const heading = freshID("dialog");
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: danger ? "danger" : "primary" }, confirm);
  const form = h("form", { method: "dialog" },
    h("h2", { id: heading }, title), body, fault,
    h("div", { class: "dialog-end" },
      h("button", { type: "button", class: "cancel", onclick: () => dialog.close() }, cancel), button));
  const dialog = h("dialog", { "aria-labelledby": heading, class: isWide ? "wide-dialog" : null }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result = null;
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const chosen = value();
      button.disabled = true;
      try {
        result = submit ? (await submit(chosen)) ?? chosen : chosen;
        dialog.close();
      } catch (error) {
        button.disabled = false;
        fill(fault, error.message);
        fault.hidden = false;
      }
    });
    dialog.showModal();
  });
}
