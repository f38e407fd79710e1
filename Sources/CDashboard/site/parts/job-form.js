// Asks for a job of any kind: what it is about, with which weights, and every parameter that the daemon knows.
import { fill, h, show } from "../base/dom.js";
import { create } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { grouped } from "../base/format.js";
import { notice } from "../base/notice.js";
import { go } from "../base/router.js";
import { constantsField } from "./constants.js";
import { settingField } from "./fields.js";
import { plainField, showFaults } from "./form.js";
import { jobInputs } from "./job-inputs.js";
import { jobKinds, jobWords } from "./job-kinds.js";
import { settingsSchema } from "./settings.js";
import { weightsFields } from "./weights.js";

/**
 * The dialog for a job of the kind that is kept under `plural`.
 *
 * With a `checkpoint` of a `run` those are its weights; else they are chosen. A `model` is a job to begin from.
 */
export async function askJob(plural, { checkpoint = null, run = null, model = null } = {}) {
  const schema = (await settingsSchema())?.[plural] ?? { tasks: {}, presets: {} };
  const form = await new JobForm(plural, schema, { checkpoint, run, model }).prepared();
  const { verb } = jobWords[plural];
  const job = await openDialog({
    title: checkpoint ? `${verb} step ${grouped(checkpoint.step)} of ${run.name}` : `New ${jobKinds[plural]}`, body: form.element,
    confirm: verb, isWide: true, value: () => form.body(), submit: (body) => form.submit(body),
  });
  if (!job) return;
  notice(`The ${jobKinds[plural]} is queued.`);
  go(`/${plural}/${job.id}`);
}

class JobForm {
  constructor(plural, schema, { checkpoint, run, model }) {
    Object.assign(this, { plural, schema, checkpoint, run, params: [], weights: null });
    this.request = model?.request ?? {};
    this.name = plainField("Name", h("input", { type: "text", maxlength: 200, autocomplete: "off", value: model?.name ?? "" }), "Optional.");
    this.required = h("div", { class: "fields" });
    this.optional = h("div", {});
    this.rest = h("ul", { class: "fault", role: "alert", hidden: true });
  }

  /** Once what the daemon knows is here: videos, folders, checkpoints. */
  async prepared() {
    const { request, run, plural } = this;
    const asked = { request, run, tasks: this.schema.tasks, changed: () => this.showParams(this.chosenParams()) };
    const [inputs, weights] = await Promise.all([
      jobInputs[plural](asked), this.checkpoint ? null : weightsFields(request, plural === "evaluations"),
    ]);
    Object.assign(this, { inputs, weights });
    this.element = h("div", { class: "job-form" }, h("p", { class: "note" }, jobWords[plural].lead), weights?.elements, inputs.elements,
      this.required, this.name.element, h("details", { class: "group" }, h("summary", {}, "Parameters"), this.optional), this.rest);
    this.showParams(request.params ?? {});
    return this;
  }

  /** Fields for the task's parameters; those without a default stand in the open. */
  showParams(values) {
    const fields = this.schema.tasks[this.inputs.task()]?.fields ?? [];
    this.params = [];
    for (const field of fields) this.params.push(this.paramField(field, values[field.key]));
    const isRequired = (param) => fields.some((field) => field.key === param.key && field.default === null && !field.nullable);
    const isGroup = (param) => Boolean(param.inner);
    const optional = this.params.filter((param) => !isRequired(param));
    fill(this.required, this.params.filter(isRequired).map((param) => param.element));
    fill(this.optional, h("div", { class: "fields" }, optional.filter((param) => !isGroup(param)).map((param) => param.element)),
      optional.filter(isGroup).map((param) => param.element),
      this.params.length === 0 && h("p", { class: "note" }, "The daemon does not tell which parameters there are; it takes their defaults."));
  }

  /** `keypoint_constants` differ from those of `keypoint_preset`. */
  paramField(field, value) {
    const preset = this.params.find((param) => param.key === field.key.replace("constants", "preset"));
    const hasPresets = field.type === "object" && preset && Object.keys(this.schema.presets).length > 0;
    return hasPresets ? constantsField(field, this.schema.presets, preset, value) : settingField(field, value, () => {});
  }

  /** Parameters that differ from their defaults. */
  chosenParams() {
    return Object.fromEntries(this.params.filter((param) => param.isChanged()).map((param) => [param.key, param.read()]));
  }

  body() {
    const params = this.chosenParams();
    const name = this.name.input.value.trim();
    return {
      ...this.inputs.members(), ...(this.checkpoint ? { checkpoint_id: this.checkpoint.id } : this.weights.members()),
      ...(name ? { name } : {}), ...(Object.keys(params).length > 0 ? { params } : {}),
    };
  }

  /** Fields by JSON pointer. */
  fields() {
    const params = this.params.flatMap((param) => [param, ...(param.inner ?? []).map((one) => ({ ...one, key: `${param.key}/${one.key}` }))]);
    return new Map([...this.inputs.pointers(), ...(this.weights?.pointers() ?? []), ["/name", this.name],
      ...params.map((param) => [`/params/${param.key}`, param])]);
  }

  async submit(body) {
    try {
      return await create(`/v1/${this.plural}`, body);
    } catch (error) {
      showFaults(error, this.fields(), this.rest);
      this.showFirstFault();
      const isRefused = error.errors?.length > 0;
      show(this.rest, isRefused && this.rest.hasChildNodes());
      throw isRefused ? new Error("The daemon does not accept this yet.") : error;
    }
  }

  /** Opens what hides a fault, and goes to the first one. */
  showFirstFault() {
    for (const one of this.element.querySelectorAll(".fault:not([hidden])")) {
      for (let group = one.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
    }
    this.element.querySelector('[aria-invalid="true"]')?.focus();
  }
}
