"""The world of a run: engines of its own, the servers that are measured, and their figures.

The engines run as `make run` starts them, with durable settings, and serve the product and the
baselines alike. All of it is on the loopback, on two cores, and gone afterwards.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psycopg

from olgfeast import embedded
from olgfeast.runner import dies_with_parent

CORES = 2
START_SECONDS = 60.0
STOP_SECONDS = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One process that is measured."""

    def __init__(self, command: Sequence[str], env: dict[str, str], *, log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=embedded.CHECKOUT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, port: int) -> None:
        """Return once it listens."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            time.sleep(0.02)
        raise RuntimeError(f"a server did not start:\n{self._log.read_text()[-2000:]}")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_kib(self) -> int:
        """What belongs to this process alone."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass
class World:
    """Where things are, and how to start the processes of a run."""

    home: Path
    engines: embedded.Engines
    env: dict[str, str]
    stack: contextlib.ExitStack = field(repr=False)

    def product_server(self) -> tuple[Server, int]:
        port = free_port()
        return self._start(["-m", "olgfeast.web", "--port", str(port)], port, self.env), port

    def stock_server(self, **env: str) -> tuple[Server, int]:
        port = free_port()
        application = "benchmarks.baselines.stock.asgi:application"
        command = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", application]
        return self._start(command, port, {**self.stock_env, **env}), port

    def poll_printing(self, stations: dict[str, int], **env: str) -> Server:
        """The print loop of the baseline, for stations with printers on these ports."""
        env = {**self.stock_env, "PRINT_PORTS": json.dumps(stations), **env}
        return self._start(["-m", "benchmarks.baselines.poll_printing"], None, env)

    def other(self, command: Sequence[str], port: int | None = None, **env: str) -> Server:
        """Start any other process; with a port, return once it listens."""
        return self._start(command, port, {**self.env, **env})

    @property
    def stock_env(self) -> dict[str, str]:
        return {**self.env, "DJANGO_SETTINGS_MODULE": "benchmarks.baselines.stock.settings"}

    def _start(self, command: Sequence[str], port: int | None, env: dict[str, str]) -> Server:
        server = Server(command, env, log=self.home / "servers.log")
        self.stack.callback(server.stop)
        if port is not None:
            server.wait_for(port)
        return server

    def sql(self, statement: str, *values: object) -> list[tuple]:
        """Run one statement in the product's database, outside any program."""
        with psycopg.connect(self.engines.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def open_world() -> Iterator[World]:
    """Start engines on a throw-away folder; stop them and whatever was started, remove all."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    _stop_on_sigterm()
    base = embedded.CHECKOUT / "var"
    base.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=base))
    home.chmod(0o755)
    try:
        engines = embedded.use(home)
        with contextlib.ExitStack() as stack:
            yield World(home, engines, _environment(home, engines), stack)
    finally:
        embedded.leave(home)
        shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path, engines: embedded.Engines) -> dict[str, str]:
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE stock")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAR_DIR": str(home),
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "olgfeast.settings",
    }


def _stop_on_sigterm() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def busy_share(seconds: float) -> float:
    """Return which share of all cores was in use over this time."""
    before = _core_seconds()
    time.sleep(seconds)
    idle, total = (after - then for after, then in zip(_core_seconds(), before, strict=True))
    return 1 - idle / total if total else 0.0


def _core_seconds() -> tuple[int, int]:
    """Return how long the cores have been idle, and all their time."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
