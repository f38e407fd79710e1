// A new run: every setting with its default and its range, what it will cost, and what the daemon thinks of it.
import { debounced, fill, h, show } from "../base/dom.js";
import { create, find, get, send } from "../base/api.js";
import { fault, notice } from "../base/notice.js";
import { go } from "../base/router.js";
import { estimateView } from "../parts/estimate.js";
import { settingField } from "../parts/fields.js";
import { plainField, select, showFaults } from "../parts/form.js";
import { labelText, readLabels } from "../parts/run-header.js";
import { settingsSchema } from "../parts/settings.js";

const elsewhere = "elsewhere";

export async function newRunPage({ main, query, signal }) {
  const [schema, { items: datasets }, model, system] = await Promise.all([
    settingsSchema(), get("/v1/datasets?limit=200", signal),
    query.get("from") ? get(`/v1/runs/${query.get("from")}`, signal) : null, find("/v1/system", signal),
  ]);
  const form = new RunForm({
    schema: schema?.runs, datasets, model, roots: system?.data_roots ?? [], dataset: query.get("dataset"), checkpoint: query.get("checkpoint"),
  });
  fill(main, h("p", { class: "crumbs" }, h("a", { href: "#/runs" }, "Runs")), h("h1", {}, "New run"), form.element);
  form.estimate();
}

class RunForm {
  constructor({ schema, datasets, model, roots, dataset, checkpoint }) {
    Object.assign(this, { schema, model, checkpoint, wanted: 0 });
    this.estimate = debounced(() => this.ask().catch(fault), 400);
    this.makeBasics(datasets, dataset, roots);
    this.settings = (schema?.fields ?? []).map((field) =>
      settingField(field, model?.config?.[field.key], () => this.settingChanged(field.key)));
    this.byKey = new Map(this.settings.map((field) => [field.key, field]));
    this.rest = h("ul", { class: "fault", role: "alert", hidden: true });
    this.preview = h("div", { class: "estimate", "aria-live": "polite" });
    this.button = h("button", { type: "submit", class: "primary" }, "Start the run");
    this.element = h("form", { class: "new-run", novalidate: true, onsubmit: (event) => this.submit(event) },
      h("div", { class: "columns" }, h("div", {}, this.basics(), this.settingGroups()),
        h("aside", { "aria-label": "Estimate" }, h("h2", {}, "Before it starts"), this.rest, this.preview, this.button)));
    this.element.addEventListener("input", () => this.estimate());
    if (model) this.applyProfile();
  }

  makeBasics(datasets, dataset, roots) {
    const chosen = dataset ?? this.model?.dataset_id ?? datasets[0]?.id ?? elsewhere;
    this.name = plainField("Name", h("input", { type: "text", maxlength: 200, autocomplete: "off", value: this.model ? `${this.model.name} again` : "" }),
      "Made up where you leave it empty.");
    this.dataset = plainField("Dataset", select([...datasets.map((one) => [one.id, `${one.name} (${one.usable_files} files${one.state === "ready" ? "" : `, ${one.state}`})`]),
      [elsewhere, "a folder that is not registered"]], chosen, { onchange: () => this.showFolder() }));
    this.folder = plainField("Folder", h("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: roots[0] ? `${roots[0]}/...` : "/srv/videos" }),
      "It is registered when the run is created.");
    this.seed = plainField("Seed", h("input", { type: "text", inputmode: "numeric", autocomplete: "off", value: "" }), "Drawn where you leave it empty.");
    this.labels = plainField("Labels", h("input", { type: "text", autocomplete: "off", value: labelText(this.model?.labels) }), "name=value, with commas between them.");
    this.restarts = plainField("Restarts", h("input", { type: "number", min: 0, max: 100, step: 1, value: "0" }),
      "How often it goes on by itself after the daemon was interrupted.");
    this.keep = plainField("Checkpoints to keep", h("input", { type: "number", min: 1, step: 1, placeholder: "all", value: "" }),
      "The newest so many, and as many of the best; all where you leave it empty.");
    this.notes = plainField("Notes", h("textarea", { rows: 2, maxlength: 10000 }));
    this.showFolder();
  }

  showFolder() {
    show(this.folder.element, this.dataset.input.value === elsewhere);
  }

  basics() {
    return h("fieldset", {}, h("legend", {}, "The run"),
      this.model && h("p", { class: "note" }, this.checkpoint ? "It begins with the weights of a checkpoint of " : "With the settings of ",
        h("a", { href: `#/runs/${this.model.id}` }, this.model.name), "."),
      h("div", { class: "fields" }, this.name.element, this.dataset.element, this.folder.element, this.seed.element, this.labels.element),
      h("details", {}, h("summary", {}, "More"), h("div", { class: "fields" }, this.restarts.element, this.keep.element, this.notes.element)));
  }

  settingGroups() {
    if (this.settings.length === 0) {
      return h("p", { class: "fault" }, "The daemon does not tell which settings there are; the run takes their defaults.");
    }
    const search = h("input", { type: "search", placeholder: "Find a setting", "aria-label": "Find a setting" });
    const groups = this.schema.groups.map((group, index) => {
      const own = this.schema.fields.filter((field) => field.group === group).map((field) => this.byKey.get(field.key));
      return h("details", { class: "group", open: index === 0 }, h("summary", {}, group.replaceAll("_", " ")),
        h("div", { class: "fields" }, own.map((field) => field.element)));
    });
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      filterSettings(search.value, this.schema.fields, this.byKey, groups);
    });
    return h("fieldset", { class: "settings" }, h("legend", {}, "Settings"), search, groups);
  }

  settingChanged(key) {
    if (key === "profile") this.applyProfile();
    this.estimate();
  }

  /** Some defaults depend on the profile. */
  applyProfile() {
    const profile = this.byKey.get("profile")?.read();
    for (const field of this.schema?.fields ?? []) {
      if (field.defaults && profile in field.defaults) this.byKey.get(field.key).setDefault(field.defaults[profile]);
    }
  }

  body() {
    const config = this.settings.filter((field) => field.isChanged()).map((field) => [field.key, field.read()]);
    const { value: dataset } = this.dataset.input;
    const labels = readLabels(this.labels.input.value);
    const seed = this.seed.input.value.trim();
    const restarts = Number(this.restarts.input.value);
    const keep = Number(this.keep.input.value);
    return {
      ...(dataset === elsewhere ? { data: this.folder.input.value.trim() } : { dataset_id: dataset }), config: Object.fromEntries(config),
      ...(this.name.input.value.trim() ? { name: this.name.input.value.trim() } : {}),
      ...(seed ? { seed: Number.isSafeInteger(Number(seed)) ? Number(seed) : seed } : {}),
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(restarts > 0 ? { max_restarts: restarts } : {}),
      ...(keep > 0 ? { checkpoint_policy: { keep_latest: keep, keep_best: keep } } : {}),
      ...(this.notes.input.value.trim() ? { notes: this.notes.input.value.trim() } : {}),
      ...(this.checkpoint ? { parent: { run_id: this.model.id, checkpoint_id: this.checkpoint } } : {}),
    };
  }

  fields() {
    return new Map([["/name", this.name], ["/dataset_id", this.dataset], ["/data", this.folder], ["/seed", this.seed], ["/labels", this.labels],
      ["/max_restarts", this.restarts], ["/checkpoint_policy", this.keep], ["/notes", this.notes],
      ...this.settings.map((field) => [`/config/${field.key}`, field])]);
  }

  /** Asks the daemon what would come of it, without starting anything. */
  async ask() {
    const turn = ++this.wanted;
    const body = this.body();
    if (body.data === "") {
      showFaults(null, this.fields(), this.rest);
      fill(this.preview, h("p", { class: "note" }, "Choose a dataset or give a folder, and the estimate appears here."));
      return;
    }
    try {
      const plan = await send("POST", "/v1/runs?dry_run=true", body);
      if (turn !== this.wanted) return;
      showFaults(null, this.fields(), this.rest);
      fill(this.preview, estimateView(plan));
    } catch (error) {
      if (turn === this.wanted) this.refused(error);
    }
  }

  refused(error) {
    showFaults(error, this.fields(), this.rest);
    fill(this.preview, h("p", { class: "note" }, "There is no estimate until the faults are mended."));
    for (const details of this.element.querySelectorAll("details")) {
      if (details.querySelector('[aria-invalid="true"]')) details.open = true;
    }
  }

  async submit(event) {
    event.preventDefault();
    this.button.disabled = true;
    try {
      const run = await create("/v1/runs", this.body());
      notice(`${run.name} is queued.`);
      go(`/runs/${run.id}`);
    } catch (error) {
      this.refused(error);
      this.element.querySelector('[aria-invalid="true"]')?.focus();
      this.button.disabled = false;
    }
  }
}

/** Shows only settings that mention the text, with their groups open. */
function filterSettings(text, fields, byKey, groups) {
  const words = text.toLowerCase().split(/[\s_]+/).filter(Boolean);
  for (const field of fields) {
    const all = `${field.key.replaceAll("_", " ")} ${field.description}`.toLowerCase();
    show(byKey.get(field.key).element, words.every((word) => all.includes(word)));
  }
  groups.forEach((group, index) => {
    const isHit = [...group.querySelectorAll(".field")].some((element) => !element.hidden);
    show(group, isHit);
    group.open = words.length > 0 ? isHit : index === 0;
  });
}
