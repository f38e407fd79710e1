// What each kind of job is about, beside its weights and parameters: a benchmark and its data, a video and its labels, a view.
import { h } from "../base/dom.js";
import { plainField, select } from "./form.js";
import { taskOptions } from "./job-kinds.js";
import { MaskList } from "./mask-list.js";
import { folderSuggestions, videoSuggestions } from "./paths.js";

/**
 * Fields for what a job is about: `elements`, `task()` (whose parameters are shown), `members()` of the request and `pointers()`
 * to the fields. `request` is that of a job to begin from; `tasks` are the daemon's own; `changed` is called for another task.
 */
export const jobInputs = { evaluations: evaluationInputs, propagations: propagationInputs, visualisations: visualisationInputs };

async function evaluationInputs({ request, tasks, run, changed }) {
  const { datasets, list } = await folderSuggestions("evaluation-data");
  const wanted = request.benchmark ?? run?.config?.evaluate_benchmark;
  const options = taskOptions(Object.keys(tasks));
  const benchmark = plainField("Benchmark", select(options, wanted in tasks ? wanted : options[0]?.[0], { onchange: changed }));
  const registered = datasets.find((dataset) => dataset.id === request.dataset_id)?.path;
  const data = pathField("Data", request.data ?? registered ?? run?.config?.evaluate_data, "evaluation-data",
    "A folder in the benchmark's layout, below an allowed root.");
  return {
    elements: [benchmark.element, data.element, list],
    task: () => benchmark.input.value,
    members: () => ({ benchmark: benchmark.input.value, data: data.input.value.trim() }),
    pointers: () => [["/benchmark", benchmark], ["/data", data], ["/dataset_id", data]],
  };
}

async function propagationInputs({ request, tasks }) {
  const list = await videoSuggestions("job-videos");
  const video = videoField(request.video);
  const masks = new MaskList(request.masks ?? (request.mask ? [{ frame: 0, path: request.mask }] : []));
  const keypoints = pathField("Keypoints", request.keypoints, null,
    "A JSON file of the first frame's keypoints, below an allowed root; instead of masks or beside them.");
  const task = Object.keys(tasks)[0];
  return {
    elements: [video.element, masks.element, keypoints.element, list],
    task: () => task,
    members: () => ({
      video: video.input.value.trim(),
      ...(masks.filled().length > 0 ? { masks: masks.read() } : {}),
      ...(keypoints.input.value.trim() ? { keypoints: keypoints.input.value.trim() } : {}),
    }),
    pointers: () => [["/video", video], ["/keypoints", keypoints], ...masks.pointers()],
  };
}

async function visualisationInputs({ request, tasks, changed }) {
  const list = await videoSuggestions("job-videos");
  const options = taskOptions(Object.keys(tasks));
  const view = plainField("View", select(options, request.view ?? options[0]?.[0], { onchange: changed }));
  const video = videoField(request.video);
  return {
    elements: [view.element, video.element, list],
    task: () => view.input.value,
    members: () => ({ view: view.input.value, video: video.input.value.trim() }),
    pointers: () => [["/view", view], ["/video", video]],
  };
}

function videoField(path) {
  return pathField("Video", path, "job-videos", "A video file, or a folder of frames, below an allowed root.");
}

function pathField(label, path, list, note) {
  return plainField(label, h("input", { type: "text", autocomplete: "off", spellcheck: "false", list, value: path ?? "" }), note);
}
