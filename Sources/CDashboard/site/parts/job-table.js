// Jobs as a table that can be sorted.
import { h } from "../base/dom.js";
import { duration, elapsedSeconds, grouped, moment, number } from "../base/format.js";
import { badge, progressBar } from "./state.js";
import { sortableTable } from "./table.js";

/** The table, and in `rows` the progress bars of the jobs that run, by identifier; `names` are those of runs. */
export function jobTable(caption, jobs, names = new Map()) {
  const rows = new Map();
  const table = sortableTable({
    caption, items: jobs, sort: { key: "created", isDescending: true },
    columns: [
      { key: "what", title: "What", value: describe, cell: (job) => h("a", { href: `#/${job.kind}s/${job.id}` }, describe(job)) },
      { key: "state", title: "State", value: (job) => job.state, cell: (job) => stateCell(job, rows) },
      { key: "score", title: "Result", isNumber: true, value: (job) => score(job)?.value ?? null, cell: (job) => scoreText(job) },
      { key: "step", title: "Step", isNumber: true, value: (job) => job.provenance?.step ?? null, cell: (job) => grouped(job.provenance?.step) },
      {
        key: "run", title: "Weights", value: (job) => names.get(job.provenance?.run_id) ?? job.provenance?.path ?? "",
        cell: (job) => weights(job.provenance, names),
      },
      { key: "time", title: "Time", isNumber: true, value: elapsedSeconds, cell: (job) => duration(elapsedSeconds(job)) },
      { key: "created", title: "Created", value: (job) => job.created_at, cell: (job) => moment(job.created_at) },
    ],
  });
  return { ...table, rows };
}

/** What a job is about, in a few words. */
export function describe(job) {
  if (job.name) return job.name;
  const params = job.params ?? {};
  if (job.benchmark === "davis2017") return `DAVIS ${params.set ?? ""}, ${params.preset ?? ""}`;
  if (job.benchmark === "jhmdb") return `JHMDB split ${params.split ?? ""}, ${params.preset ?? ""}`;
  const video = job.request?.video?.split("/").pop();
  return [job.request?.view, video].filter(Boolean).join(" of ") || job.kind;
}

/** The number that sums a job up: J&F, or the share of right keypoints. */
export function score(job) {
  for (const key of ["j_and_f_mean", "pck_0.1", "strict_pck_0.1"]) {
    const value = job.summary?.[key];
    if (value !== undefined && value !== null) return { key, value };
  }
  return null;
}

function scoreText(job) {
  const found = score(job);
  if (!found) return job.summary?.frames ? `${grouped(job.summary.frames)} frames` : "–";
  return `${number(found.value)} ${found.key === "j_and_f_mean" ? "J&F" : "PCK@0.1"}`;
}

function stateCell(job, rows) {
  if (job.state !== "running" || !job.progress) return badge(job.state);
  const bar = progressBar("frames", `Progress of ${describe(job)}`);
  bar.update(job.progress.done, job.progress.total, job.progress.eta_seconds);
  rows.set(job.id, bar);
  return [badge(job.state), " ", bar.element];
}

function weights(provenance, names) {
  if (!provenance) return "–";
  if (provenance.run_id) return h("a", { href: `#/runs/${provenance.run_id}` }, names.get(provenance.run_id) ?? "of a run");
  return provenance.path?.split("/").pop() ?? "none";
}
