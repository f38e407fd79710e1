// What can be done with a run: buttons by what the daemon allows, and a question where something would be lost.
import { fill, h } from "../base/dom.js";
import { send } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { fault, notice } from "../base/notice.js";
import { go } from "../base/router.js";

const actions = {
  pause: { text: "Pause", said: "will pause after this step" },
  resume: { text: "Resume", said: "is queued again" },
  checkpoint: { text: "Checkpoint", said: "will write a checkpoint after this step" },
  stop: {
    text: "Stop", said: "will stop after this step", isDangerous: true,
    question: "It writes a checkpoint after this step and ends. It can be resumed from there.",
  },
  kill: {
    text: "Kill", said: "will end after this step", isDangerous: true,
    question: "It ends after this step without a checkpoint: what it learnt since the last one is lost.",
  },
  delete: {
    text: "Delete", said: "is deleted", isDangerous: true,
    question: "Its metrics, its log and its checkpoints are deleted. This cannot be undone.",
  },
};

/** Buttons for what `run` allows; `isShort` leaves out what a row of a table has no room for. */
export function actionButtons(run, changed, isShort = false) {
  const names = (run.allowed_actions ?? []).filter((name) => actions[name] && !(isShort && ["checkpoint", "delete"].includes(name)));
  return names.map((name) => h("button", {
    type: "button", class: actions[name].isDangerous ? "quiet danger" : "quiet", "data-action": name,
    "aria-label": `${actions[name].text} ${run.name}`,
    onclick: (event) => { event.stopPropagation(); perform(name, run, changed); },
  }, actions[name].text));
}

/** Puts buttons into `element` if others are allowed than before, so that the focus stays where it is. */
export function updateActions(element, run, changed, isShort = false) {
  const allowed = (run.allowed_actions ?? []).join();
  if (element.dataset.allowed === allowed) return;
  const focused = document.activeElement?.dataset?.action;
  const hadFocus = element.contains(document.activeElement);
  element.dataset.allowed = allowed;
  fill(element, actionButtons(run, changed, isShort));
  if (hadFocus) (element.querySelector(`[data-action=${focused}]`) ?? element.querySelector("button"))?.focus();
}

async function perform(name, run, changed) {
  const action = actions[name];
  const act = () => name === "delete" ? send("DELETE", `/v1/runs/${run.id}`) : send("POST", `/v1/runs/${run.id}/${name}`);
  try {
    if (action.question) {
      const isSure = await openDialog({
        title: `${action.text} ${run.name}?`, body: h("p", {}, action.question), confirm: action.text, danger: true,
        submit: async () => { await act(); return true; },
      });
      if (!isSure) return;
    } else {
      await act();
    }
    notice(`${run.name} ${action.said}.`);
    if (name === "delete") go("/runs");
  } catch (error) {
    fault(error);
  }
  changed();
}
