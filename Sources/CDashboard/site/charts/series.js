// One curve of one run, as the API gives it: in columns, reduced and smoothed by the daemon over all of its points.
import { find, withQuery } from "../base/api.js";

const maxPoints = 800;

/** The address of a series. */
export function seriesPath(runID, key, query = {}) {
  const name = key.split("/").map(encodeURIComponent).join("/");
  return withQuery(`/v1/runs/${runID}/metrics/${name}`, query);
}

/** A reply as arrays: steps, times, mean, low, high, smooth, and the steps where the value was no number. */
export function readSeries(reply) {
  const at = (name) => reply.columns.indexOf(name);
  const [step, mean, low, high, smooth, time, kind] =
    [at("step"), at("mean") >= 0 ? at("mean") : at("value"), at("min"), at("max"), at("smooth"), at("ts"), at("kind")];
  const pick = (index) => index < 0 ? null : reply.rows.map((row) => row[index]);
  return {
    steps: pick(step),
    times: time < 0 ? [] : reply.rows.map((row) => typeof row[time] === "number" ? row[time] : Date.parse(row[time])),
    mean: pick(mean), low: pick(low), high: pick(high), smooth: pick(smooth),
    notNumbers: kind < 0 ? [] : reply.rows.filter((row) => row[kind]).map((row) => ({ step: row[step], kind: row[kind] })),
    attempts: reply.attempts ?? [], bucketWidth: reply.bucket_width ?? 1, lastStep: reply.last_step,
    exact: reply.agg === "none",
  };
}

/**
 * A curve that is kept up to date. While it grows only what is new is asked for; when the reduction or the past changes (a
 * resumed run discards what came after its checkpoint), all of it.
 */
export class SeriesFeed {
  constructor(runID, key) {
    Object.assign(this, { runID, key, view: {}, reply: null });
  }

  /** What is asked for: `smooth` 0 to 0.999, `from` and `to` in steps or null. */
  setView(view) {
    const isSame = ["smooth", "from", "to"].every((name) => (view[name] ?? null) === (this.view[name] ?? null));
    if (isSame) return;
    this.view = view;
    this.reply = null;
  }

  /** The curve as it is now, or null where the run has none. */
  async load(signal) {
    const query = { max_points: maxPoints, from: this.view.from, to: this.view.to, smooth: this.view.smooth || null };
    const view = this.view;
    const old = this.reply;
    const since = old && old.rows.length > 0 ? old.last_step : null;
    let reply = await find(seriesPath(this.runID, this.key, { ...query, since_step: since }), signal);
    if (reply && since !== null && !continues(old, reply)) {
      reply = await find(seriesPath(this.runID, this.key, query), signal);
    } else if (reply && since !== null) {
      reply = joined(old, reply);
    }
    if (view === this.view) this.reply = reply;
    return reply && readSeries(reply);
  }
}

function continues(old, reply) {
  return reply.bucket_width === old.bucket_width && reply.agg === old.agg
    && (reply.attempts?.length ?? 0) === (old.attempts?.length ?? 0) && reply.last_step >= old.last_step;
}

/** The old rows up to where the new ones begin, and those: a bucket that has grown comes again, whole. */
function joined(old, reply) {
  if (reply.rows.length === 0) return { ...reply, rows: old.rows };
  const step = old.columns.indexOf("step");
  const width = reply.bucket_width ?? 1;
  const first = Math.floor(reply.rows[0][step] / width);
  return { ...reply, rows: [...old.rows.filter((row) => Math.floor(row[step] / width) < first), ...reply.rows] };
}
