// The folders that runs can learn from.
import { fill, h, show, throttled } from "../base/dom.js";
import { get } from "../base/api.js";
import { bytes, duration, grouped } from "../base/format.js";
import { dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { registerForm } from "../parts/register.js";
import { badge } from "../parts/state.js";
import { sortableTable } from "../parts/table.js";

export async function datasetsPage({ main, signal }) {
  let table = null;
  const place = h("div", {});
  const nothing = h("p", { class: "empty", hidden: true },
    "No folder is registered. A run needs one with videos, or with folders of frames; ", h("code", {}, "corrflowd sample-data DIR"),
    " makes one to try things out. Give its path below.");
  fill(main, h("h1", {}, "Datasets"), place, nothing, h("section", {}, h("h2", {}, "Register a folder"), registerForm(() => load())),
    dataLinks(["/v1/datasets", "JSON", "Datasets as JSON"]));

  async function load() {
    const { items } = await get("/v1/datasets?limit=200", signal);
    show(nothing, items.length === 0);
    show(place, items.length > 0);
    if (!table) {
      table = datasetTable(items);
      fill(place, table.element);
    } else {
      table.update(items);
    }
  }

  const refresh = throttled(() => load().catch(fault), 1000);
  listen(({ type }) => { if (["tick", "reset", "dataset"].includes(type)) refresh(); }, signal);
  await load();
}

function datasetTable(items) {
  return sortableTable({
    caption: "Datasets", items, columns: [
      {
        key: "name", title: "Name", value: (one) => one.name,
        cell: (one) => [h("a", { href: `#/datasets/${one.id}` }, one.name), h("span", { class: "labels" }, one.path)],
      },
      { key: "state", title: "State", value: (one) => one.state, cell: stateCell },
      { key: "usable", title: "Usable files", isNumber: true, value: (one) => one.usable_files, cell: (one) => grouped(one.usable_files) },
      { key: "rejected", title: "Rejected", isNumber: true, value: (one) => one.rejected_files, cell: rejectedCell },
      { key: "frames", title: "Frames", isNumber: true, value: (one) => one.frame_count, cell: (one) => grouped(one.frame_count) },
      { key: "duration", title: "Duration", isNumber: true, value: (one) => one.duration_seconds, cell: (one) => duration(one.duration_seconds) },
      { key: "size", title: "Size", isNumber: true, value: (one) => one.size_bytes, cell: (one) => bytes(one.size_bytes) },
    ],
  });
}

function stateCell(one) {
  const { scanned_files: done, total_files: total } = one.progress ?? {};
  return [badge(one.state), one.state === "scanning" && h("span", { class: "note" }, ` ${grouped(done)} of ${total === null ? "?" : grouped(total)}`)];
}

function rejectedCell(one) {
  return one.rejected_files > 0 ? h("a", { href: `#/datasets/${one.id}` }, grouped(one.rejected_files)) : "0";
}
