// Short messages at the edge of the page, read out by screen readers.
import { h } from "./dom.js";

/** Says something for a few seconds. */
export function notice(text) {
  place(h("p", { class: "notice" }, text), 5000);
}

/**
 * Says what went wrong, until it is closed. Cancelled requests are no faults, and that the daemon is away is said once, at the
 * head of the page.
 */
export function fault(error) {
  if (error?.name === "AbortError") return;
  if (error?.name === "AwayError" && document.getElementById("away").hasChildNodes()) return;
  const text = error.message ?? String(error);
  // A daemon that is away fails every two seconds: once is enough.
  if ([...document.querySelectorAll("#notices [data-fault]")].some((one) => one.dataset.fault === text)) return;
  const message = h("p", { class: "notice fault", role: "alert", "data-fault": text, "data-kind": error.name ?? null }, text, " ",
    h("button", { type: "button", class: "quiet", "aria-label": "Close this message", onclick: () => message.remove() }, "×"));
  place(message, 20000);
}

/** Takes away what was said of a daemon that does not answer. */
export function forgetAway() {
  for (const message of document.querySelectorAll('#notices [data-kind="AwayError"]')) message.remove();
}

function place(element, milliseconds) {
  document.getElementById("notices").append(element);
  setTimeout(() => element.remove(), milliseconds);
}
