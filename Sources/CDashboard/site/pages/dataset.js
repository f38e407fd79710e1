// One dataset: what is in it, and which files cannot be used, with the reason.
import { fill, h, throttled } from "../base/dom.js";
import { get, send, withQuery } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { bytes, duration, grouped, moment, number } from "../base/format.js";
import { dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault, notice } from "../base/notice.js";
import { go } from "../base/router.js";
import { badge, progressBar } from "../parts/state.js";
import { facts, plainTable } from "../parts/table.js";

export async function datasetPage({ main, parts, signal }) {
  await new DatasetPage(main, parts[1], signal).load();
}

class DatasetPage {
  constructor(main, id, signal) {
    Object.assign(this, { id, path: `/v1/datasets/${id}`, signal, files: [], cursor: null });
    this.head = h("div", {});
    this.bar = progressBar("files", "Files looked through");
    this.scan = h("div", { class: "wide" }, this.bar.element);
    this.facts = h("section", {});
    this.rejected = h("section", {});
    this.list = h("section", {});
    fill(main, h("p", { class: "crumbs" }, h("a", { href: "#/datasets" }, "Datasets")), this.head, this.scan, this.facts, this.rejected, this.list,
      dataLinks([this.path, "JSON", "Dataset as JSON"], [`${this.path}/files`, "Files as JSON"], [`${this.path}/files?rejected=true`, "Rejected files as JSON"]));
    this.refresh = throttled(() => this.load().catch(fault), 1000);
    listen(({ type, data }) => {
      if (type === "tick" && this.dataset?.state !== "scanning") return;
      if (["tick", "reset"].includes(type) || (type === "dataset" && data.dataset_id === id)) this.refresh();
    }, signal);
  }

  async load() {
    const dataset = await get(this.path, this.signal);
    const isNew = !this.dataset || this.dataset.updated_at !== dataset.updated_at || this.dataset.state !== dataset.state;
    this.dataset = dataset;
    document.title = `${dataset.name} - corrflow`;
    this.scan.hidden = dataset.state !== "scanning";
    this.bar.update(dataset.progress?.scanned_files, dataset.progress?.total_files);
    if (isNew) {
      this.show(dataset);
      await this.loadFiles(true);
    }
  }

  show(dataset) {
    fill(this.head, h("div", { class: "page-head" }, h("h1", {}, dataset.name), badge(dataset.state), h("div", { class: "actions" },
      h("a", { class: "button primary", href: `#/new?dataset=${dataset.id}` }, "New run with it"),
      h("button", { type: "button", class: "quiet", onclick: () => this.verify().catch(fault) }, "Look through again"),
      h("button", { type: "button", class: "quiet danger", onclick: () => this.forget().catch(fault) }, "Forget"))),
    dataset.problem && h("p", { class: "fault", role: "alert" }, typeof dataset.problem === "string" ? dataset.problem : JSON.stringify(dataset.problem)));
    fill(this.facts, facts([
      ["Folder", h("code", { class: "long" }, dataset.path)], ["Usable files", grouped(dataset.usable_files)],
      ["Rejected files", grouped(dataset.rejected_files)], ["Frames", grouped(dataset.frame_count)],
      ["Duration", duration(dataset.duration_seconds)], ["Size", bytes(dataset.size_bytes)],
      ["Looked through", moment(dataset.scanned_at)], dataset.fingerprint && ["Fingerprint", h("code", { class: "long" }, dataset.fingerprint)],
    ]));
    const rejected = dataset.rejected ?? [];
    fill(this.rejected, h("h2", {}, "Rejected files"), rejected.length === 0
      ? h("p", { class: "empty" }, dataset.state === "scanning" ? "None until now." : "Every file can be used.")
      : plainTable("Rejected files", ["File", "Reason", "What it says", "Size"], rejected.map((file) =>
        [h("code", { class: "long" }, file.path), file.rejection?.reason?.replaceAll("_", " ") ?? "–", h("span", { class: "prose" }, file.rejection?.detail ?? "–"),
          { isNumber: true, content: bytes(file.size_bytes) }])),
    dataset.rejected_is_complete === false && h("p", { class: "note" }, "There are more: see the rejected files as JSON below."));
  }

  async loadFiles(isFirst) {
    const page = await get(withQuery(`${this.path}/files`, { limit: 100, cursor: isFirst ? null : this.cursor }), this.signal);
    this.files = isFirst ? page.items : [...this.files, ...page.items];
    this.cursor = page.next_cursor;
    fill(this.list, h("h2", {}, "Files"), this.files.length === 0
      ? h("p", { class: "empty" }, "There are no files in it.")
      : plainTable("Files", ["File", "Use", "Format", "Picture", "Frames", "Rate", "Duration", "Size"], this.files.map(fileRow)),
    this.cursor && h("button", { type: "button", onclick: () => this.loadFiles(false).catch(fault) }, "More files"));
  }

  async verify() {
    await send("POST", `${this.path}/verify`);
    notice("Every file is opened again.");
    this.refresh();
  }

  async forget() {
    const isDone = await openDialog({
      title: `Forget ${this.dataset.name}?`, danger: true, confirm: "Forget",
      body: h("p", {}, "The folder and its files are left as they are; only the daemon's record goes."),
      submit: async () => { await send("DELETE", this.path); return true; },
    });
    if (isDone) go("/datasets");
  }
}

function fileRow(file) {
  return [
    h("code", { class: "long" }, file.path), file.rejection ? badge("failed") : badge("ready"), [file.codec, file.container?.split(",")[0]].filter(Boolean).join(" in ") || file.kind,
    file.width ? `${file.width} × ${file.height}` : "–", { isNumber: true, content: grouped(file.frame_count) },
    { isNumber: true, content: number(file.average_frame_rate) }, { isNumber: true, content: duration(file.duration_seconds) },
    { isNumber: true, content: bytes(file.size_bytes) },
  ];
}
