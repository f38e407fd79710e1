// Which weights a job uses: a checkpoint of a run, chosen from a list, or a file by its path.
import { h, show } from "../base/dom.js";
import { get } from "../base/api.js";
import { grouped } from "../base/format.js";
import { plainField, select } from "./form.js";

const elsewhere = "elsewhere";

/** Newest checkpoints of the newest runs, as [identifier, text]. */
async function knownCheckpoints() {
  const { items: runs } = await get("/v1/runs?limit=10");
  const lists = await Promise.all(runs.map((run) => get(`/v1/runs/${run.id}/checkpoints`)));
  const roleNames = ["best", "latest", "pinned"];
  const usable = (items) => items.filter((one) => one.state === "valid").sort((a, b) => b.step - a.step);
  return runs.flatMap((run, index) => usable(lists[index].items).filter((one, place) => place < 5 || one.best).map((one) => {
    const roles = roleNames.filter((role) => one[role]);
    return [one.id, `${run.name}, step ${grouped(one.step)}${roles.length > 0 ? ` (${roles.join(", ")})` : ""}`];
  }));
}

/** The fields; `wanted` is what another job's request had: { checkpoint_id } or { checkpoint }. */
export async function weightsFields(wanted = {}, isOptional = false) {
  return new WeightsFields(await knownCheckpoints(), wanted, isOptional);
}

class WeightsFields {
  constructor(known, wanted, isOptional) {
    const id = wanted.checkpoint_id ?? null;
    const isKnown = known.some(([one]) => one === id);
    const first = isOptional ? [["", "none, for a preset that needs no network"]] : [];
    const chosen = isKnown ? id : id ?? wanted.checkpoint ? elsewhere : known[0]?.[0] ?? elsewhere;
    this.choice = plainField("Weights", select([...known, [elsewhere, "another checkpoint, or a file"], ...first], chosen,
      { onchange: () => this.showOther() }));
    this.other = plainField("Checkpoint or file", h("input", {
      type: "text", spellcheck: "false", autocomplete: "off", value: isKnown ? "" : id ?? wanted.checkpoint ?? "",
    }), "The identifier of a checkpoint, or the path of a file of weights below an allowed root.");
    this.elements = [this.choice.element, this.other.element];
    this.showOther();
  }

  get isElsewhere() {
    return this.choice.input.value === elsewhere;
  }

  showOther() {
    show(this.other.element, this.isElsewhere);
  }

  members() {
    if (!this.isElsewhere) return this.choice.input.value === "" ? {} : { checkpoint_id: this.choice.input.value };
    const text = this.other.input.value.trim();
    if (text === "") return {};
    return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text) ? { checkpoint_id: text } : { checkpoint: text };
  }

  pointers() {
    const field = this.isElsewhere ? this.other : this.choice;
    return [["/checkpoint_id", field], ["/checkpoint", field]];
  }
}
