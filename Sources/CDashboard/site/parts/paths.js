// Paths that the daemon knows, offered while one writes: registered folders and the videos in them.
import { h } from "../base/dom.js";
import { get } from "../base/api.js";

const most = 200;

/** Registered folders: the datasets, and their paths as a list of suggestions. */
export async function folderSuggestions(id) {
  const { items: datasets } = await get("/v1/datasets?limit=200");
  return { datasets, list: h("datalist", { id }, datasets.map((dataset) => h("option", { value: dataset.path }, dataset.name))) };
}

/** Videos of the registered folders as a list of suggestions; those of the newest folders where there are many. */
export async function videoSuggestions(id) {
  const list = h("datalist", { id });
  const { items: datasets } = await get("/v1/datasets?limit=10");
  for (const dataset of datasets) {
    if (list.children.length >= most) break;
    const { items } = await get(`/v1/datasets/${dataset.id}/files?limit=100`);
    const usable = items.filter((file) => !file.rejection);
    list.append(...usable.map((file) => h("option", { value: file.path.startsWith("/") ? file.path : `${dataset.path}/${file.path}` }, dataset.name)));
  }
  return list;
}
