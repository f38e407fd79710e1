"""The dashboard's own charts, which it draws where the machine has no dygraphs: they show something, and what one can do works."""

from checks import check_page

CANVAS = ".chart.large canvas"
INK = """
  const canvas = document.querySelector(arguments[0]);
  // A copy is read: the browser warns of a canvas that is drawn on and read from.
  const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const wanted = getComputedStyle(document.querySelector(".chart.large .swatch")).borderTopColor.match(/\\d+/g).map(Number);
  let [any, line] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 0) continue;
    any += 1;
    if (data[at + 3] > 200 && wanted.every((value, part) => Math.abs(data[at + part] - value) < 12)) line += 1;
  }
  return { any, line };"""


class CanvasVisit:
    """Looks at the page of a run; `shot(name)` takes a screenshot."""

    def __init__(self, browser, base, shot):
        self.browser, self.base, self.shot = browser, base, shot

    def everything(self, run, others):
        """All that can be done with a chart; the faults of the pages of runs and of their comparison."""
        self.open(run)
        self.hover()
        self.zoom()
        self.change_scale()
        self.smooth()
        self.change_colours()
        compare = "&".join(f"run={one}" for one in [run, *others])
        faults = []
        for width in (1280, 360):
            self.browser.set_view(width)
            for name, address in {"run": f"runs/{run}", "compare": f"compare?{compare}"}.items():
                self.browser.go(f"{self.base}/#/{address}")
                self.wait_ink()
                faults += check_page(self.browser, f"{name} by the own charts ({width})", self.base)
                self.shot(f"canvas-{name}-{width}")
        return faults

    def ink(self):
        """Pixels of the chart that are drawn, and those of the first line's colour."""
        return self.browser.run(INK, CANVAS)

    def wait_ink(self):
        """Waits until a line is drawn: more than an axis, less than a field of colour."""
        self.browser.find(CANVAS)
        self.browser.wait(lambda: 150 < self.ink()["line"] < 40_000 and self.ink()["any"] > 1000, "a line on the canvas")

    def open(self, run):
        b = self.browser
        b.set_view(1280)
        b.go(f"{self.base}/#/runs/{run}?x=step")
        b.run("location.reload()")
        self.wait_ink()
        assert b.run("return typeof Dygraph") == "undefined", "dygraphs was loaded"
        self.shot("canvas")

    def picture(self):
        return self.browser.run("return document.querySelector(arguments[0]).toDataURL()", CANVAS)

    def wait_change(self, before, what):
        """Waits until something else is drawn, and still a line."""
        self.browser.wait(lambda: self.picture() != before, f"another picture after {what}")
        self.wait_ink()

    def step_at(self, share):
        """The step that the chart says is under the pointer."""
        b = self.browser
        b.point(CANVAS, (share, 0.5))
        b.wait_text("step", ".chart.large .at")
        return float(b.text(".chart.large .at").split()[-1])

    def hover(self):
        """The pointer's step is said, and grows to the right; the legend has the value there."""
        left, right = self.step_at(0.2), self.step_at(0.8)
        assert left < right, f"the steps under the pointer are {left} and {right}"
        assert self.browser.text(".chart.large .legend b") not in ("", "–"), "the legend has no value"
        self.shot("canvas-hover")

    def zoom(self):
        """A drag shows a part, a double click everything again."""
        b = self.browser
        before = (self.step_at(0.2), self.step_at(0.8))
        b.point(CANVAS, (0.4, 0.5), "down", (0.5, 0.5), (0.6, 0.5), "up")
        b.wait(lambda: self.step_at(0.2) > before[0] and self.step_at(0.8) < before[1], "a part of the curve")
        self.wait_ink()
        self.shot("canvas-zoomed")
        b.point(CANVAS, (0.5, 0.5), "down", "up", "down", "up")
        b.wait(lambda: abs(self.step_at(0.2) - before[0]) <= 1 + before[0] * 0.2, "the whole curve")

    def change_scale(self):
        before = self.picture()
        self.browser.click(".chart-controls .switch", "Log scale")
        self.wait_change(before, "the logarithmic scale")
        assert "log=1" in self.browser.run("return location.hash"), "the address does not tell of the scale"
        self.shot("canvas-log")
        self.browser.click(".chart-controls .switch", "Log scale")

    def smooth(self):
        b = self.browser
        before = self.picture()
        b.run("document.querySelector('.slider input').focus()")
        for _ in range(40):
            b.press("\ue014")
        self.wait_change(before, "smoothing")
        assert "smooth=" in b.run("return location.hash"), "the address does not tell of the smoothing"
        self.shot("canvas-smooth")

    def change_colours(self):
        """What is drawn follows the colours of the page."""
        before = self.picture()
        self.browser.set_view(1280, is_dark=True)
        self.wait_change(before, "dark colours")
        self.shot("canvas-dark")
        self.browser.set_view(1280)
