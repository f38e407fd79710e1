// All runs: how they are, what they reached, and what one can do with them.
import { fill, h, show, throttled } from "../base/dom.js";
import { get, withQuery } from "../base/api.js";
import { apiLink } from "../base/links.js";
import { listen } from "../base/live.js";
import { fault } from "../base/notice.js";
import { go, remember } from "../base/router.js";
import { RunRow, runColumns } from "../parts/run-row.js";
import { differingKeys } from "../parts/settings.js";
import { frame } from "../parts/table.js";
import { runStates } from "../parts/state.js";
import { firstRun } from "../parts/first-run.js";

const pageSize = 50;

export async function runsPage({ main, query, signal }) {
  const page = new RunsPage(main, query, signal);
  await page.load();
}

class RunsPage {
  constructor(main, query, signal) {
    Object.assign(this, { main, signal, runs: [], rows: new Map(), chosen: new Set(), limit: pageSize, scores: new Map() });
    this.states = new Set(query.getAll("state"));
    this.text = query.get("text") ?? "";
    this.showsSettings = query.get("settings") === "1";
    this.refresh = throttled(() => this.load().catch(fault), 1500);
    this.build();
    listen((event) => this.hear(event), signal);
    const clock = setInterval(() => { for (const row of this.rows.values()) row.tick(); }, 1000);
    signal.addEventListener("abort", () => clearInterval(clock));
  }

  build() {
    const search = h("input", {
      type: "search", value: this.text, placeholder: "Name, label or setting", "aria-label": "Only runs that mention",
      oninput: () => { this.text = search.value; this.filterChanged(); },
    });
    const states = h("details", { class: "states" }, h("summary", {}, "State"),
      h("div", { class: "choices" }, runStates.map((state) => h("label", {},
        h("input", { type: "checkbox", checked: this.states.has(state), onchange: (event) => this.choose(state, event.target.checked) }),
        state))));
    const settings = h("label", { class: "switch" }, h("input", {
      type: "checkbox", checked: this.showsSettings,
      onchange: (event) => { this.showsSettings = event.target.checked; this.filterChanged(); },
    }), "Settings that differ");
    this.compare = h("button", { type: "button", disabled: true, onclick: () => this.goCompare() }, "Compare");
    this.head = h("tr", { role: "row" });
    this.body = h("tbody", { role: "rowgroup" });
    this.more = h("button", { type: "button", hidden: true, onclick: () => { this.limit += pageSize; this.load().catch(fault); } }, "More runs");
    this.nothing = h("p", { class: "empty", hidden: true });
    this.list = h("div", {},
      h("div", { class: "toolbar" }, search, states, settings, this.compare),
      frame(h("table", { class: "runs", role: "table" }, h("caption", { class: "unseen" }, "Runs"), h("thead", { role: "rowgroup" }, this.head), this.body), "Runs"),
      this.nothing, this.more,
      h("p", { class: "data-links" }, apiLink("/v1/runs", "JSON", { label: "Runs as JSON" })));
    this.first = h("div", { hidden: true });
    fill(this.main, h("div", { class: "page-head" }, h("h1", {}, "Runs"), h("a", { class: "button primary", href: "#/new" }, "New run")),
      this.list, this.first);
  }

  async load() {
    const path = withQuery("/v1/runs", { limit: Math.min(200, this.limit), state: [...this.states] });
    const [list, scores] = await Promise.all([get(path, this.signal), bestScores(this.signal)]);
    let { items, next_cursor: cursor } = list;
    while (cursor && items.length < this.limit) {
      const next = await get(withQuery("/v1/runs", { limit: 200, state: [...this.states], cursor }), this.signal);
      items = [...items, ...next.items];
      cursor = next.next_cursor;
    }
    this.runs = items;
    this.scores = scores;
    show(this.more, Boolean(cursor));
    const isFirst = items.length === 0 && this.states.size === 0;
    show(this.list, !isFirst);
    show(this.first, isFirst);
    if (isFirst && !this.first.hasChildNodes()) await firstRun(this.first, this.signal);
    this.draw();
  }

  draw() {
    const runs = this.runs.filter((run) => mentions(run, this.text));
    const keys = this.showsSettings ? differingKeys(runs.map((run) => run.config)) : [];
    fill(this.head, runColumns(keys));
    for (const run of runs) {
      let row = this.rows.get(run.id);
      if (!row) {
        row = new RunRow(run, (isChosen) => this.select(run.id, isChosen), () => this.refresh());
        this.rows.set(run.id, row);
      }
      row.update(run, this.scores.get(run.id) ?? null, keys);
    }
    const elements = runs.map((run) => this.rows.get(run.id).element);
    const isSame = elements.length === this.body.children.length && elements.every((element, index) => element === this.body.children[index]);
    if (!isSame) this.body.replaceChildren(...elements);
    show(this.nothing, runs.length === 0);
    fill(this.nothing, "No run is like that. ", h("a", { href: "#/runs", onclick: () => this.clear() }, "Show all runs"), ".");
  }

  hear({ type, data }) {
    if (type === "run.progress") {
      const run = this.runs.find((one) => one.id === data.run_id);
      if (!run) return this.refresh();
      const { step, total_steps, epoch, eta_seconds, items_per_second } = data;
      run.progress = { step, total_steps, epoch, eta_seconds, items_per_second };
      if (data.loss !== undefined) run.last_metrics = { ...run.last_metrics, loss: data.loss };
      this.rows.get(run.id)?.update(run, this.scores.get(run.id) ?? null, null);
    } else if (["reset", "tick", "checkpoint", "evaluation"].includes(type) || type.startsWith("run.")) {
      this.refresh();
    }
  }

  choose(state, isOn) {
    if (isOn) this.states.add(state);
    else this.states.delete(state);
    this.filterChanged();
    this.load().catch(fault);
  }

  clear() {
    this.states.clear();
    this.text = "";
    this.build();
    this.filterChanged();
    this.load().catch(fault);
  }

  filterChanged() {
    remember({ state: [...this.states], text: this.text, settings: this.showsSettings ? "1" : null });
    this.draw();
  }

  select(id, isChosen) {
    if (isChosen) this.chosen.add(id);
    else this.chosen.delete(id);
    const count = this.chosen.size;
    this.compare.disabled = count < 2 || count > 20;
    this.compare.textContent = count > 20 ? "Compare (20 at most)" : count > 0 ? `Compare ${count}` : "Compare";
  }

  goCompare() {
    go(withQuery("/compare", { run: [...this.chosen] }));
  }
}

function mentions(run, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const all = JSON.stringify([run.name, run.id, run.labels, run.notes ?? "", run.state,
    Object.entries(run.config ?? {}).map(([key, value]) => `${key}=${value}`)]).toLowerCase();
  return words.every((word) => all.includes(word));
}

/** The best J&F of each run, from the newest evaluations. */
async function bestScores(signal) {
  const best = new Map();
  const { items } = await get("/v1/evaluations?state=finished&benchmark=davis2017&limit=200", signal);
  for (const { provenance, summary } of items) {
    const [run, value] = [provenance?.run_id, summary?.j_and_f_mean];
    if (!run || value === null || value === undefined) continue;
    if (!best.has(run) || value > best.get(run).value) best.set(run, { value, step: provenance.step });
  }
  return best;
}
