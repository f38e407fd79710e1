// Elements without templates. Text is always text: nothing is ever parsed as HTML.

/**
 * Makes an element: h("a", { href: "#/runs", class: "quiet", onclick: go }, "Runs").
 *
 * Attributes that are null or false are left out, true means present; `on...` is a listener; `style` is an object of CSS
 * properties, set through the object model, which the content security policy allows.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(element, name, value);
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (name === "style") {
    for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
  } else if (name === "value" || name === "checked") {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces what `element` holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Sets text only where it changed, so that nothing flickers and a selection stays. */
export function setText(element, text) {
  const value = String(text ?? "");
  if (element.textContent !== value) element.textContent = value;
}

/** Shows or hides. */
export function show(element, isShown) {
  element.hidden = !isShown;
}

let counter = 0;

/** A fresh id for `for=`, `aria-labelledby` and `aria-describedby`. */
export function freshID(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Calls `action` at once, then at most every `milliseconds`, and once more at the end if it was asked for meanwhile. */
export function throttled(action, milliseconds) {
  let waiting = null;
  let again = false;
  const run = () => {
    waiting = null;
    if (!again) return;
    again = false;
    call();
  };
  const call = () => {
    if (waiting !== null) {
      again = true;
      return;
    }
    waiting = setTimeout(run, milliseconds);
    action();
  };
  return call;
}

/** Calls `action` once nobody has asked for `milliseconds`. */
export function debounced(action, milliseconds) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
