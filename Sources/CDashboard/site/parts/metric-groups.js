// Which metrics stand in which chart, and in which order: the model first, the machine last.

const training = ["short_term_loss", "cycle_loss", "gradient_norm", "learning_rate", "sampling_probability"];
const speed = ["clips_per_second", "step_seconds"];
const machine = /^(cpu|rss|memory|io|disk|threads|process|system)([_/]|$)/;

/** True for what evaluations add to a run's curves: "davis/j_and_f". */
export function isEvaluation(key) {
  return key.includes("/") && !machine.test(key);
}

/** Groups { title, isMain, isOpen, charts: [{ title, keys, isMain }] } of the metrics that there are. */
export function metricGroups(keys) {
  const single = (key) => ({ title: key, keys: [key] });
  const isPart = (key) => key.endsWith("_seconds") && !speed.includes(key);
  const scores = keys.filter(isEvaluation);
  const rest = keys.filter((key) => key !== "loss" && !scores.includes(key) && !speed.includes(key) && !isPart(key) && !machine.test(key));
  const groups = [
    { isMain: true, charts: keys.includes("loss") ? [{ title: "loss", keys: ["loss"], isMain: true }] : [] },
    { title: "Training", isOpen: true, charts: inOrder(rest, training).map((key) => withEvaluation(key, scores)) },
    { title: "Evaluation", isOpen: true, charts: byPrefix(scores) },
    { title: "Speed", isOpen: true, charts: speed.filter((key) => keys.includes(key)).map(single) },
    { title: "Parts of a step", isOpen: false, charts: keys.filter((key) => isPart(key) && !machine.test(key)).map(single) },
    { title: "Machine", isOpen: false, charts: keys.filter((key) => machine.test(key)).map(single) },
  ];
  return groups.filter((group) => group.charts.length > 0);
}

function inOrder(keys, order) {
  const rank = (key) => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...keys].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** A metric of training, with what an evaluation says under the same name over it. */
function withEvaluation(key, scores) {
  return { title: key, keys: [key, ...scores.filter((score) => score.endsWith(`/${key}`))] };
}

function byPrefix(scores) {
  const prefixes = [...new Set(scores.map((key) => key.split("/")[0]))];
  return prefixes.map((prefix) => ({ title: prefix, keys: scores.filter((key) => key.startsWith(`${prefix}/`)) }));
}
