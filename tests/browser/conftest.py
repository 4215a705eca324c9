"""Chromium, and the scripts' unit tests run inside it.

The tests in unit/*.test.js are plain modules; one run of Chromium works through them all and posts
what came of each back to the small server here.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
RUN_SECONDS = 120  # a limit, not a wait: the page posts when it is done

Outcome = dict[str, str]  # a test's name -> "" or what went wrong


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium: $CHROMIUM, or the one on the PATH."""
    path = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not path:
        pytest.skip("Chromium is not installed; apt-get install chromium, or set CHROMIUM")
    return path


class Desk(ThreadingHTTPServer):
    """Serves the repository's files and takes in the results."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(ROOT)))
        self.results: Outcome = {}
        self.done = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(SimpleHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.results = json.loads(body)
        self.send_response(204)
        self.end_headers()
        self.server.done.set()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    with Desk() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def script_results(chromium: str, desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Run all unit tests of the scripts and return how each went."""
    profile = tmp_path_factory.mktemp("chromium")
    log = profile / "log.txt"
    url = f"{desk.address}/tests/browser/unit/run.html"
    with log.open("wb") as out:
        command = [chromium, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", url]
        run = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            finished = desk.done.wait(RUN_SECONDS)
        finally:
            run.terminate()
            run.wait()
    assert finished, f"Chromium sent no results.\n{log.read_text(errors='replace')[-2000:]}"
    return desk.results
