"""The processes that `make run` starts beside itself: started, asked, started again, stopped."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from olgfeast.embedded import CHECKOUT
from olgfeast.runner import dies_with_parent

STOP_SECONDS = 20.0
# A child that lived this long starts its back-off anew.
STEADY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0


@dataclass
class Child:
    name: str
    command: list[str]
    ports: tuple[int, ...]
    path: str = ""
    cure: str = ""
    after: "Child | None" = None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    began: float = 0.0
    start_at: float | None = None

    def start(self) -> None:
        self.began, self.start_at = time.monotonic(), None
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            # What is worth reading in a running house is a warning, and comes on the other stream.
            stdout=subprocess.DEVNULL,
            # Ctrl-C reaches only this process, which then stops the others.
            process_group=0,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self, host: str) -> bool:
        """True if all its ports accept and, where it can be asked, it says that it is well."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            for port in self.ports:
                socket.create_connection((host, port), timeout=2).close()
            return not self.path or self._is_well(host)
        return False

    def _is_well(self, host: str) -> bool:
        connection = http.client.HTTPConnection(host, self.ports[0], timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", self.path)
            return connection.getresponse().status == 200

    def plan_restart(self) -> float:
        """Seconds until it may start again: longer each time it dies young."""
        if time.monotonic() - self.began > STEADY_SECONDS:
            self.failures = 0
        pause = min(0.5 * 2**self.failures, LONGEST_PAUSE_SECONDS)
        self.failures += 1
        self.start_at = time.monotonic() + pause
        return pause


def see_to(crew: list[Child]) -> None:
    """Start again what has died, each after its own pause."""
    for child in crew:
        if child.running():
            continue
        if child.start_at is None:
            pause, status = child.plan_restart(), child.process.poll() if child.process else None
            warn(f"the {child.name} ended ({_reason(status)}); starting it again in {pause:g} s")
        elif child.start_at <= time.monotonic():
            child.start()


def next_start(crew: list[Child]) -> float | None:
    """Seconds until a child is due, None if all are there."""
    due = [child.start_at for child in crew if child.start_at is not None]
    return max(0.0, min(due) - time.monotonic()) if due else None


def stop(crew: list[Child]) -> None:
    processes = [child.process for child in crew if child.process and child.running()]
    for process in processes:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill(crew: list[Child]) -> None:
    for child in crew:
        if child.process and child.running():
            child.process.kill()


def warn(sentence: str) -> None:
    print(f"warning: {sentence}", file=sys.stderr, flush=True)


def _reason(status: int | None) -> str:
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit code {status}"
