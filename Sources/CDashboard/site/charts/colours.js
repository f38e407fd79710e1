// Colours of lines: apart from each other in light and dark, for colour-blind eyes too; the second ten are dashed.

const light = ["#1f6feb", "#d1570b", "#1a8754", "#a13bc4", "#b8860b", "#c2255c", "#0b8ba3", "#6f5a4b", "#5b6bd6", "#6b7a10"];
const dark = ["#6cb0ff", "#ff9a52", "#5ccb92", "#d79bf0", "#e6c04f", "#ff85ac", "#55cfe3", "#c4ae9f", "#a5aeff", "#b8cc52"];

/** True when the page is dark now. */
export function isDark() {
  const choice = document.documentElement.dataset.theme;
  return choice ? choice === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Colour and dash of the line number `index`. */
export function lineStyle(index) {
  const colours = isDark() ? dark : light;
  return { colour: colours[index % colours.length], dash: index >= colours.length ? [6, 4] : null };
}

/** The colour with less of it, for bands and for what lies behind. */
export function translucent(colour, share) {
  const value = parseInt(colour.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${share})`;
}
