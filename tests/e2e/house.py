"""The whole product as real processes: database, Redis, web, printer worker, virtual printers."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

from olgfeast.runner import dies_with_parent
from tests.live.world import PATIENCE, RedisServer, free_port

ROOT = Path(__file__).resolve().parents[2]
PRINTERS = ("bar", "bakery", "grill", "spare")
# Quick, so that no test waits for a printer's second chance longer than it must.
WORKER_SETTINGS = {
    "POLL_INTERVAL": "0.5",
    "RETRY_DELAY_SECONDS": "0.5",
    "MAX_PRINT_RETRIES": "1",
    "PRINT_CONFIRM_SECONDS": "3",
    "POSSIBLE_COPY_AFTER_SECONDS": "3600",
}

ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)
# What the channel layer itself says when Redis is killed.
KNOWN_STUMBLE = "ERROR channels_redis.pubsub: Unexpected exception"


def until(true: Callable[[], object], *, patience: float = PATIENCE) -> None:
    """Ask again and again until it holds; a wait that is never over fails."""
    nothing = threading.Event()
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:g} s: {true}")
        nothing.wait(0.05)


class Process:
    """One of the product's processes, to be started, killed and started again."""

    def __init__(self, name: str, command: list[str], port: int, environment: dict[str, str]):
        self.name, self.command, self.port = name, command, port
        self.environment = environment
        self.log = Path(environment["VAR_DIR"]) / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )

    def listens(self) -> None:
        """Wait until it takes connections."""
        until(self._answers)

    def _answers(self) -> bool:
        assert self.running is not None
        assert self.running.poll() is None, self.said()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def said(self) -> str:
        return f"{self.name} said:\n{self.log.read_text(errors='replace')}"

    def stumbles(self) -> list[str]:
        """Return what it logged with a traceback: whatever the tests do, it expects."""
        entries = ENTRY.split(self.log.read_text(errors="replace"))
        return [each for each in entries if "Traceback" in each and KNOWN_STUMBLE not in each]

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.running and self.running.poll() is None:
            self.running.kill()
        if self.running:
            self.running.wait()

    def restart(self) -> None:
        self.kill()
        self.start()
        self.listens()


class House:
    """A demo kitchen on a database, a Redis and ports of its own."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="kds-"))
        self.redis = RedisServer(self.var)
        self.database = f"house_{os.getpid()}"
        self.ports = {name: free_port() for name in ("web", "health", "switch", *PRINTERS)}
        self.environment = self._environment()
        self.processes: list[Process] = []
        web = ["-m", "olgfeast.web", "--port", str(self.ports["web"])]
        self.web = self._process("web", web)
        self.printers = self._process("switch", self._printers_command())
        self.worker = self._process("health", ["manage.py", "printer_worker"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    def open(self) -> None:
        """Make the tables and the demo kitchen, then start everything."""
        with _server() as server:
            server.execute(f"CREATE DATABASE {self.database}")
        self.run("-m", "olgfeast.prepare")
        self._tell_printers_their_ports()
        for process in self.processes:
            process.start()
        for process in self.processes:
            process.listens()

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        self.redis.stop()
        with _server() as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        stumbled = [stumble for process in self.processes for stumble in process.stumbles()]
        shutil.rmtree(self.var)
        assert not stumbled, "\n".join(stumbled)

    def run(self, *command: str) -> str:
        """Run one of the product's commands to its end; return what it said."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sign_in_path(self) -> str:
        """Return the path of a new one-time sign-in link, as the manager gets it."""
        return urlsplit(self.run("manage.py", "sign_in_link").split()[-1]).path

    def pos_token(self, name: str) -> str:
        said = self.run("manage.py", "create_pos_token", name, "--location", "hq")
        found = re.search(r"kds_[\w-]+", said)
        assert found, said
        return found[0]

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database itself; for what no page and no program may do."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def printer(self, name: str) -> "Printer":
        return Printer(name, f"http://127.0.0.1:{self.printers.port}/{name}")

    def _process(self, name: str, command: list[str]) -> Process:
        process = Process(name, command, self.ports[name], self.environment)
        self.processes.append(process)
        return process

    def _printers_command(self) -> list[str]:
        command = ["manage.py", "virtual_printer", "--control", str(self.ports["switch"])]
        for name in PRINTERS:
            command += ["--name", name, "--port", str(self.ports[name])]
        return command

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **WORKER_SETTINGS,
            "DATABASE_URL": _address(self.database),
            "REDIS_URL": self.redis.url,
            "VAR_DIR": str(self.var),
            "LOG_LEVEL": "WARNING",
            "HEALTH_CHECK_PORT": str(self.ports["health"]),
            "PYTHONWARNINGS": "",
        }

    def _tell_printers_their_ports(self) -> None:
        for name in PRINTERS:
            self.sql(
                "UPDATE kitchen_stationprinter SET port = %s WHERE code = %s",
                self.ports[name],
                name,
            )


class Printer:
    """A virtual printer's switchboard: what is on its paper, and what is wrong with it."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url

    def chits(self, number: str = "") -> list[str]:
        """Return the text of its chits, of all or of those with an order's number."""
        found = httpx.get(f"{self.url}/chits").raise_for_status().json()
        return [chit["text"] for chit in found if number in chit["text"]]

    def state(self) -> dict:
        printers = httpx.get(self.url.rpartition("/")[0] + "/").raise_for_status().json()
        return next(each for each in printers if each["name"] == self.name)

    def set(self, **faults: object) -> None:
        httpx.post(f"{self.url}/faults", json=faults).raise_for_status()

    def mend(self) -> None:
        httpx.post(f"{self.url}/mend").raise_for_status()


def _address(database: str) -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))


@contextlib.contextmanager
def _server():  # type: ignore[no-untyped-def]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection
