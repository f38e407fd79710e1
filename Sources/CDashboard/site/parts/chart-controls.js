// What one can choose about charts: the x axis, smoothing, a logarithmic scale. The choice is part of the address.
import { h, setText } from "../base/dom.js";
import { remember } from "../base/router.js";
import { xTitles } from "../charts/scale.js";
import { select } from "./form.js";

/** Controls that change `view` { xKind, smooth, logY, overlays } and then call `changed`. */
export function chartControls(view, changed, overlayText = null) {
  const apply = () => {
    remember({
      x: view.xKind === "step" ? null : view.xKind, smooth: view.smooth || null, log: view.logY ? "1" : null,
      overlay: view.overlays === false ? "0" : null,
    });
    changed();
  };
  const axis = select(Object.entries(xTitles), view.xKind, { onchange: (event) => { view.xKind = event.target.value; apply(); } });
  return h("div", { class: "toolbar chart-controls" },
    h("label", {}, "x ", axis), smoothing(view, apply),
    toggle("Log scale", view.logY, (isOn) => { view.logY = isOn; apply(); }),
    overlayText && toggle(overlayText, view.overlays, (isOn) => { view.overlays = isOn; apply(); }));
}

/** From 0 to 0.999: the slider moves evenly in how many steps are averaged. */
function smoothing(view, apply) {
  const said = h("output", {});
  const input = h("input", {
    type: "range", min: 0, max: 100, step: 1, value: position(view.smooth), "aria-label": "Smoothing",
    oninput: () => describe(value(Number(input.value))),
    onchange: () => { view.smooth = value(Number(input.value)); apply(); },
  });
  const describe = (smooth) => {
    setText(said, smooth === 0 ? "off" : String(smooth));
    input.setAttribute("aria-valuetext", smooth === 0 ? "off" : `${smooth}, about ${Math.round(1 / (1 - smooth))} steps`);
  };
  describe(view.smooth);
  return h("label", { class: "slider" }, "Smoothing ", input, said);
}

/** Slider position to weight: 0 is 0, 100 is 0.999, and each third of the way averages ten times as many steps. */
function value(slider) {
  const weight = 1 - 10 ** (-3 * (slider / 100));
  return slider === 0 ? 0 : Number(Math.min(0.999, weight).toFixed(weight < 0.99 ? 2 : 3));
}

function position(weight) {
  return weight <= 0 ? 0 : Math.round((-100 / 3) * Math.log10(1 - Math.min(0.999, weight)));
}

function toggle(text, isOn, changed) {
  return h("label", { class: "switch" }, h("input", { type: "checkbox", checked: isOn, onchange: (event) => changed(event.target.checked) }), text);
}
