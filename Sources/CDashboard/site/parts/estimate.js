// What a run will cost, as the daemon estimates it.
import { h } from "../base/dom.js";
import { bytes, duration, grouped, moment } from "../base/format.js";
import { facts } from "./table.js";

/** The reply to a dry run, for people. */
export function estimateView(plan) {
  const estimate = plan.estimate ?? {};
  const { dataset } = estimate;
  const ahead = estimate.runs_ahead ?? 0;
  return h("div", {},
    facts([
      ["Steps", grouped(plan.total_steps)],
      estimate.clips_per_step && ["Clips a step", grouped(estimate.clips_per_step)],
      ["Time of a step", estimate.step_seconds ? duration(estimate.step_seconds) : "not known yet"],
      ["Whole run", estimate.duration_seconds ? duration(estimate.duration_seconds) : "not known yet"],
      estimate.ends_at && ["Ends, if it begins now", moment(estimate.ends_at)],
      estimate.memory_bytes && ["Memory", bytes(estimate.memory_bytes)],
      ["A checkpoint", bytes(plan.checkpoint_bytes)],
      estimate.checkpoints && ["All checkpoints", `${grouped(estimate.checkpoints)}, ${bytes(estimate.checkpoints_bytes)}`],
      dataset && ["Data", `${grouped(dataset.usable_files)} files, ${duration(dataset.duration_seconds)}`],
    ]),
    basis(estimate),
    dataset && dataset.state === "scanning" && h("p", { class: "note" }, "The dataset is still being looked through; the run waits for that."),
    dataset && dataset.state !== "scanning" && dataset.usable_files === 0 && h("p", { class: "fault" }, "The dataset has no file that can be used."),
    ahead > 0 && h("p", { class: "note" }, `${ahead === 1 ? "One run is" : `${ahead} runs are`} before it in the queue.`));
}

function basis({ basis: kind, basis_run_id: id }) {
  if (!kind) return h("p", { class: "note" }, "No run with settings like these has been timed on this machine yet.");
  return h("p", { class: "note" }, kind === "same_settings" ? "Timed by " : "Scaled from ",
    id ? h("a", { href: `#/runs/${id}` }, "a run") : "a run", kind === "same_settings" ? " with the same settings." : " with other settings.");
}
