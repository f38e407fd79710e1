// States of runs and jobs as badges, and the bar of how far they are.
import { h, setText } from "../base/dom.js";
import { duration, grouped, percent } from "../base/format.js";

/** All states of runs, in the order of a run's life. */
export const runStates = [
  "queued", "starting", "running", "pausing", "paused", "stopping", "stopped", "killing", "killed", "completed", "failed",
  "interrupted",
];

/** All states of jobs. */
export const jobStates = ["queued", "running", "finished", "failed", "cancelled", "interrupted"];

const kinds = {
  running: "good", starting: "good", completed: "done", finished: "done", ready: "done", valid: "done", failed: "bad",
  interrupted: "bad", corrupt: "bad", killed: "bad", paused: "warn", pausing: "warn", stopping: "warn", killing: "warn",
  scanning: "good",
};

/** A state as a badge. */
export function badge(state) {
  const element = h("span", {});
  setBadge(element, state);
  return element;
}

/** Makes `element` the badge of another state. */
export function setBadge(element, state) {
  setText(element, state);
  element.className = `badge ${kinds[state] ?? ""}`;
}

/** True while something goes on by itself. */
export function isActive(state) {
  return ["queued", "starting", "running", "pausing", "stopping", "killing", "scanning"].includes(state);
}

/** A bar with its text; `update(progress)` moves it. `noun` is what is counted. */
export function progressBar(noun, label) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": label });
  const text = h("span", { class: "progress-text" });
  const element = h("span", { class: "progress" }, bar, text);
  return {
    element,
    update(done, total, etaSeconds = null) {
      bar.max = Math.max(1, total ?? 1);
      bar.value = Math.min(done ?? 0, bar.max);
      const left = etaSeconds === null || etaSeconds === undefined ? "" : `, ${duration(etaSeconds)} left`;
      setText(text, total ? `${grouped(done)} / ${grouped(total)} ${noun} (${percent(done / total)})${left}` : `${grouped(done)} ${noun}`);
    },
  };
}
