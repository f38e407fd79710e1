// The page: what is around its contents, and which module shows what the address names.
import { fill, h, setText } from "./base/dom.js";
import { moment } from "./base/format.js";
import { startLive, tryNow } from "./base/live.js";
import { forgetAway } from "./base/notice.js";
import { readAddress } from "./base/router.js";
import { startTheme } from "./base/theme.js";
import { askAgain } from "./base/token.js";
import { comparePage } from "./pages/compare.js";
import { datasetPage } from "./pages/dataset.js";
import { datasetsPage } from "./pages/datasets.js";
import { jobPage } from "./pages/job.js";
import { jobsPage } from "./pages/jobs.js";
import { newRunPage } from "./pages/new-run.js";
import { runPage } from "./pages/run.js";
import { runsPage } from "./pages/runs.js";
import { systemPage } from "./pages/system.js";

const pages = {
  runs: [runsPage, runPage], new: [newRunPage], compare: [comparePage], evaluations: [jobsPage, jobPage],
  propagations: [jobsPage, jobPage], visualisations: [jobsPage, jobPage], datasets: [datasetsPage, datasetPage], system: [systemPage],
};
const headings = { runs: "Runs", new: "New run", compare: "Compare", evaluations: "Evaluations", datasets: "Datasets", system: "System" };
const modes = {
  live: ["live", "What changes is shown as it changes."],
  polling: ["every 2 s", "The daemon has no stream of events free; the page asks every 2 seconds and comes back to a stream by itself."],
  offline: ["reconnecting", "The daemon does not answer."],
  connecting: ["connecting", "The page asks for a stream of events."],
};
const main = document.getElementById("main");
let leaving = new AbortController();
let shown = "";
let isFaulty = false;

async function showPage() {
  const address = readAddress();
  const { parts, query } = address;
  if (parts.length === 0) return location.replace("#/runs");
  askAgain();
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const page = pages[parts[0]]?.[parts.length - 1];
  markLinks(parts[0]);
  document.title = `${headings[parts[0]] ?? "Page"} - corrflow`;
  const isMove = shown !== "";
  shown = parts.join("/");
  fill(main, h("p", { class: "empty" }, "Loading"));
  main.setAttribute("aria-busy", "true");
  isFaulty = false;
  try {
    if (!page) throw Object.assign(new Error("There is no such page."), { status: 404 });
    await page({ main, parts, query, signal });
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    leaving.abort();
    showFault(error);
  }
  main.removeAttribute("aria-busy");
  if (isMove) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function showFault(error) {
  isFaulty = error.status !== 404;
  fill(main, h("h1", {}, error.status === 404 ? "Not here" : "This did not work"), h("p", { class: "fault", role: "alert" }, error.message),
    h("p", {}, h("button", { type: "button", onclick: showPage }, "Try again"), " ", h("a", { href: "#/runs" }, "All runs")));
}

function markLinks(name) {
  const section = { new: "runs", propagations: "evaluations", visualisations: "evaluations" }[name] ?? name;
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.hash === `#/${section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showMode(mode) {
  const [text, meaning] = modes[mode];
  const element = document.getElementById("live");
  setText(element, text);
  element.title = meaning;
  element.dataset.mode = mode;
  showAway(mode === "offline");
  if (mode === "live" && isFaulty) showPage();
}

/** Says once that what is shown is old, instead of a message for each question that stays without an answer. */
function showAway(isAway) {
  const place = document.getElementById("away");
  if (isAway === place.hasChildNodes()) return;
  forgetAway();
  fill(place, isAway && h("p", {}, `The daemon has not answered since ${moment(new Date().toISOString(), { seconds: true })}; what is shown here is from then. `,
    "The page goes on by itself once corrflowd is back. ", h("button", { type: "button", class: "quiet", onclick: tryNow }, "Try now")));
}

// "#main" of the link that skips the navigation is no page.
addEventListener("hashchange", () => {
  if (location.hash !== "#main") showPage();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
startTheme(document.getElementById("theme"));
startLive(showMode);
showPage();
