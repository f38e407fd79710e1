// Numbers, sizes and times as people read them. What is not there is a dash.

const dash = "–";

/** Four significant digits, without an exponent where that is short. `kind` is the API's word for what JSON cannot say. */
export function number(value, kind = null) {
  if (value === null || value === undefined) return kind ?? dash;
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return grouped(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** 12345 as "12,345". */
export function grouped(value) {
  return value === null || value === undefined ? dash : Math.round(value).toLocaleString("en-GB");
}

/** A share of 1 as a percentage. */
export function percent(share, digits = 0) {
  return share === null || share === undefined ? dash : `${(share * 100).toFixed(digits)}%`;
}

/** 1536 as "1.5 KiB". */
export function bytes(count) {
  if (count === null || count === undefined) return dash;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Seconds as "1 h 04 min", "2 min 05 s", "3.2 s" or "85 ms". */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return dash;
  if (seconds < 0) return `-${duration(-seconds)}`;
  if (seconds < 1) return `${number(seconds * 1000)} ms`.replace(/^0 ms$/, "0 s");
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (value) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** A moment in the reader's own time zone, with the date unless it is today. */
export function moment(text, { date = "auto", seconds = false } = {}) {
  if (!text) return dash;
  const when = new Date(text);
  const two = (value) => String(value).padStart(2, "0");
  const clock = `${two(when.getHours())}:${two(when.getMinutes())}${seconds ? `:${two(when.getSeconds())}` : ""}`;
  const isToday = when.toDateString() === new Date().toDateString();
  if (date === "never" || (date === "auto" && isToday)) return clock;
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())} ${clock}`;
}

/** A setting's value as one writes it. */
export function setting(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** "learning_rate" as "Learning rate"; "davis/j_and_f" as "DAVIS J&F". */
export function title(key) {
  const known = {
    "davis/j_and_f": "DAVIS J&F", "davis/j": "DAVIS J", "davis/f": "DAVIS F", j_and_f_mean: "J&F", j_mean: "J mean",
    davis: "DAVIS", jhmdb: "JHMDB", j_recall: "J recall", j_decay: "J decay", f_mean: "F mean", f_recall: "F recall", f_decay: "F decay",
  };
  if (known[key]) return known[key];
  const text = key.replaceAll("_", " ").replace("pck ", "PCK@").replace("jhmdb/", "JHMDB ").replace("davis/", "DAVIS ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The time that a run or a job has taken, in seconds, or null before it starts. */
export function elapsedSeconds(item) {
  if (!item.started_at) return null;
  const end = item.ended_at ? new Date(item.ended_at) : new Date();
  return Math.max(0, (end - new Date(item.started_at)) / 1000);
}
