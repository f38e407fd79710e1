// Pages by the part of the address behind "#": "#/runs/01M8...?x=epoch".

/** The address as page, parts and query. */
export function readAddress(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** Goes to a page. */
export function go(path) {
  location.hash = path;
}

/** Writes `values` into the address's query without going anywhere, so that the view can be linked to. */
export function remember(values) {
  const { parts, query } = readAddress();
  for (const [name, value] of Object.entries(values)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "" && one !== false) query.append(name, String(one));
    }
  }
  const text = query.toString();
  history.replaceState(null, "", `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`);
}
