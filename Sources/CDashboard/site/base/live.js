// What changes, as it changes: one stream of events for the whole page. Where it is refused, a tick every two seconds; while the
// daemon is away, nothing but the question whether it is back.
import { withQuery } from "./api.js";
import { askForToken, authorisation } from "./token.js";

const tickMilliseconds = 2000;
// The daemon notices a second late that a page has gone: one that is loaded over and over must not take up all its streams.
const gapMilliseconds = 2000;
const place = "corrflow-stream-opened";
const mostMilliseconds = { ended: 15_000, refused: 60_000 };
const listeners = new Set();
const state = {
  lastID: null, retryMilliseconds: 3000, refusedMilliseconds: 5000, failures: 0, timer: null, mode: "connecting", connection: null,
  isSeen: true, wake: () => {}, hurry: () => {}, onMode: () => {},
};

/**
 * Calls `listener({ type, data })` for each event until `signal` is aborted.
 *
 * Types are the API's (`run.state`, `run.progress`, `metric`, ...), `reset` when events were missed, and `tick` while there is
 * no stream: then whatever is shown should be asked for again.
 */
export function listen(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
}

/** Opens the stream. `onMode` is told "live", "polling" or "offline" whenever that changes. */
export function startLive(onMode) {
  state.onMode = onMode;
  // A page that nobody sees gives its stream back: a browser has six connections to the daemon, for all of its tabs together,
  // and keeps those of pages that one may go back to. What happens meanwhile is replayed.
  document.addEventListener("visibilitychange", () => look(!document.hidden));
  addEventListener("pagehide", () => look(false));
  addEventListener("pageshow", () => look(!document.hidden));
  addEventListener("online", tryNow);
  state.isSeen = !document.hidden;
  follow();
}

/** Asks for the stream at once instead of later. */
export function tryNow() {
  state.failures = 0;
  state.hurry();
}

/** True while the daemon does not answer. */
export function isAway() {
  return state.mode === "offline";
}

function look(isSeen) {
  state.isSeen = isSeen;
  if (isSeen) state.wake();
  else state.connection?.abort();
}

/** Once the page is looked at. */
function seen() {
  return new Promise((resolve) => {
    state.wake = resolve;
    if (state.isSeen) resolve();
  });
}

function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

function setMode(mode) {
  if (state.mode === mode) return;
  state.mode = mode;
  state.onMode(mode);
  clearInterval(state.timer);
  state.timer = mode !== "polling" ? null : setInterval(() => tell({ type: "tick", data: {} }), tickMilliseconds);
}

async function follow() {
  for (;;) {
    await seen();
    await pause(untilNextStream());
    if (!state.isSeen) continue;
    const outcome = await followOnce();
    if (outcome === "absent") return setMode("polling");
    if (outcome === "resting") continue;
    const first = outcome === "refused" ? state.refusedMilliseconds : state.retryMilliseconds;
    const wait = Math.max(first, Math.min(mostMilliseconds[outcome], first * 2 ** Math.min(state.failures, 6)));
    state.failures += 1;
    // Pages that were refused together do not come back together.
    await pause(wait * (1 + Math.random() / 4));
  }
}

/** Waits, or until somebody is in a hurry. */
function pause(milliseconds) {
  return new Promise((resolve) => {
    state.hurry = resolve;
    setTimeout(resolve, milliseconds);
  });
}

/** How long this tab has to wait, as it may have opened a stream just before it was loaded again. */
function untilNextStream() {
  const passed = Date.now() - Number(sessionStorage.getItem(place) ?? 0);
  return passed >= 0 && passed < gapMilliseconds ? gapMilliseconds - passed : 0;
}

/** Reads one connection to its end: "ended", "refused" (too many streams), "absent" (the daemon has none) or "resting". */
async function followOnce() {
  state.connection = new AbortController();
  const { signal } = state.connection;
  const headers = { Accept: "text/event-stream", ...authorisation() };
  if (state.lastID !== null) headers["Last-Event-ID"] = state.lastID;
  let response;
  sessionStorage.setItem(place, String(Date.now()));
  try {
    response = await fetch(withQuery("/v1/events", {}), { headers, signal, cache: "no-store" });
  } catch {
    if (signal.aborted) return "resting";
    setMode("offline");
    return "ended";
  }
  if (response.status === 401) {
    setMode("polling");
    state.failures = 0;
    return (await askForToken()) ? followOnce() : "refused";
  }
  if (!response.ok) {
    setMode("polling");
    state.refusedMilliseconds = (Number(response.headers.get("Retry-After")) || 5) * 1000;
    return response.status === 404 || response.status === 405 ? "absent" : "refused";
  }
  if (state.mode !== "live" && state.mode !== "connecting") tell({ type: "reset", data: {} });
  setMode("live");
  state.failures = 0;
  try {
    await readEvents(response.body);
  } catch {
    // Cut off; what was missed is asked for with Last-Event-ID.
  }
  if (signal.aborted) return "resting";
  setMode("offline");
  return "ended";
}

async function readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) handleBlock(block);
  }
}

/** One event as text: lines of `field: value`; a line that begins with a colon is a heartbeat. */
function handleBlock(block) {
  const fields = { event: "message", data: [] };
  for (const line of block.split("\n")) {
    const match = /^(event|data|id|retry): ?(.*)$/.exec(line);
    if (!match) continue;
    if (match[1] === "data") fields.data.push(match[2]);
    else fields[match[1]] = match[2];
  }
  if (fields.id) state.lastID = fields.id;
  if (fields.retry) state.retryMilliseconds = Number(fields.retry) || state.retryMilliseconds;
  if (fields.data.length === 0) return;
  try {
    tell({ type: fields.event, data: JSON.parse(fields.data.join("\n")) });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}
