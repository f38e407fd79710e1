// One run: how it goes, its curves, checkpoints, evaluations, log and settings.
import { fill, h, throttled } from "../base/dom.js";
import { find, get } from "../base/api.js";
import { dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { onThemeChange } from "../base/theme.js";
import { ChartBoard } from "../parts/chart-board.js";
import { CheckpointList } from "../parts/checkpoints.js";
import { jobTable } from "../parts/job-table.js";
import { LogView } from "../parts/log.js";
import { RunHeader } from "../parts/run-header.js";
import { configurationView } from "../parts/configuration.js";
import { StepTimes } from "../parts/step-times.js";

export async function runPage({ main, parts, query, signal }) {
  const run = await get(`/v1/runs/${parts[1]}`, signal);
  document.title = `${run.name} - corrflow`;
  await new RunPage(main, run, query, signal).load();
}

class RunPage {
  constructor(main, run, query, signal) {
    Object.assign(this, { run, signal });
    this.reload = throttled(() => this.load().catch(fault), 1000);
    this.header = new RunHeader(run, this.reload);
    this.board = new ChartBoard(run, query, signal);
    this.times = new StepTimes();
    this.checkpoints = new CheckpointList(run, signal);
    this.log = new LogView(run.id, signal);
    this.evaluations = h("section", {}, h("h2", {}, "Evaluations"));
    this.settings = h("section", {}, h("h2", {}, "Settings"));
    fill(main, this.header.element, this.board.element, this.times.element, this.checkpoints.element, this.evaluations,
      this.log.element, this.settings,
      dataLinks([run.links?.self ?? `/v1/runs/${run.id}`, "Run as JSON"], [`/v1/runs/${run.id}/metrics`, "Metrics as JSON"],
        [`/v1/runs/${run.id}/metrics.csv`, "Metrics as CSV"], [`/v1/runs/${run.id}/checkpoints`, "Checkpoints as JSON"],
        [`/v1/runs/${run.id}/logs`, "Log as JSON"]));
    this.showSettings().catch(fault);
    onThemeChange(() => this.times.update(this.run.last_metrics ?? {}), signal);
    listen((event) => this.hear(event), signal);
    const clock = setInterval(() => this.header.tick(), 1000);
    signal.addEventListener("abort", () => clearInterval(clock));
  }

  async load() {
    this.apply(await get(`/v1/runs/${this.run.id}`, this.signal));
    const parts = [this.board.load(), this.checkpoints.load(), this.log.load(), this.showEvaluations()];
    await Promise.all(parts.map((part) => part.catch(fault)));
  }

  apply(run) {
    this.run = run;
    this.header.update(run);
    this.board.update(run);
    this.times.update(run.last_metrics ?? {});
  }

  hear({ type, data }) {
    if (type === "tick" || type === "reset") return this.reload();
    if (data.run_id !== this.run.id) return;
    if (type === "run.progress") {
      const { step, total_steps, epoch, eta_seconds, items_per_second } = data;
      this.apply({ ...this.run, progress: { step, total_steps, epoch, eta_seconds, items_per_second } });
    } else if (type === "metric") {
      this.apply({ ...this.run, last_metrics: { ...this.run.last_metrics, ...data.values }, best: betterOf(this.run.best, data) });
      this.board.refresh();
    } else if (type === "log") {
      this.log.add(data.line);
    } else if (type === "evaluation" && data.progress) {
      this.showProgress(data);
    } else {
      this.reload();
    }
  }

  async showEvaluations() {
    const { items } = await get(`/v1/evaluations?run_id=${this.run.id}&limit=100`, this.signal);
    const table = items.length > 0 ? jobTable("Evaluations of this run", items, new Map([[this.run.id, this.run.name]])) : null;
    this.rows = table?.rows ?? new Map();
    fill(this.evaluations, h("h2", {}, "Evaluations"), table?.element
      ?? h("p", { class: "empty" }, "None of its checkpoints has been evaluated. ",
        "Use Evaluate beside a checkpoint, or give the run the setting evaluate_every."),
    h("p", { class: "note" }, "See also the ", h("a", { href: `#/propagations?run=${this.run.id}` }, "propagations"), " and the ",
      h("a", { href: `#/visualisations?run=${this.run.id}` }, "visualisations"), " of its checkpoints."),
    table && dataLinks([`/v1/evaluations?run_id=${this.run.id}`, "JSON", "Evaluations of this run as JSON"]));
  }

  showProgress({ job_id: id, progress }) {
    this.rows?.get(id)?.update(progress.done, progress.total, progress.eta_seconds);
  }

  async showSettings() {
    const parent = this.run.parent ? await find(`/v1/runs/${this.run.parent.run_id}`, this.signal) : null;
    fill(this.settings, h("h2", {}, "Settings"), await configurationView(this.run, parent));
  }
}

/** The least loss, where a step has just undercut it; what lies between two events comes with the next reply. */
function betterOf(best, { step, values }) {
  const loss = values?.loss;
  if (typeof loss !== "number" || (best?.loss && best.loss.value <= loss)) return best;
  return { ...best, loss: { value: loss, step } };
}
