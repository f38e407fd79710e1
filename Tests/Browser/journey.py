"""What a newcomer does, by clicks: registers a folder, starts a run, follows it, pauses, goes on, stops, evaluates, compares."""

SMALL = {"height": 64, "width": 64, "batch_size": 1, "threads": 1, "decoder_threads": 1, "clean_frames": 8}


class Journey:
    """The steps in order; `shot(name)` takes a screenshot after each."""

    def __init__(self, browser, base, data, shot):
        self.browser, self.base, self.data, self.shot = browser, base, data, shot

    def everything(self):
        """All steps; the addresses of the pages that there are then, by name."""
        self.register()
        first = self.start("first", {**SMALL, "steps": 100000, "checkpoint_every": 50}, refused=True)
        self.follow()
        self.pause_and_resume()
        self.stop()
        second = self.start_again(first, {"steps": 12, "learning_rate": "0.001", "checkpoint_every": 100000})
        self.finish()
        evaluation = self.evaluate(second)
        self.compare()
        dataset = self.browser.run("return fetch('/v1/datasets').then((r) => r.json()).then((list) => list.items[0].id)")
        return {
            "runs": "runs", "runs-settings": "runs?settings=1", "run": f"runs/{first}", "run-finished": f"runs/{second}?smooth=0.9&x=relative",
            "new": f"new?dataset={dataset}", "compare": f"compare?run={first}&run={second}", "evaluations": "evaluations",
            "propagations": "propagations", "evaluation": f"evaluations/{evaluation}", "datasets": "datasets",
            "dataset": f"datasets/{dataset}", "system": "system", "missing": "nowhere",
        }

    def register(self):
        """The first-run page leads to a registered folder."""
        b = self.browser
        b.go(f"{self.base}/")
        b.wait_text("Three steps lead to one")
        self.shot("first-run")
        b.write("form.register input", None, f"{self.data}/nowhere")
        b.click("form.register button", "Register")
        b.wait_text("no such folder", "form.register")
        b.write("form.register input", None, f"{self.data}/videos/train")
        b.click("form.register button", "Register")
        b.wait_text("Done: train is registered")
        b.click("nav a", "Datasets")
        b.click("main table a", "train")
        b.wait_text("broken.mp4")
        b.wait_text("ready")
        self.shot("dataset-new")

    def start(self, name, settings, refused=False):
        """The form starts a run; with `refused`, after a value that the daemon does not accept."""
        b = self.browser
        b.click("nav a", "Runs")
        b.click("main a.button", "New run")
        b.wait_text("The run", "form.new-run")
        b.write(".field input", None, name)
        if refused:
            self.set("height", 65)
            b.wait_text("There is no estimate until the faults are mended")
            assert "multiple" in b.text('.field[data-key="height"] .fault').lower(), "the fault is not beside its field"
            self.shot("new-refused")
        return self.submit(settings)

    def start_again(self, run, settings):
        """A run with the settings of another, but for some."""
        b = self.browser
        b.go(f"{self.base}/#/runs/{run}")
        b.click("main a", "Start again with changes")
        b.wait_text("With the settings of", "form.new-run")
        return self.submit(settings)

    def submit(self, settings):
        """Fills in settings, waits for the estimate, starts; the run's identifier."""
        b = self.browser
        for key, value in settings.items():
            self.set(key, value)
        b.wait_text("A checkpoint", ".estimate")
        self.accept_refusals()
        self.shot("new-filled")
        b.click("form.new-run button", "Start the run")
        b.wait(lambda: b.run("return location.hash").startswith("#/runs/"), "the page of the run")
        b.wait_text("Curves")
        return b.run("return location.hash.split('/')[2]")

    def accept_refusals(self):
        """The browser's console notes every refusal of the daemon, those that are asked for too; anything else is a fault."""
        others = [text for level, text in self.browser.console() if level == "SEVERE" and "422" not in text]
        assert not others, f"the console says {others}"

    def set(self, key, value):
        """Gives one setting a value, opening its group."""
        field = f'.field[data-key="{key}"]'
        self.browser.run("document.querySelector(arguments[0]).closest('details').open = true", field)
        self.browser.write(f"{field} input", None, value)

    def state(self, text):
        """Waits for a state of the run that is shown."""
        self.browser.wait_text(text, ".run-head .badge", seconds=60)

    def step(self):
        """How many steps the page says are done."""
        text = self.browser.text(".run-head .progress-text").split("/")[0].replace(",", "").strip()
        return int(text or 0)

    def follow(self):
        """The page moves by itself: steps, the curve, the log."""
        b = self.browser
        self.state("running")
        b.wait(lambda: self.step() > 3, "some steps", seconds=90)
        b.wait(lambda: b.run("return document.querySelector('.chart.large canvas') !== null"), "a curve")
        b.wait_text("loss", ".chart.large .legend", seconds=30)
        before = self.step()
        b.wait(lambda: self.step() > before, "further steps", seconds=60)
        self.shot("run-running")
        b.click(".chart.large button", "Zoom in")
        b.click(".chart.large button", "Show everything")

    def pause_and_resume(self):
        """Pauses, sees it paused, goes on."""
        b = self.browser
        b.click(".run-head button", "Pause")
        self.state("paused")
        self.shot("run-paused")
        step = self.step()
        b.click(".run-head button", "Resume")
        self.state("running")
        b.wait(lambda: self.step() > step, "steps after the pause", seconds=60)

    def stop(self):
        """Stops after a question; Escape is a no."""
        b = self.browser
        b.click(".run-head button", "Stop")
        b.wait_text("can be resumed from there", "dialog")
        self.shot("stop-question")
        b.press("\ue00c")
        b.wait(lambda: b.run("return document.querySelector('dialog') === null"), "the dialog to close")
        assert "running" in b.text(".run-head .badge"), "Escape did not cancel"
        b.click(".run-head button", "Stop")
        b.click("dialog button", "Stop")
        self.state("stopped")
        b.wait_text("final", "main")

    def finish(self):
        """A short run comes to its end."""
        self.state("completed")
        self.browser.wait_text("final", "main")

    def evaluate(self, run):
        """Evaluates the run's last checkpoint on the small set; the job's identifier."""
        b = self.browser
        b.go(f"{self.base}/#/runs/{run}")
        b.click("main button", "Evaluate the checkpoint")
        b.write("dialog input[list]", None, f"{self.data}/davis")
        b.click("dialog summary")
        b.write('dialog .field[data-key="set"] input', None, "small")
        self.shot("evaluate-question")
        b.click("dialog button", "Evaluate")
        b.wait(lambda: b.run("return location.hash").startswith("#/evaluations/"), "the page of the evaluation")
        b.wait_text("finished", "main .badge", seconds=240)
        b.wait_text("sample-single")
        self.play()
        return b.run("return location.hash.split('/')[2]")

    def play(self):
        """Steps through the frames by keys, and plays."""
        b = self.browser
        b.wait_text("frame 0 of", ".frame-number")
        b.run("document.querySelector('.stage').focus()")
        b.press("\ue014")
        b.press("\ue014")
        b.wait_text("frame 2 of", ".frame-number")
        b.press("\ue012")
        b.wait_text("frame 1 of", ".frame-number")
        b.click(".player button", "Play")
        b.wait(lambda: "frame 1 of" not in b.text(".frame-number"), "the video to play")
        b.run("document.querySelector('.stage').focus()")
        b.press("\ue011")
        b.wait_text("frame 0 of", ".frame-number")
        self.shot("evaluation-played")

    def compare(self):
        """Ticks two runs and compares them."""
        b = self.browser
        b.click("nav a", "Runs")
        for box in (1, 2):
            b.click(f"table.runs tbody tr:nth-child({box}) input")
        b.click("main button", "Compare 2")
        b.wait_text("What differs")
        b.wait_text("learning_rate")
        self.shot("compared")
