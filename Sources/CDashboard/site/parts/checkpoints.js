// A run's checkpoints: keep them, fetch them, score them, go on from them.
import { fill, h } from "../base/dom.js";
import { get, getTagged, send } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { bytes, grouped, moment, number } from "../base/format.js";
import { apiLink } from "../base/links.js";
import { fault, notice } from "../base/notice.js";
import { askJob } from "./job-form.js";
import { jobWords } from "./job-kinds.js";
import { badge } from "./state.js";
import { plainTable } from "./table.js";

export class CheckpointList {
  constructor(run, signal) {
    Object.assign(this, { run, signal, shown: "" });
    this.place = h("div", {});
    this.element = h("section", {}, h("h2", {}, "Checkpoints"), this.place);
  }

  async load() {
    const { items, next_cursor: more } = await get(`/v1/runs/${this.run.id}/checkpoints`, this.signal);
    const text = JSON.stringify(items);
    if (text === this.shown) return;
    this.shown = text;
    if (items.length === 0) {
      fill(this.place, h("p", { class: "empty" }, "There is none yet. One is written every ",
        h("code", {}, "checkpoint_every"), " steps, when a run is paused or stopped, and by the button Checkpoint."));
      return;
    }
    fill(this.place, plainTable("Checkpoints", ["Step", "Kind", "Loss", "Size", "Written", "SHA-256", "Actions"], items.map((one) => this.row(one))),
      more && h("p", { class: "note" }, "There are more: see the list as JSON below."));
  }

  row(checkpoint) {
    const isGood = checkpoint.state === "valid";
    const roles = ["pinned", "best", "latest"].filter((role) => checkpoint[role]);
    return [
      `${grouped(checkpoint.step)}`,
      [checkpoint.kind, isGood ? null : badge(checkpoint.state), roles.map((role) => h("span", { class: "label" }, role))],
      { isNumber: true, content: number(checkpoint.metrics?.loss) }, { isNumber: true, content: bytes(checkpoint.bytes) },
      moment(checkpoint.created_at), h("code", { title: checkpoint.sha256 }, checkpoint.sha256?.slice(0, 10) ?? "–"),
      h("div", { class: "row-actions" },
        apiLink(`/v1/checkpoints/${checkpoint.id}/data`, "Download", { download: true, label: `Download the checkpoint of step ${checkpoint.step}` }),
        isGood && Object.entries(jobWords).map(([plural, { verb }]) =>
          this.button(verb, checkpoint, () => askJob(plural, { checkpoint, run: this.run }))),
        isGood && h("a", { href: `#/new?from=${this.run.id}&checkpoint=${checkpoint.id}`, "aria-label": `New run from step ${checkpoint.step}` }, "New run"),
        "pinned" in checkpoint && this.button(checkpoint.pinned ? "Unpin" : "Pin", checkpoint, () => this.pin(checkpoint)),
        "pinned" in checkpoint && this.button("Delete", checkpoint, () => this.remove(checkpoint), "quiet danger")),
    ];
  }

  button(text, checkpoint, action, style = "quiet") {
    return h("button", {
      type: "button", class: style, "aria-label": `${text} the checkpoint of step ${checkpoint.step}`,
      onclick: () => Promise.resolve(action()).catch(fault).then(() => this.load()).catch(fault),
    }, text);
  }

  async pin(checkpoint) {
    const { value, tag } = await getTagged(`/v1/checkpoints/${checkpoint.id}`);
    await send("PATCH", `/v1/checkpoints/${checkpoint.id}`, { pinned: !value.pinned }, { "If-Match": tag });
    notice(value.pinned ? "It may be removed now when newer ones are kept." : "It is kept whatever the run's policy says.");
  }

  async remove(checkpoint) {
    await openDialog({
      title: `Delete the checkpoint of step ${checkpoint.step}?`, danger: true, confirm: "Delete",
      body: h("p", {}, "Its file is removed. This cannot be undone."),
      submit: async () => { await send("DELETE", `/v1/checkpoints/${checkpoint.id}`); return true; },
    });
  }
}
