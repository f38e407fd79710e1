// The bearer token, where the daemon wants one: asked for once, kept until the tab is closed.
import { h } from "./dom.js";
import { openDialog } from "./dialog.js";

const place = "corrflow-token";
let question = null;
let isDeclined = false;

/** The headers that every request carries. */
export function authorisation() {
  const token = sessionStorage.getItem(place);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** True when requests need a header that a plain link, picture or video cannot carry. */
export function hasToken() {
  return sessionStorage.getItem(place) !== null;
}

/**
 * Asks the reader for a token; one dialog however many requests were refused. False when there is none to be had: then nobody
 * asks until `askAgain`.
 */
export function askForToken() {
  if (isDeclined) return Promise.resolve(false);
  question ??= ask().finally(() => { question = null; });
  return question;
}

/** The reader has gone to another page, or tries again. */
export function askAgain() {
  isDeclined = false;
}

async function ask() {
  const input = h("input", {
    id: "token", type: "password", autocomplete: "current-password", required: true, "aria-describedby": "token-note",
  });
  const wasRefused = hasToken();
  const given = await openDialog({
    title: "Access token",
    body: [
      wasRefused && h("p", { class: "fault", role: "alert" }, "The daemon does not accept the token that was given."),
      h("div", { class: "field" }, h("label", { for: "token" }, "Token"), input, h("p", { id: "token-note", class: "note" },
        "What stands behind the colon in a line of the daemon's token file. It is kept until this tab is closed. " +
        "With a token of scope read nothing can be started or stopped.")),
    ],
    confirm: "Sign in",
    value: () => input.value.trim(),
  });
  isDeclined = !given;
  if (!given) return false;
  sessionStorage.setItem(place, given);
  return true;
}
