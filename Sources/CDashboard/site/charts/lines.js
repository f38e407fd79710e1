// From a curve of the API to lines of a chart.

/**
 * A curve as lines: its mean with the band from least to greatest; or, where it is smoothed, the smooth line before the mean.
 */
export function bandLines(series, { name, xKind, axis, colour, dash, hasPoints = false, side = null, hasBand = true }) {
  const x = xValues(series, axis, xKind);
  const isReduced = hasBand && !series.exact && series.low !== null;
  const band = isReduced ? { low: series.low, high: series.high } : {};
  const line = { name, x, colour, dash, axis: side, hasPoints };
  if (!series.smooth) return [{ ...line, y: series.mean, ...band }];
  return [
    { ...line, name: `${name}, not smoothed`, y: series.mean, ...band, hasPoints: false, isFaint: true, isUnlisted: true },
    { ...line, y: series.smooth.map((value, index) => snapped(value, series.mean[index])) },
  ];
}

/** A running mean of equal values is that value, whatever rounding did to it. */
function snapped(value, mean) {
  return value !== null && mean !== null && Math.abs(value - mean) <= 1e-9 * Math.abs(mean) ? mean : value;
}

/** A curve of evaluations with the times of their steps, not of when they were evaluated: `steps` is a curve of training. */
export function atTimesOf(series, steps) {
  if (!steps || steps.steps.length === 0) return series;
  const times = series.steps.map((step) => {
    const index = steps.steps.findIndex((one) => one >= step);
    return steps.times[index < 0 ? steps.times.length - 1 : index];
  });
  return { ...series, times };
}

/** x of each point. */
export function xValues(series, axis, xKind) {
  return series.steps.map((step, index) => axis.x(xKind, step, series.times[index]));
}

/** Where attempts went on after the first, and where values were no numbers. */
export function seriesMarks(series, axis, xKind) {
  const xs = xValues(series, axis, xKind);
  const at = (step) => {
    if (xKind === "step" || xKind === "epoch") return axis.x(xKind, step, 0);
    const index = series.steps.findIndex((one) => one >= step);
    return index < 0 ? null : xs[index];
  };
  const [first, last] = [series.steps[0] ?? 0, series.steps[series.steps.length - 1] ?? 0];
  const attempts = series.attempts.filter((one) => one.attempt > 1 && one.from_step >= first - series.bucketWidth && one.from_step <= last)
    .map((one) => ({ x: at(one.from_step), label: `attempt ${one.attempt}` }));
  const bad = series.notNumbers.slice(0, 20).map((one) => ({ x: at(one.step), label: one.kind, isBad: true }));
  return [...attempts, ...bad].filter((mark) => mark.x !== null);
}
