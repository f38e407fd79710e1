"""A headless Chromium, driven through chromedriver: WebDriver is HTTP with JSON, so the standard library is enough."""

import base64
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class BrowserError(Exception):
    """What the browser could not do."""


class Browser:
    """One tab. Elements are named by CSS selectors, or by their text: see `find`."""

    def __init__(self, patience_seconds=20):
        self.patience_seconds = patience_seconds
        self.profile = tempfile.TemporaryDirectory(prefix="corrflow-browser-")
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = ""
        try:
            self.session = self._open()
        except BaseException:
            self.close()
            raise

    def _open(self):
        self.wait(lambda: self._call("GET", "/status")["ready"], "chromedriver to be ready", errors=OSError)
        options = {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={self.profile.name}", "--window-size=1280,900",
            ],
        }
        wanted = {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        return "/session/" + self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def close(self):
        """Ends the browser and the driver."""
        try:
            if self.session:
                self._call("DELETE", self.session)
        except (BrowserError, OSError):
            pass
        self.driver.terminate()
        self.driver.wait(timeout=10)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _call(self, method, path, body=None):
        data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def wait(self, condition, what, errors=BrowserError, seconds=None):
        """The first value of `condition()` that is true; what it raises counts as not yet."""
        deadline = time.monotonic() + (seconds or self.patience_seconds)
        last = None
        while time.monotonic() < deadline:
            try:
                value = condition()
                if value:
                    return value
            except errors as error:
                last = error
            time.sleep(0.1)
        raise BrowserError(f"waited in vain for {what}{f' ({last})' if last else ''}")

    def go(self, url):
        """Opens an address."""
        self._call("POST", f"{self.session}/url", {"url": url})

    def run(self, script, *values):
        """What a function body returns in the page; promises are waited for."""
        return self._call("POST", f"{self.session}/execute/sync", {"script": script, "args": list(values)})

    def find(self, selector, text=None):
        """Waits for the first element that is shown and fits; with `text`, one whose text or label has it."""
        script = """
          const [selector, text] = arguments;
          const said = (e) => [e.textContent, e.getAttribute("aria-label"), e.value].join(" ").toLowerCase();
          return [...document.querySelectorAll(selector)].find((e) =>
            e.getClientRects().length > 0 && (text === null || said(e).includes(text.toLowerCase()))) ?? null;"""
        return self.wait(lambda: self.run(script, selector, text), f"{selector} with {text!r}")

    def click(self, selector, text=None):
        """Clicks as a reader does: something in the way is an error."""
        def attempt():
            element = self.find(selector, text)[ELEMENT]
            self._call("POST", f"{self.session}/element/{element}/click")
            return True
        self.wait(attempt, f"a click on {selector} with {text!r}")

    def write(self, selector, text, value):
        """Replaces what a field holds, by keys."""
        element = self.find(selector, text)[ELEMENT]
        self._call("POST", f"{self.session}/element/{element}/clear")
        self._call("POST", f"{self.session}/element/{element}/value", {"text": str(value)})

    def press(self, key):
        """Presses a key where the focus is."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._call("POST", f"{self.session}/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def point(self, selector, *steps):
        """Moves the pointer over an element: each step is "down", "up" or a place as shares of its width and height."""
        self.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", selector)
        box = self.run("const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.x, b.y, b.width, b.height]", selector)
        actions = []
        for step in steps:
            if isinstance(step, str):
                actions.append({"type": f"pointer{step.capitalize()}", "button": 0})
            else:
                x, y = box[0] + step[0] * box[2], box[1] + step[1] * box[3]
                actions.append({"type": "pointerMove", "duration": 50, "x": round(x), "y": round(y)})
        self._call("POST", f"{self.session}/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": actions}]})

    def text(self, selector="main"):
        """The text of the first element that fits, as it is shown."""
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def wait_text(self, text, selector="main", seconds=None):
        """Waits until an element's text has `text`, in any case."""
        self.wait(lambda: text.lower() in self.text(selector).lower(), f"the text {text!r} in {selector}", seconds=seconds)

    def devtools(self, command, **parameters):
        """A command of the DevTools protocol."""
        return self._call("POST", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def set_view(self, width, height=900, is_dark=False):
        """The size of the view, and whether the system is dark."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if is_dark else "light"
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        """Writes the whole page as PNG."""
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def console(self):
        """Messages of the console since the last call: (level, text)."""
        entries = self._call("POST", f"{self.session}/se/log", {"type": "browser"})
        return [(entry["level"], entry["message"]) for entry in entries]

    def requested(self):
        """Addresses that were asked for since the last call."""
        entries = self._call("POST", f"{self.session}/se/log", {"type": "performance"})
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
