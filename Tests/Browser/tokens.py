"""The dashboard of a daemon that asks for tokens: the page asks once, and shows pictures and videos that need one."""

READ, ADMIN = "reader-token-of-the-test-0123456789", "admin-token-of-the-test-0123456789"


class TokenVisit:
    """Signs in as a reader; `shot(name)` takes a screenshot."""

    def __init__(self, browser, daemon, shot):
        self.browser, self.daemon, self.shot = browser, daemon, shot

    def everything(self, run, evaluation):
        """`run` and `evaluation` are addresses of pages."""
        self.daemon.stop()
        self.daemon.start(tokens=[f"read:{READ}", f"admin:{ADMIN}"])
        self.browser.set_view(1280)
        self.sign_in()
        self.be_refused(run)
        self.look(evaluation)
        self.check_console()

    def sign_in(self):
        """One question; a wrong token is told; after the right one the page is live."""
        b = self.browser
        b.go("about:blank")
        b.go(f"{self.daemon.base}/#/runs")
        b.wait_text("Access token", "dialog")
        assert b.run("return document.querySelectorAll('dialog').length") == 1, "there is more than one question"
        self.shot("token-question")
        b.write("dialog #token", None, "wrong")
        b.click("dialog button", "Sign in")
        b.wait_text("does not accept the token", "dialog")
        b.write("dialog #token", None, READ)
        b.click("dialog button", "Sign in")
        b.find("table.runs tbody tr")
        b.wait(lambda: b.run("return document.getElementById('live').dataset.mode") == "live", "the stream")

    def be_refused(self, run):
        """A reader is told that resuming needs another token."""
        b = self.browser
        b.go(f"{self.daemon.base}/#/{run}")
        b.click(".run-head button", "Resume")
        b.wait_text("admin", "#notices")
        self.shot("token-reader")

    def look(self, evaluation):
        """The video and the pictures are there, though their elements cannot carry a token."""
        b = self.browser
        b.go(f"{self.daemon.base}/#/{evaluation}")
        b.wait_text("frame 0 of", ".frame-number")
        assert b.run("return document.querySelector('.stage video').src").startswith("blob:"), "the video is asked for without a token"
        b.wait(lambda: b.run("return document.querySelector('.stage canvas').width") > 300, "the picture beside it")

    def check_console(self):
        """Nothing but the refusals that were asked for."""
        others = [text for level, text in self.browser.console() if level == "SEVERE" and not any(code in text for code in ("401", "403"))]
        assert not others, f"the console says {others}"
