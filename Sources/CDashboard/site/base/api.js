// Requests to the daemon. The browser's cache sends If-None-Match by itself: an answer 304 costs no transfer.
import { askForToken, authorisation } from "./token.js";

/** What the daemon said is wrong: `errors` has a JSON pointer and a sentence for each fault. */
export class ProblemError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? `The daemon answered ${status}.`);
    this.name = "ProblemError";
    this.status = status;
    this.problem = problem ?? {};
    this.errors = this.problem.errors ?? [];
  }
}

/** A request with the token; asks for one when it is refused. */
export async function request(path, options = {}) {
  const attempt = () => fetch(path, { ...options, headers: { ...options.headers, ...authorisation() } });
  let response = await reach(attempt);
  while (response.status === 401 && (await askForToken())) response = await reach(attempt);
  if (response.ok) return response;
  throw new ProblemError(response.status, await problemOf(response));
}

async function reach(attempt) {
  try {
    return await attempt();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw Object.assign(new Error("The daemon does not answer: is corrflowd still running?"), { name: "AwayError" });
  }
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** GET as JSON. */
export async function get(path, signal) {
  return (await request(path, { signal })).json();
}

/** GET as JSON, or null where there is no such thing. */
export async function find(path, signal) {
  try {
    return await get(path, signal);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** GET of a resource with its entity tag, for a change that must not overwrite another's. */
export async function getTagged(path, signal) {
  const response = await request(path, { signal });
  return { value: await response.json(), tag: response.headers.get("ETag") };
}

/** All pages of a list, at most `most` items. */
export async function getAll(path, most = 1000, signal) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : path, signal);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return { items, isComplete: !cursor };
}

/** POST, PATCH or DELETE; the reply's JSON, or null where there is none. */
export async function send(method, path, body, headers = {}) {
  const options = { method, headers: { ...headers } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}

/** POST that creates something: sent twice by accident, it is done once. */
export function create(path, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return send("POST", path, body, { "Idempotency-Key": key });
}

/** A path with a query; values that are null or empty are left out, arrays are repeated. */
export function withQuery(path, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
