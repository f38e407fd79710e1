// The three kinds of jobs, and what people call them and what they ask for.

/** The kind of jobs that the API keeps under each plural. */
export const jobKinds = { evaluations: "evaluation", propagations: "propagation", visualisations: "visualisation" };

/** Words by plural: the verb on a button, what it does in a sentence, and what an empty list says. */
export const jobWords = {
  evaluations: {
    verb: "Evaluate", lead: "Carries labels through the videos of a benchmark and scores what comes out.",
    empty: "Nothing has been evaluated. Use New evaluation, Evaluate beside a run's checkpoint, or the setting evaluate_every of a run.",
  },
  propagations: {
    verb: "Propagate", lead: "Carries the masks or the keypoints that are given for a frame through the rest of a video.",
    empty: "No labels have been carried through a video. Use New propagation, or Propagate beside a run's checkpoint.",
  },
  visualisations: {
    verb: "Visualise", lead: "Draws what a checkpoint sees in a video.",
    empty: "Nothing has been visualised. Use New visualisation, or Visualise beside a run's checkpoint.",
  },
};

/** What the tasks of a kind are, for people; one that is not here is called by its own name. */
const tasks = {
  davis2017: "DAVIS 2017: masks of objects", jhmdb: "JHMDB: keypoints of people",
  pca: "pca: main components of the embeddings, as colours", match: "match: where a pixel is found again",
};

/** Options of a select for the tasks that the daemon knows. */
export function taskOptions(names) {
  const known = Object.keys(tasks);
  const rank = (name) => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...names].sort((a, b) => rank(a) - rank(b)).map((name) => [name, tasks[name] ?? name]);
}
