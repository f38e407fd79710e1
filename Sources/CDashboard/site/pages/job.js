// One job: its numbers a sequence and an object, where they come from, and what it drew.
import { fill, h, setText, throttled } from "../base/dom.js";
import { get, getAll, send } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { duration, elapsedSeconds, grouped, moment, number, setting, title } from "../base/format.js";
import { apiLink, dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault, notice } from "../base/notice.js";
import { go } from "../base/router.js";
import { askJob } from "../parts/job-form.js";
import { jobKinds } from "../parts/job-kinds.js";
import { describe } from "../parts/job-table.js";
import { inOrder, resultTable, scoreHistogram } from "../parts/results.js";
import { badge, isActive, progressBar } from "../parts/state.js";
import { facts } from "../parts/table.js";
import { Viewer } from "../parts/viewer.js";

export async function jobPage({ main, parts, signal }) {
  const page = new JobPage(main, parts[0], parts[1], signal);
  await page.load();
}

class JobPage {
  constructor(main, plural, id, signal) {
    Object.assign(this, { path: `/v1/${plural}/${id}`, kind: jobKinds[plural], plural, id, signal, shown: "", lines: "" });
    this.head = h("div", {});
    this.bar = progressBar("frames", "Progress");
    this.stage = h("span", { class: "note" });
    this.summary = h("dl", { class: "tiles" });
    this.results = h("section", {});
    this.viewer = new Viewer(this.path, signal);
    this.about = h("section", {});
    this.progress = h("div", { class: "wide" }, this.bar.element, " ", this.stage);
    fill(main, h("p", { class: "crumbs" }, h("a", { href: `#/${plural}` }, title(plural))), this.head, this.progress, this.summary,
      plural === "evaluations" ? [this.results, this.viewer.element] : [this.viewer.element, this.results], this.about,
      dataLinks([this.path, "JSON", "This job as JSON"], [`${this.path}/results`, "Results as JSON"],
        [`${this.path}/results?format=csv`, "Results as CSV"], [`${this.path}/media`, "List of files as JSON"]));
    this.refresh = throttled(() => this.load().catch(fault), 1500);
    listen((event) => this.hear(event), signal);
  }

  hear({ type, data }) {
    if (type === "tick" && this.job && !isActive(this.job.state)) return;
    if (type === "tick" || type === "reset") return this.refresh();
    if (type !== this.kind || data.job_id !== this.id) return;
    if (data.progress) this.showProgress(data.progress);
    this.refresh();
  }

  async load() {
    this.job = await get(this.path, this.signal);
    document.title = `${describe(this.job)} - corrflow`;
    const state = JSON.stringify([this.job.state, this.job.allowed_actions, this.job.error]);
    if (state !== this.shown) this.showJob();
    if (this.state && this.state !== this.job.state) notice(`${describe(this.job)} is ${this.job.state}.`);
    this.state = this.job.state;
    this.shown = state;
    this.showProgress(this.job.progress);
    const isWorking = isActive(this.job.state);
    this.progress.hidden = !isWorking;
    await Promise.all([this.showResults(), this.viewer.load(this.job)]);
  }

  showProgress(progress) {
    if (!progress) return;
    this.bar.update(progress.done, progress.total, progress.eta_seconds);
    setText(this.stage, progress.stage ?? "");
  }

  showJob() {
    const { job } = this;
    const allowed = job.allowed_actions ?? [];
    fill(this.head,
      h("div", { class: "page-head" }, h("h1", {}, describe(job)), badge(job.state), h("div", { class: "actions" },
        h("button", { type: "button", class: "quiet", onclick: () => askJob(this.plural, { model: job }).catch(fault) }, "Again with changes"),
        allowed.includes("cancel") && h("button", { type: "button", class: "quiet danger", onclick: () => this.act("cancel") }, "Cancel"),
        allowed.includes("delete") && h("button", { type: "button", class: "quiet danger", onclick: () => this.act("delete") }, "Delete"))),
      job.error && h("p", { class: "fault", role: "alert" }, typeof job.error === "string" ? job.error : job.error.message ?? JSON.stringify(job.error)),
      (job.notes ?? []).map((note) => h("p", { class: "note" }, note)),
      (job.missing ?? []).length > 0 && h("p", { class: "note" }, `Missing: ${job.missing.join(", ")}`));
    const { summary } = job;
    const keys = inOrder(Object.keys(summary ?? {}).filter((key) => summary[key] === null || typeof summary[key] === "number"));
    fill(this.summary, keys.map((key) => h("div", {}, h("dt", {}, title(key)), h("dd", {}, number(summary[key])))));
    fill(this.about, h("h2", {}, "Where it comes from"), provenance(job), h("h2", {}, "Parameters"), parameters(job));
  }

  async showResults() {
    const { items } = await getAll(`${this.path}/results?limit=10000`, 50_000, this.signal);
    const lines = JSON.stringify(items);
    if (lines === this.lines) return;
    this.lines = lines;
    if (items.length === 0) return fill(this.results);
    fill(this.results, h("h2", {}, "Results"), this.plural === "evaluations" && scoreHistogram(items), resultTable(items, (item) => this.viewer.open(item.sequence, item.subject)));
  }

  async act(name) {
    const texts = {
      cancel: ["Cancel this job?", "What it has found until now is kept.", "Cancel it", () => send("POST", `${this.path}/cancel`)],
      delete: ["Delete this job?", "Its results and its files are deleted. This cannot be undone.", "Delete", () => send("DELETE", this.path)],
    };
    const [question, text, confirm, act] = texts[name];
    const isDone = await openDialog({
      title: question, body: h("p", {}, text), confirm, cancel: "Leave it", danger: true, submit: async () => { await act(); return true; },
    });
    if (isDone && name === "delete") return go(`/${this.plural}`);
    this.refresh();
  }
}

/** Parameters one by one; constants in groups that open, those that were asked for marked. */
function parameters({ params = {}, request = {} }) {
  const isGroup = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const list = (values, asked) => facts(Object.entries(values).map(([key, value]) =>
    [title(key), key in (asked ?? {}) ? h("b", {}, setting(value), h("span", { class: "label" }, "chosen")) : setting(value)]));
  const groups = Object.entries(params).filter(([, value]) => isGroup(value));
  const plain = Object.fromEntries(Object.entries(params).filter(([, value]) => !isGroup(value)));
  return [list(plain, request.params), groups.map(([key, values]) => h("details", { class: "group" }, h("summary", {}, title(key)),
    list(values, request.params?.[key])))];
}

/** The labels that a propagation begins with. */
function labelFacts({ mask, masks, keypoints }) {
  const all = masks ?? (mask ? [{ frame: 0, path: mask }] : []);
  return [
    ...all.map(({ frame, path }) => [`Mask of frame ${frame}`, h("code", { class: "long" }, path)]),
    keypoints && ["Keypoints", h("code", { class: "long" }, keypoints)],
  ];
}

function provenance(job) {
  const from = job.provenance ?? {};
  return facts([
    from.run_id && ["Run", h("a", { href: `#/runs/${from.run_id}` }, from.run_id)],
    from.step !== null && from.step !== undefined && ["Step", grouped(from.step)],
    from.checkpoint_id && ["Checkpoint", apiLink(`/v1/checkpoints/${from.checkpoint_id}`, from.checkpoint_id)],
    ["Weights", from.path ?? "none"], from.sha256 && ["SHA-256", h("code", { class: "long" }, from.sha256)],
    ["Program", from.code_version ?? "–"],
    (job.request?.data || job.request?.video) && ["Data", h("code", { class: "long" }, job.request.data ?? job.request.video)],
    ...labelFacts(job.request ?? {}),
    ["Created", moment(job.created_at)], job.started_at && ["Started", moment(job.started_at)],
    job.ended_at && ["Ended", moment(job.ended_at)], job.started_at && ["Time", duration(elapsedSeconds(job))],
  ]);
}
