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
        propagation = self.propagate(second)
        visualisation = self.visualise()
        self.compare()
        dataset = self.browser.run("return fetch('/v1/datasets').then((r) => r.json()).then((list) => list.items[0].id)")
        return {
            "runs": "runs", "runs-settings": "runs?settings=1", "run": f"runs/{first}", "run-finished": f"runs/{second}?smooth=0.9&x=relative",
            "new": f"new?dataset={dataset}", "compare": f"compare?run={first}&run={second}", "evaluations": "evaluations",
            "evaluation": f"evaluations/{evaluation}", "propagations": "propagations", "propagation": f"propagations/{propagation}",
            "visualisations": "visualisations", "visualisation": f"visualisations/{visualisation}", "datasets": "datasets",
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
        job = self.wait_job("evaluations")
        b.wait_text("sample-single")
        self.play()
        return job

    def wait_job(self, plural):
        """Waits until the job whose page opens is finished; its identifier."""
        b = self.browser
        b.wait(lambda: b.run("return location.hash").startswith(f"#/{plural}/"), f"the page of one of {plural}")
        b.wait_text("finished", "main .badge", seconds=240)
        return b.run("return location.hash.split('/')[2]")

    def propagate(self, run):
        """Carries a mask through a video with a run's checkpoint, after a refusal; by keys where a click would do."""
        b = self.browser
        sequence, masks = f"{self.data}/davis/JPEGImages/480p/sample-single", f"{self.data}/davis/Annotations/480p/sample-single"
        b.go(f"{self.base}/#/runs/{run}")
        b.find("main button", "Propagate the checkpoint")
        b.run("""[...document.querySelectorAll('main button')].find((e) => e.textContent === 'Propagate').focus()""")
        b.press("\ue007")
        self.write_field("Video", sequence)
        self.write_field("Mask", f"{masks}/nothing.png")
        b.click("dialog button", "Propagate")
        b.wait_text("does not accept this yet", "dialog")
        assert b.run("return document.querySelector('dialog .mask-row .fault:not([hidden])') !== null"), "no fault beside the mask"
        self.shot("propagate-refused")
        self.accept_refusals()
        self.write_field("Mask", f"{masks}/00000.png")
        b.click("dialog summary", "Parameters")
        b.write('dialog .field[data-key="frames"] input', None, "6")
        b.click("dialog summary", "Constants that differ from the preset")
        b.write('dialog .field[data-key="context_frames"] input', None, "2")
        self.shot("propagate-question")
        b.click("dialog button", "Propagate")
        job = self.wait_job("propagations")
        b.wait_text("frame 0 of 6", ".frame-number")
        assert b.run("return fetch(`/v1/propagations/${arguments[0]}`).then((r) => r.json()).then((j) => j.request.params.constants.context_frames)", job) == 2
        self.shot("propagation-played")
        return job

    def visualise(self):
        """Makes pictures with weights that are chosen from a list; then those of another view from the same job."""
        b = self.browser
        b.go(f"{self.base}/#/visualisations")
        b.click("main button", "New visualisation")
        self.write_field("Video", f"{self.data}/videos/train/sample-01.mp4")
        b.click("dialog summary", "Parameters")
        b.write('dialog .field[data-key="frames"] input', None, "4")
        self.shot("visualise-question")
        b.click("dialog button", "Visualise")
        first = self.wait_job("visualisations")
        b.wait_text("frame 0 of", ".frame-number")
        b.click("main button", "Again with changes")
        b.find("dialog select", "pca")
        b.run("""const view = [...document.querySelectorAll('dialog select')].find((e) => [...e.options].some((o) => o.value === 'match'));
                 view.value = 'match'; view.dispatchEvent(new Event('change', { bubbles: true }));""")
        b.write('dialog .field[data-key="pixel"] input', None, "20, 20")
        self.shot("visualise-again")
        b.click("dialog button", "Visualise")
        b.wait(lambda: first not in b.run("return location.hash"), "the page of the other job")
        return self.wait_job("visualisations")

    def write_field(self, label, value):
        """Writes into the field of a dialog that has exactly this label."""
        b = self.browser
        script = """return [...document.querySelectorAll("dialog label")].find((e) => e.textContent === arguments[0])?.htmlFor ?? null"""
        b.write("#" + b.wait(lambda: b.run(script, label), f"a field {label}"), None, value)

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
