"""What the page does when it cannot have its stream of events: many reloads, a daemon that has none free, one that is away."""

import contextlib
import http.client
import json
import time
import urllib.parse
import urllib.request


class Outages:
    """Looks at the list of runs; `shot(name)` takes a screenshot."""

    def __init__(self, browser, daemon, shot):
        self.browser, self.daemon, self.shot = browser, daemon, shot

    def everything(self):
        self.browser.set_view(1280)
        self.reload_often()
        self.wait_for_a_stream()
        self.be_away()

    def mode(self):
        return self.browser.run("return document.getElementById('live').dataset.mode ?? ''")

    def errors(self):
        return [text for level, text in self.browser.console() if level in ("SEVERE", "WARNING")]

    def reload_often(self):
        """30 reloads, one soon after the other, take few streams and leave a page that is live within seconds, without errors."""
        b = self.browser
        b.go(f"{self.daemon.base}/#/runs")
        b.wait(lambda: self.mode() == "live", "a first stream")
        most = 0
        for _ in range(30):
            b.run("location.reload()")
            most = max(most, streams(self.daemon.base)["open"])
        # The daemon notices within about a second that a page has gone.
        assert most <= 3, f"{most} streams were open at a time"
        b.wait(lambda: self.mode() == "live", "a stream after 30 reloads", seconds=6)
        errors = self.errors()
        assert not errors, f"30 reloads left {errors}"
        b.wait(lambda: streams(self.daemon.base)["open"] <= 1, "the streams of pages that are gone to be closed", seconds=5)

    def wait_for_a_stream(self):
        """While all streams are taken the page asks every two seconds; later it has a stream again."""
        b = self.browser
        b.go("about:blank")
        with contextlib.ExitStack() as streams:
            for stream in take_streams(self.daemon.base):
                streams.enter_context(stream)
            b.go(f"{self.daemon.base}/#/runs")
            b.wait(lambda: self.mode() == "polling", "the page to ask by itself")
            b.wait_text("every 2 s", "#live")
            b.find("table.runs tbody tr")
            assert b.run("return document.querySelectorAll('#notices .fault').length") == 0, "a fault is shown"
            self.shot("no-stream-free")
        b.wait(lambda: self.mode() == "live", "a stream once one is free", seconds=20)
        others = [text for text in self.errors() if "503" not in text]
        assert not others, f"the console says {others}"

    def be_away(self):
        """Says once that the daemon is away, and goes on when it is back."""
        b = self.browser
        self.daemon.stop()
        b.wait_text("has not answered since", "#away")
        self.shot("away")
        time.sleep(5)
        assert b.run("return document.querySelectorAll('#notices .fault').length") == 0, "faults pile up"
        self.daemon.start()
        b.click("#away button", "Try now")
        b.wait(lambda: self.mode() == "live", "the stream of the daemon that is back", seconds=20)
        assert b.text("#away") == "", "it is still said that the daemon is away"
        b.console()


def streams(base):
    """How many streams of events the daemon has open, and how many it would open."""
    with urllib.request.urlopen(f"{base}/v1/system", timeout=10) as reply:
        return json.load(reply)["streams"]


def take_streams(base):
    """All streams of events that the daemon has, as replies to close; that of a page that has just gone, once it is noticed."""
    taken = []
    while len(taken) < streams(base)["limit"]:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=10)
        connection.request("GET", "/v1/events")
        reply = connection.getresponse()
        if reply.status == 200:
            taken.append(contextlib.closing(reply))
        else:
            connection.close()
            time.sleep(0.2)
    return taken
