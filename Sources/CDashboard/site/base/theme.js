// Dark, light, or as the system says.

const place = "corrflow-theme";
const order = ["auto", "light", "dark"];
const names = { auto: "as the system", light: "light", dark: "dark" };
const listeners = new Set();

/** Applies the stored choice and makes `button` go through the three. */
export function startTheme(button) {
  const apply = () => {
    const choice = localStorage.getItem(place) ?? "auto";
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    button.textContent = choice.charAt(0).toUpperCase() + choice.slice(1);
    button.setAttribute("aria-label", `Colours: ${names[choice]}`);
    for (const listener of [...listeners]) listener();
  };
  button.addEventListener("click", () => {
    const choice = localStorage.getItem(place) ?? "auto";
    localStorage.setItem(place, order[(order.indexOf(choice) + 1) % order.length]);
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
}

/** Calls `listener` when colours change, until `signal` is aborted: what is drawn on a canvas must be drawn again. */
export function onThemeChange(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
}

/** A colour of the style sheet, by the name of its variable. */
export function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
