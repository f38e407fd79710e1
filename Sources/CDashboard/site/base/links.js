// Links to what the API serves. With a token, which a link cannot carry, the file is fetched and handed over.
import { h } from "./dom.js";
import { request } from "./api.js";
import { fault } from "./notice.js";
import { hasToken } from "./token.js";

/** A link to JSON, CSV or a file; `download` keeps it instead of showing it. */
export function apiLink(path, text, { download = false, label = null } = {}) {
  return h("a", {
    href: path, class: "data-link", download, "aria-label": label,
    onclick: (event) => {
      if (!hasToken()) return;
      event.preventDefault();
      handOver(path, download).catch(fault);
    },
  }, text);
}

async function handOver(path, isKept) {
  const response = await request(path);
  const url = URL.createObjectURL(await response.blob());
  const link = h("a", { href: url });
  if (isKept || response.headers.get("Content-Disposition")?.startsWith("attachment")) {
    link.download = fileName(response, path);
  } else {
    link.target = "_blank";
  }
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fileName(response, path) {
  const match = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  return match ? match[1] : path.split("?")[0].split("/").pop();
}

/** The same numbers for programs: links side by side. */
export function dataLinks(...links) {
  return h("p", { class: "data-links" }, links.filter(Boolean).map(([path, text, label]) => apiLink(path, text, { label })));
}
