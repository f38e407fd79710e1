// What lies where on the own chart: the nearest point, and what the axes have to cover.

/** The index of the x that is nearest, -1 where there is none; `values` ascend. */
export function nearestIndex(values, x) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && (low === values.length || x - values[low - 1] < values[low] - x)) low -= 1;
  return values.length === 0 ? -1 : low;
}

/** All numbers of a line between two x, those of its band too. */
export function shownValues(line, x0, x1) {
  const values = [];
  for (let index = 0; index < line.x.length; index += 1) {
    if (line.x[index] < x0 || line.x[index] > x1) continue;
    values.push(line.y[index], line.low?.[index], line.high?.[index]);
  }
  return values.filter(Number.isFinite);
}

/** Least and greatest. */
export function extent(values) {
  const finite = values.filter(Number.isFinite);
  return [finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/** What the y axis covers: a little more than the values. */
export function vertical(values, isLog) {
  let [low, high] = extent(isLog ? values.filter((value) => value > 0) : values);
  if (!Number.isFinite(low)) [low, high] = isLog ? [0.1, 1] : [0, 1];
  if (high - low <= Math.abs(high) * 1e-9) {
    const room = Math.abs(low) * 0.1 || 1;
    [low, high] = isLog ? [low / 2, high * 2] : [low - room, high + room];
  }
  if (isLog) return { low: low / 1.1, high: high * 1.1, log: true };
  const margin = (high - low) * 0.05;
  return { low: low - margin, high: high + margin, log: false };
}
