// All evaluations; and, in further tabs, propagations and visualisations.
import { fill, h, show, throttled } from "../base/dom.js";
import { get, withQuery } from "../base/api.js";
import { title } from "../base/format.js";
import { dataLinks } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { remember } from "../base/router.js";
import { select } from "../parts/form.js";
import { askJob } from "../parts/job-form.js";
import { jobKinds, jobWords } from "../parts/job-kinds.js";
import { jobTable } from "../parts/job-table.js";
import { jobStates } from "../parts/state.js";

export async function jobsPage({ main, parts, query, signal }) {
  const plural = parts[0];
  const kind = jobKinds[plural];
  const view = { state: query.get("state") ?? "", run: query.get("run"), limit: 100, rows: new Map(), table: null, names: new Map() };
  const place = h("div", {});
  const nothing = h("p", { class: "empty", hidden: true });
  const more = h("button", { type: "button", hidden: true, onclick: () => { view.limit = 200; load().catch(fault); } }, "More");
  const state = select([["", "all"], ...jobStates.map((one) => [one, one])], view.state, {
    onchange: (event) => { view.state = event.target.value; remember({ state: view.state }); load().catch(fault); },
  });
  const only = view.run && h("p", { class: "note" }, "Only those of the checkpoints of ", h("a", { href: `#/runs/${view.run}` }, "one run"), ". ",
    h("a", { href: `#/${plural}` }, `All ${plural}`));
  fill(main,
    h("div", { class: "page-head" }, h("h1", {}, title(plural)),
      h("button", { type: "button", class: "primary", onclick: () => askJob(plural).catch(fault) }, `New ${kind}`)),
    h("nav", { class: "tabs", "aria-label": "Kinds of jobs" }, Object.keys(jobKinds).map((one) =>
      h("a", { href: `#/${one}`, "aria-current": one === plural ? "page" : null }, title(one)))),
    h("div", { class: "toolbar" }, h("label", {}, "State ", state), only), place, nothing, more,
    dataLinks([`/v1/${plural}`, "JSON", `${plural} as JSON`]));

  async function load() {
    const { items, next_cursor: next } = await get(withQuery(`/v1/${plural}`, { state: view.state, run_id: view.run, limit: view.limit }), signal);
    await nameRuns(items, view.names, signal);
    if (view.table) view.table.update(items);
    else view.table = jobTable(plural, items, view.names);
    view.rows = view.table.rows;
    if (!place.hasChildNodes()) fill(place, view.table.element);
    show(place, items.length > 0);
    show(nothing, items.length === 0);
    show(more, Boolean(next) && view.limit < 200);
    fill(nothing, view.state || view.run ? "None is like that." : jobWords[plural].empty);
  }

  const refresh = throttled(() => load().catch(fault), 2000);
  listen(({ type, data }) => {
    if (type === kind && data.progress) {
      const row = view.rows.get(data.job_id);
      if (row) row.update(data.progress.done, data.progress.total, data.progress.eta_seconds);
      else refresh();
    } else if (["tick", "reset", kind].includes(type)) {
      refresh();
    }
  }, signal);
  await load();
}

/** Adds the names of the runs whose weights the jobs have, those that are not in `names` yet. */
async function nameRuns(jobs, names, signal) {
  const isNew = jobs.some(({ provenance }) => provenance?.run_id && !names.has(provenance.run_id));
  if (!isNew) return;
  const { items } = await get("/v1/runs?limit=200", signal);
  for (const run of items) names.set(run.id, run.name);
  for (const { provenance } of jobs) {
    if (provenance?.run_id && !names.has(provenance.run_id)) names.set(provenance.run_id, "of a run");
  }
}
