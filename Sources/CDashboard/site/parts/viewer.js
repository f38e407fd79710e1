// Plays what a job drew, frame by frame: the overlay on the left, and beside it the masks or the benchmark's own pictures.
import { fill, h, setText, show } from "../base/dom.js";
import { get, getAll } from "../base/api.js";
import { bytes } from "../base/format.js";
import { apiLink } from "../base/links.js";
import { fault } from "../base/notice.js";
import { select } from "./form.js";
import { PicturePane, VideoPane } from "./panes.js";
import { readMedia, sourceSides } from "./media.js";

const speeds = [["0.25", "¼ speed"], ["0.5", "½ speed"], ["1", "full speed"]];

export class Viewer {
  constructor(path, signal) {
    Object.assign(this, { path, signal, sequences: new Map(), chosen: null, frame: 0, count: 0, names: "" });
    this.element = h("section", { "aria-label": "Viewer", hidden: true });
    this.main = new VideoPane(path, (frame) => this.arrived(frame), () => this.showPlaying());
    this.side = new PicturePane();
    signal.addEventListener("abort", () => { this.main.pause(); this.side.clear(); });
    this.build();
  }

  build() {
    const button = (text, label, action) => h("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
    this.sequence = select([], null, { "aria-label": "Sequence", onchange: (event) => this.choose(event.target.value) });
    this.sideChoice = select([], null, { "aria-label": "Beside it", onchange: () => this.showSide() });
    this.play = button("Play", "Play or pause (space)", () => this.toggle());
    this.slider = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Frame", oninput: () => this.go(Number(this.slider.value)) });
    this.number = h("output", { class: "frame-number" });
    this.speed = select(speeds, "1", { "aria-label": "Speed", onchange: (event) => this.main.setSpeed(Number(event.target.value)) });
    this.files = h("p", { class: "data-links" });
    const stage = h("div", {
      class: "stage", tabindex: "0", role: "group", "aria-label": "Frames. Space plays, arrows step, Home and End jump.",
      onkeydown: (event) => this.key(event),
    }, h("figure", {}, this.main.element, h("figcaption", {}, "Overlay")),
    h("figure", {}, this.side.element, h("figcaption", {}, this.sideChoice)));
    this.stage = stage;
    fill(this.element, h("div", { class: "section-head" }, h("h2", {}, "Pictures"), this.sequence), stage,
      h("div", { class: "toolbar player" }, button("«", "First frame (Home)", () => this.go(0)), button("‹", "Frame before (left)", () => this.go(this.main.frame - 1)),
        this.play, button("›", "Next frame (right)", () => this.go(this.main.frame + 1)), this.slider, this.number, this.speed), this.files);
  }

  /** Finds what there is to see; while the job runs there may be more each time. */
  async load(job) {
    this.job = job;
    const { items } = await getAll(`${this.path}/media?limit=1000`, 20_000, this.signal);
    const names = items.map((item) => item.name).join("\n");
    if (names === this.names) return;
    this.names = names;
    this.sequences = readMedia(items);
    show(this.element, this.sequences.size > 0);
    const chosen = this.sequence.value;
    fill(this.sequence, [...this.sequences.keys()].map((name) => h("option", { value: name }, name)));
    show(this.sequence, this.sequences.size > 1);
    if (this.sequences.size === 0 || this.main.isPlaying) return;
    const isSame = this.sequences.has(chosen);
    if (isSame) this.sequence.value = chosen;
    await this.choose(this.sequence.value, isSame);
  }

  /** Shows a sequence, from a frame where `subject` names one, and brings it into sight. */
  open(name, subject = null) {
    const wanted = this.sequences.size === 1 ? this.sequence.value : name;
    if (!this.sequences.has(wanted)) return;
    this.sequence.value = wanted;
    const frame = /^frame (\d+)$/.exec(subject ?? "");
    this.choose(wanted).then(() => frame && this.go(Number(frame[1]))).catch(fault);
    this.element.scrollIntoView({ block: "start" });
    this.stage.focus({ preventScroll: true });
  }

  async choose(name, keepsFrame = false) {
    this.main.pause();
    this.chosen = this.sequences.get(name);
    const sides = [...(await sourceSides(this.job, name, this.signal)), ...this.chosen.sides];
    this.sides = new Map(sides.map((side) => [side.title, side]));
    const before = this.sideChoice.value;
    fill(this.sideChoice, sides.map((side) => h("option", { value: side.title }, side.title)));
    if (this.sides.has(before)) this.sideChoice.value = before;
    show(this.side.element.parentElement, sides.length > 0);
    this.count = Math.max(0, ...sides.map((side) => side.frames.length));
    // Pictures tell how many frames there are; where there is but a sheet of them, the job does.
    if (this.count <= 1 && this.sequences.size === 1) this.count = this.job.summary?.frames ?? this.count;
    await this.main.open(this.chosen, this.count);
    this.count = this.main.count;
    this.slider.max = Math.max(0, this.count - 1);
    fill(this.files, this.chosen.files.map((file) => apiLink(file.links.self, `${file.name.split("/").pop()} (${bytes(file.bytes)})`)));
    this.go(keepsFrame ? this.main.frame : 0);
  }

  go(frame) {
    this.main.pause();
    this.main.seek(Math.max(0, Math.min(this.count - 1, frame)));
  }

  arrived(frame) {
    this.frame = frame;
    this.slider.value = frame;
    setText(this.number, `frame ${frame} of ${this.count}`);
    this.showSide();
  }

  showSide() {
    const side = this.sides?.get(this.sideChoice.value);
    if (side) this.side.show(side.frames, this.frame).catch(fault);
  }

  toggle() {
    if (this.main.isPlaying) this.main.pause();
    else this.main.play(this.frame >= this.count - 1);
  }

  showPlaying() {
    setText(this.play, this.main.isPlaying ? "Pause" : "Play");
  }

  key(event) {
    const actions = {
      " ": () => this.toggle(), ArrowLeft: () => this.go(this.main.frame - 1), ArrowRight: () => this.go(this.main.frame + 1),
      Home: () => this.go(0), End: () => this.go(this.count - 1),
    };
    if (!actions[event.key] || event.target.tagName === "SELECT") return;
    event.preventDefault();
    actions[event.key]();
  }
}
