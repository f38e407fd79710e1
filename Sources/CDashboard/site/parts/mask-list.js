// The masks that a propagation begins with: a row for each, with the frame that it is of.
import { fill, h, show } from "../base/dom.js";
import { plainField } from "./form.js";

export class MaskList {
  constructor(masks = []) {
    this.rows = [];
    this.place = h("div", {});
    this.element = h("fieldset", { class: "masks" }, h("legend", {}, "Masks"), this.place,
      h("button", { type: "button", class: "quiet", onclick: () => this.add({}).path.input.focus() }, "Another mask"));
    for (const mask of masks.length > 0 ? masks : [{}]) this.add(mask);
  }

  add({ frame = 0, path = "" }) {
    const row = {
      frame: plainField("Frame", h("input", { type: "number", min: 0, step: 1, value: String(frame) }), "0 for the first."),
      path: plainField("Mask", h("input", { type: "text", autocomplete: "off", spellcheck: "false", value: path }),
        "A picture in which each object has its own number or colour, below an allowed root."),
    };
    row.remove = h("button", { type: "button", class: "quiet", onclick: () => this.remove(row) }, "Take out");
    row.element = h("div", { class: "mask-row" }, row.frame.element, row.path.element, row.remove);
    this.rows.push(row);
    this.draw();
    return row;
  }

  remove(row) {
    this.rows = this.rows.filter((one) => one !== row);
    this.draw();
    this.rows[this.rows.length - 1].path.input.focus();
  }

  draw() {
    fill(this.place, this.rows.map((row) => row.element));
    this.rows.forEach((row, index) => {
      show(row.remove, this.rows.length > 1);
      row.remove.setAttribute("aria-label", `Take out mask ${index + 1}`);
    });
  }

  /** Rows with a path, as the API takes them. */
  filled() {
    return this.rows.filter((row) => row.path.input.value.trim() !== "");
  }

  read() {
    return this.filled().map(({ frame, path }) => ({
      frame: frame.input.value === "" ? null : Number(frame.input.value), path: path.input.value.trim(),
    }));
  }

  /** Fields by JSON pointer: the daemon counts the rows that were sent. */
  pointers() {
    return [
      ["/masks", this.rows[0].path], ["/mask", this.rows[0].path],
      ...this.filled().flatMap(({ frame, path }, index) => [
        [`/masks/${index}`, path], [`/masks/${index}/path`, path], [`/masks/${index}/frame`, frame],
      ]),
    ];
  }
}
