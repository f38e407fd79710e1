// The machine and the daemon: what they use, what waits, what was built, and where programs find the rest.
import { fill, h, throttled } from "../base/dom.js";
import { find, get, request } from "../base/api.js";
import { bytes, duration, grouped, moment, number, percent } from "../base/format.js";
import { apiLink } from "../base/links.js";
import { isAway, listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { jobKinds } from "../parts/job-kinds.js";
import { facts } from "../parts/table.js";

const pauseMilliseconds = 5000;

export async function systemPage({ main, signal }) {
  const place = h("div", { class: "cards" });
  fill(main, h("h1", {}, "System"), place, h("section", {}, h("h2", {}, "For programs"), h("ul", { class: "plain" },
    h("li", {}, apiLink("/openapi.json", "OpenAPI document"), " of every route"),
    h("li", {}, apiLink("/metrics", "Metrics"), " for Prometheus"),
    h("li", {}, apiLink("/v1/system", "System"), ", ", apiLink("/v1/version", "version"), ", ", apiLink("/readyz", "readiness"), " as JSON"),
    h("li", {}, apiLink("/v1/settings/schema", "Settings"), " of runs and jobs, with their ranges"),
    h("li", {}, "The whole of it on a command line: ", h("code", {}, "corrflowd ctl --help")))));
  let before = null;

  async function load() {
    const [system, version, ready] = await Promise.all([find("/v1/system", signal), get("/v1/version", signal), readiness(signal)]);
    fill(place, daemonCard(version, system), system && processorCard(system, before), system && memoryCard(system), system && diskCard(system),
      system && queueCard(system, await runningJob(system, signal)), readyCard(ready));
    before = system;
  }

  const refresh = throttled(() => load().catch(fault), pauseMilliseconds);
  const clock = setInterval(() => { if (!isAway()) refresh(); }, pauseMilliseconds);
  signal.addEventListener("abort", () => clearInterval(clock));
  listen(({ type }) => { if (type === "run.state" || type === "reset") refresh(); }, signal);
  await load();
}

/** The address of the job that is worked on: the daemon tells its identifier, not its kind. */
async function runningJob({ queue = {} }, signal) {
  if (!queue.running_job_id) return null;
  const plurals = Object.keys(jobKinds);
  const lists = await Promise.all(plurals.map((plural) => get(`/v1/${plural}?state=running&limit=1`, signal)));
  const index = lists.findIndex(({ items }) => items.some((job) => job.id === queue.running_job_id));
  return index < 0 ? null : { plural: plurals[index], id: queue.running_job_id };
}

async function readiness(signal) {
  try {
    return (await (await request("/readyz", { signal })).json()).checks;
  } catch (error) {
    if (error.problem?.checks) return error.problem.checks;
    throw error;
  }
}

function card(title, ...content) {
  return h("section", { class: "card" }, h("h2", {}, title), content);
}

/** A bar of how much of something is used. */
function meter(label, used, total) {
  const share = total > 0 ? Math.max(0, Math.min(1, used / total)) : 0;
  return h("div", { class: "meter" }, h("span", {}, label),
    h("meter", { min: 0, max: 1, value: share, low: 0.75, high: 0.9, optimum: 0, "aria-label": label }, percent(share)), h("b", {}, percent(share)));
}

function daemonCard({ version, git, build = {} }, system) {
  return card("corrflowd", facts([
    ["Version", version], ["Revision", h("code", {}, git)], ["Build", [build.configuration, build.swift && `Swift ${build.swift}`].filter(Boolean).join(", ")],
    ["Kernels", build.backend ?? "–"], system && ["Up", duration(system.uptime_seconds)], system && ["Started", moment(system.started_at)],
  ]));
}

function processorCard({ cpu = {}, threads, now }, before) {
  const [one, five, fifteen] = cpu.load_average ?? [];
  const seconds = before ? (Date.parse(now) - Date.parse(before.now)) / 1000 : 0;
  const busy = seconds > 0 ? (cpu.process_seconds - before.cpu.process_seconds) / seconds : null;
  return card("Processor",
    meter("This process", busy ?? 0, cpu.cores), facts([
      ["Cores", grouped(cpu.cores)], ["Cores in use by the daemon", busy === null ? "in 5 s" : number(busy)],
      ["Load in 1, 5, 15 min", [one, five, fifteen].map((value) => number(value)).join(", ")], ["Threads", grouped(threads)],
      ["Time of processor", duration(cpu.process_seconds)],
    ]));
}

function memoryCard({ memory = {} }) {
  return card("Memory", meter("In use", memory.total_bytes - memory.available_bytes, memory.total_bytes), facts([
    ["The daemon", bytes(memory.resident_bytes)], ["Available", bytes(memory.available_bytes)], ["Installed", bytes(memory.total_bytes)],
  ]));
}

function diskCard({ disk = {}, data_roots: roots = [] }) {
  return card("Disk", facts([
    ["Free", bytes(disk.free_bytes)], ["Kept free", bytes(disk.reserve_bytes)],
    ["Database", `${bytes(disk.database_bytes)}${disk.wal_bytes ? ` and ${bytes(disk.wal_bytes)} of log` : ""}`],
    ["Data below", roots.length > 0 ? roots.map((root) => h("code", { class: "long" }, root)) : "no folder is allowed"],
  ]));
}

function queueCard({ queue = {}, streams, connections, open_descriptors: descriptors }, job) {
  return card("Queue", facts([
    ["Trains now", queue.training_run_id ? h("a", { href: `#/runs/${queue.training_run_id}` }, "a run") : "nothing"],
    ["Runs waiting", grouped(queue.runs_queued)],
    ["Works now", job ? h("a", { href: `#/${job.plural}/${job.id}` }, `the ${jobKinds[job.plural]}`) : queue.running_job_id ? "a job" : "nothing"],
    ["Jobs waiting", grouped(queue.jobs_queued)], streams && ["Streams of events", `${streams.open} of ${streams.limit}`],
    connections !== undefined && ["Connections", grouped(connections)], descriptors !== undefined && ["Open files", grouped(descriptors)],
  ]));
}

function readyCard(checks) {
  return card("Ready", h("ul", { class: "plain" }, checks.map((check) => h("li", {},
    h("span", { class: `badge ${check.passed ? "good" : "bad"}` }, check.passed ? "good" : "fails"), ` ${check.name.replaceAll("_", " ")}`,
    check.problem && h("span", { class: "fault" }, ` ${check.problem}`)))));
}
