// The head of a run's page: what it is, how far it is, and what can be done.
import { fill, h, setText } from "../base/dom.js";
import { getTagged, send } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { duration, elapsedSeconds, grouped, moment, number } from "../base/format.js";
import { updateActions } from "./actions.js";
import { plainField } from "./form.js";
import { progressBar, setBadge } from "./state.js";

export class RunHeader {
  constructor(run, changed) {
    Object.assign(this, { run, changed, values: new Map() });
    this.name = h("h1", {});
    this.state = h("span", { role: "status" });
    this.bar = progressBar("steps", "Progress");
    this.actions = h("div", { class: "actions" });
    this.problem = h("p", { class: "fault", role: "alert", hidden: true });
    this.notes = h("p", { class: "notes" });
    this.about = h("p", { class: "about" });
    this.tiles = h("dl", { class: "tiles" });
    this.element = h("div", { class: "run-head" },
      h("p", { class: "crumbs" }, h("a", { href: "#/runs" }, "Runs")),
      h("div", { class: "page-head" }, this.name, this.state, this.actions,
        h("a", { class: "button quiet", href: `#/new?from=${run.id}` }, "Start again with changes"),
        h("a", { class: "button quiet", href: `#/compare?run=${run.id}` }, "Compare"),
        h("button", { type: "button", class: "quiet", onclick: () => this.edit() }, "Edit")),
      this.problem, h("div", { class: "wide" }, this.bar.element), this.tiles, this.notes, this.about);
    this.update(run);
  }

  update(run) {
    this.run = run;
    setText(this.name, run.name);
    setBadge(this.state, run.state);
    const { step, total_steps: total, eta_seconds: left } = run.progress;
    this.bar.update(step, total, left);
    updateActions(this.actions, run, this.changed);
    this.problem.hidden = !run.exit?.message;
    setText(this.problem, run.exit?.message ?? "");
    this.tile("Loss", number(run.last_metrics?.loss));
    const best = run.best?.loss;
    this.tile("Least loss", best ? `${number(best.value)} at step ${grouped(best.step)}` : null);
    const score = run.best?.j_and_f;
    this.tile("Best J&F", score ? `${number(score.value)} at step ${grouped(score.step)}` : null);
    this.tile("Epoch", number(run.progress.epoch));
    this.tile("Speed", run.progress.items_per_second ? `${number(run.progress.items_per_second)} clips/s` : null);
    this.tile("Attempt", String(run.attempt));
    this.tick();
    setText(this.notes, run.notes ?? "");
    this.showAbout(run);
  }

  /** The time goes on between replies. */
  tick() {
    this.tile("Time", duration(elapsedSeconds(this.run)));
  }

  tile(name, text) {
    if (!text) return;
    let value = this.values.get(name);
    if (!value) {
      value = h("dd", {});
      this.values.set(name, value);
      this.tiles.append(h("div", {}, h("dt", {}, name), value));
    }
    setText(value, text);
  }

  showAbout(run) {
    const text = JSON.stringify([run.dataset_id, run.parent, run.labels, run.created_at, run.started_at, run.ended_at, run.seed]);
    if (this.shown === text) return;
    this.shown = text;
    fill(this.about, run.dataset_id && h("a", { href: `#/datasets/${run.dataset_id}` }, "Its dataset"),
      run.parent && [" · from ", h("a", { href: `#/runs/${run.parent.run_id}` }, "another run")],
      ` · seed ${run.seed} · created ${moment(run.created_at)}`, run.started_at && ` · started ${moment(run.started_at)}`,
      run.ended_at && ` · ended ${moment(run.ended_at)}`,
      Object.entries(run.labels ?? {}).map(([name, value]) => h("span", { class: "label" }, `${name}=${value}`)));
  }

  async edit() {
    const { value: run, tag } = await getTagged(`/v1/runs/${this.run.id}`);
    const name = plainField("Name", h("input", { type: "text", value: run.name, maxlength: 200, required: true }));
    const notes = plainField("Notes", h("textarea", { rows: 5, value: run.notes ?? "", maxlength: 10000 }));
    const labels = plainField("Labels", h("input", { type: "text", value: labelText(run.labels) }), "name=value, with commas between them.");
    await openDialog({
      title: `Edit ${run.name}`, body: [name.element, notes.element, labels.element], confirm: "Save",
      submit: async () => {
        const given = readLabels(labels.input.value);
        const removed = Object.keys(run.labels ?? {}).filter((key) => !(key in given)).map((key) => [key, null]);
        await send("PATCH", `/v1/runs/${run.id}`, {
          name: name.input.value, notes: notes.input.value || null, labels: { ...given, ...Object.fromEntries(removed) },
        }, { "If-Match": tag });
        return true;
      },
    });
    this.changed();
  }
}

/** { team: "a" } as "team=a". */
export function labelText(labels) {
  return Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`).join(", ");
}

/** "team=a, x=1" as an object. */
export function readLabels(text) {
  return Object.fromEntries(text.split(",").map((one) => one.trim()).filter(Boolean).map((one) => {
    const at = one.indexOf("=");
    return at < 0 ? [one, ""] : [one.slice(0, at).trim(), one.slice(at + 1).trim()];
  }));
}
