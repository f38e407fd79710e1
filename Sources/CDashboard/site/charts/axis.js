// The x of a curve: the same steps as steps, epochs, time since the start of the run, or time of day.

/** What the x axis can be. */
export const xKinds = ["step", "epoch", "relative", "wall"];

/**
 * Translates between steps and x for one run.
 *
 * Epochs follow from steps by a constant factor. Times are those of the points, so that steps can only be found from times
 * once the points are there.
 */
export class RunAxis {
  constructor(run) {
    const { step, epoch } = run.progress ?? {};
    this.epochsPerStep = step > 0 && epoch > 0 ? epoch / step : null;
    this.start = run.started_at ? Date.parse(run.started_at) : Date.parse(run.created_at);
  }

  /** x of a step that was recorded at `milliseconds` since 1970. */
  x(kind, step, milliseconds) {
    if (kind === "epoch") return this.epochsPerStep === null ? step : step * this.epochsPerStep;
    if (kind === "wall") return milliseconds;
    return kind === "relative" ? (milliseconds - this.start) / 1000 : step;
  }

  /** The step at x, by the points of `series` where it needs them. */
  step(kind, x, series) {
    if (kind === "step") return Math.round(x);
    if (kind === "epoch") return Math.round(this.epochsPerStep === null ? x : x / this.epochsPerStep);
    const time = kind === "wall" ? x : this.start + x * 1000;
    let [low, high] = [0, series.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (series.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return series.steps[Math.min(low, series.steps.length - 1)] ?? 0;
  }
}
