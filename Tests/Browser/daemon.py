"""A daemon of its own for the test: sample data, a free port, a state folder that goes away."""

import json
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from webdriver import free_port


class Daemon:
    """`corrflowd serve` on sample data; `base` is its address, `data` the folder with videos and benchmarks."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="corrflow-dashboard-")
        root = pathlib.Path(self.folder.name)
        self.data = root / "data" / "sample"
        subprocess.run([binary, "sample-data", "--clips", "4", "--seconds", "2", "--quiet", str(self.data)], check=True)
        (self.data / "videos" / "train" / "broken.mp4").write_text("This is no video.\n")
        write_small_set(self.data)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.log = open(root / "log", "w+", encoding="utf-8")
        self.config = root / "daemon.json"
        self.command = [binary, "serve", "--config", str(self.config), "--state", str(root / "state"),
                        "--listen", f"127.0.0.1:{port}", "--data-root", str(root / "data")]
        self.start()

    def start(self, has_libraries=True, tokens=None):
        """Starts it; without the system's libraries for browsers the dashboard draws its charts by its own code.

        `tokens` are lines of a token file: then every request needs one.
        """
        root = pathlib.Path(self.folder.name)
        settings = {} if has_libraries else {"dashboard_vendor_folder": str(root / "no-libraries")}
        if tokens:
            file = root / "tokens"
            file.touch(mode=0o600)
            file.write_text("\n".join(tokens) + "\n")
            settings["token_file"] = str(file)
        self.config.write_text(json.dumps(settings))
        self.process = subprocess.Popen(self.command, stderr=self.log, stdout=self.log)
        self._wait()

    def stop(self):
        """Ends it; what it wrote stays for the next start."""
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait(self):
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.base}/readyz", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise SystemExit(f"the daemon did not get ready; it said:\n{self.said()}")

    def said(self):
        """The end of the daemon's log."""
        self.log.flush()
        self.log.seek(0)
        return self.log.read()[-4000:]

    def close(self):
        """Ends the daemon and removes what it wrote."""
        self.stop()
        self.log.close()
        self.folder.cleanup()


def write_small_set(data):
    """A set of DAVIS with one short sequence, so that an evaluation takes seconds."""
    (data / "davis" / "ImageSets" / "2017" / "small.txt").write_text("sample-single\n")
