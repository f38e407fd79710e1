"""What must hold on every page, whatever it shows."""

ROLES = {"button", "checkbox", "combobox", "link", "listbox", "menuitem", "radio", "searchbox", "slider", "spinbutton", "textbox"}


def check_names(browser, page):
    """Faults: things to press or to write in that a screen reader could not name."""
    nodes = browser.devtools("Accessibility.getFullAXTree")["nodes"]
    nameless = [node for node in nodes
                if not node.get("ignored") and node.get("role", {}).get("value") in ROLES
                and not node.get("name", {}).get("value", "").strip()]
    return [f"{page}: a {node['role']['value']} has no name" for node in nameless]


def check_width(browser, page):
    """Faults: a page that scrolls sideways."""
    excess = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page}: it is {excess} pixels wider than the view"] if excess > 0 else []


def check_structure(browser, page):
    """Faults: not one heading of the first order, identifiers twice, a table without a name."""
    return [f"{page}: {fault}" for fault in browser.run("""
      const faults = [];
      const count = document.querySelectorAll("h1").length;
      if (count !== 1) faults.push(`it has ${count} headings of the first order`);
      const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
      for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push(`the id ${id} is there twice`);
      for (const table of document.querySelectorAll("table")) if (!table.caption) faults.push("a table has no caption");
      return faults;""")]


def check_console(browser, page):
    """Faults: anything that the console calls an error or a warning."""
    return [f"{page}: the console says {text}" for level, text in browser.console() if level in ("SEVERE", "WARNING")]


def check_hosts(browser, page, base):
    """Faults: requests to anywhere but the daemon."""
    elsewhere = [url for url in browser.requested() if url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith(base + "/")]
    return [f"{page}: it asked for {url}" for url in elsewhere]


def check_page(browser, page, base):
    """All faults of the page that is shown."""
    return (check_names(browser, page) + check_width(browser, page) + check_structure(browser, page)
            + check_console(browser, page) + check_hosts(browser, page, base))
