// What a job's files are, by their names: an overlay video a sequence, masks a frame, pictures.
import { find, withQuery } from "../base/api.js";

/**
 * Sequences by name: { video, sheet, sides: [{ title, frames: [path] }], files }.
 *
 * Names are those of docs/API.md: masks/<sequence>/<frame>.png, overlays/<sequence>.mp4 and .png; of a propagation
 * masks/<frame>.png, overlay.mp4 and overlay.png; of a visualisation pictures/...
 */
export function readMedia(items) {
  const sequences = new Map();
  const sequence = (name) => {
    if (!sequences.has(name)) sequences.set(name, { video: null, sheet: null, sides: [], files: [], folders: new Map() });
    return sequences.get(name);
  };
  for (const item of items) {
    const parts = item.name.split("/");
    const file = parts[parts.length - 1];
    const ending = file.split(".").pop().toLowerCase();
    const stem = file.slice(0, -ending.length - 1);
    const isFrame = parts.length > 1 && ["masks", "pictures"].includes(parts[0]) && ending !== "mp4";
    if (isFrame && isPicture(ending)) {
      const one = sequence(parts.length > 2 ? parts.slice(1, -1).join("/") : "video");
      const frames = one.folders.get(parts[0]) ?? [];
      one.folders.set(parts[0], [...frames, item.links.self]);
    } else if (ending === "mp4" || isPicture(ending)) {
      const one = sequence(parts.length > 1 && parts[0] === "overlays" ? [...parts.slice(1, -1), stem].join("/") : "video");
      if (ending === "mp4") one.video ??= item.links.self;
      else one.sheet = item.links.self;
      one.files.push(item);
    }
  }
  for (const one of sequences.values()) {
    const titles = { masks: "Predicted masks", pictures: "Pictures" };
    one.sides = [...one.folders].map(([folder, frames]) => ({ title: titles[folder], frames }));
    if (one.sheet) one.sides.push({ title: "Contact sheet", frames: [one.sheet] });
  }
  return sequences;
}

function isPicture(ending) {
  return ["png", "jpg", "jpeg"].includes(ending);
}

/** The benchmark's own masks and frames of a sequence, where the daemon serves them; they stand first. */
export async function sourceSides(job, name, signal) {
  const link = job.links?.source;
  if (!link) return [];
  const source = await find(withQuery(link, { sequence: name }), signal);
  const titles = { truth: "Ground truth", frames: "Video" };
  return (source?.sides ?? []).map((side) => ({ title: titles[side.kind] ?? side.kind, frames: side.frames }));
}
