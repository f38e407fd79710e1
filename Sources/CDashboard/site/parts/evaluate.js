// Asks for an evaluation: what is scored, on which data, and how labels are carried.
import { fill, h } from "../base/dom.js";
import { create, get } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { notice } from "../base/notice.js";
import { go } from "../base/router.js";
import { settingField } from "./fields.js";
import { plainField, select, showFaults } from "./form.js";
import { settingsSchema } from "./settings.js";

const benchmarks = [["davis2017", "DAVIS 2017: masks of objects"], ["jhmdb", "JHMDB: keypoints of people"]];

/** The dialog; without a checkpoint one is chosen by its identifier or by a file of weights. */
export async function askEvaluation(checkpoint = null, run = null) {
  const [schema, { items: datasets }] = await Promise.all([settingsSchema(), get("/v1/datasets?limit=200")]);
  const form = new EvaluationForm(schema?.evaluations?.tasks ?? {}, datasets, checkpoint, run);
  const job = await openDialog({
    title: checkpoint ? `Evaluate step ${checkpoint.step} of ${run.name}` : "New evaluation", body: form.element,
    confirm: "Evaluate", value: () => form.body(), submit: (body) => form.submit(body),
  });
  if (!job) return;
  notice("The evaluation is queued.");
  go(`/evaluations/${job.id}`);
}

class EvaluationForm {
  constructor(tasks, datasets, checkpoint, run) {
    Object.assign(this, { tasks, checkpoint, params: [] });
    const wanted = run?.config?.evaluate_benchmark;
    this.benchmark = plainField("Benchmark", select(benchmarks, wanted in tasks ? wanted : "davis2017", { onchange: () => this.showParams() }));
    this.weights = plainField("Weights", h("input", { type: "text", spellcheck: "false", autocomplete: "off" }),
      "The identifier of a checkpoint, or the path of a file of weights below an allowed root.");
    this.data = plainField("Data", h("input", { type: "text", required: true, list: "evaluation-data", spellcheck: "false", value: run?.config?.evaluate_data ?? "" }),
      "A folder in the benchmark's layout, below an allowed root.");
    this.name = plainField("Name", h("input", { type: "text", maxlength: 200 }), "Optional.");
    this.more = h("div", { class: "fields" });
    this.rest = h("ul", { class: "fault", role: "alert", hidden: true });
    this.element = h("div", {}, this.benchmark.element, checkpoint ? null : this.weights.element, this.data.element,
      h("datalist", { id: "evaluation-data" }, datasets.map((dataset) => h("option", { value: dataset.path }, dataset.name))),
      this.name.element, h("details", {}, h("summary", {}, "Parameters"), this.more), this.rest);
    this.showParams();
  }

  showParams() {
    const fields = this.tasks[this.benchmark.input.value]?.fields ?? [];
    this.params = fields.map((field) => settingField(field, undefined, () => {}));
    fill(this.more, this.params.length > 0 ? this.params.map((field) => field.element)
      : h("p", { class: "note" }, "The daemon does not tell which parameters there are; it takes their defaults."));
  }

  body() {
    const weights = this.weights.input.value.trim();
    const source = this.checkpoint ? { checkpoint_id: this.checkpoint.id }
      : /^[0-9A-HJKMNP-TV-Z]{26}$/.test(weights) ? { checkpoint_id: weights } : weights ? { checkpoint: weights } : {};
    const params = this.params.filter((field) => field.isChanged()).map((field) => [field.key, field.read()]);
    return {
      benchmark: this.benchmark.input.value, data: this.data.input.value.trim(), ...source,
      ...(this.name.input.value ? { name: this.name.input.value } : {}),
      ...(params.length > 0 ? { params: Object.fromEntries(params) } : {}),
    };
  }

  async submit(body) {
    const fields = new Map([["/benchmark", this.benchmark], ["/data", this.data], ["/dataset_id", this.data], ["/name", this.name],
      ["/checkpoint_id", this.weights], ["/checkpoint", this.weights], ...this.params.map((field) => [`/params/${field.key}`, field])]);
    try {
      return await create("/v1/evaluations", body);
    } catch (error) {
      showFaults(error, fields, this.rest);
      throw new Error("The daemon does not accept this yet.");
    }
  }
}
