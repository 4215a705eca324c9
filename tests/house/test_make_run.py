"""`make run`: one line says that all is up, and nothing is left when it ends."""

import http.client
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from olgfeast import launch
from olgfeast.embedded import CHECKOUT

READY = re.compile(r"ready (http://127\.0\.0\.1:\d+)/ sign-in \1/sign-in/[\w-]+/\n")
FROM_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


class House:
    """One `make run`, with its processes marked so that none of them can hide."""

    def __init__(self, home: Path, **changes: str) -> None:
        self.mark = uuid4().hex
        plain = {name: v for name, v in os.environ.items() if name not in FROM_OUTSIDE}
        ports = {"PORT": str(free_port()), "HEALTH_CHECK_PORT": str(free_port())}
        # The printers' ports are fixed, so tests leave them alone, and the worker's complaint out.
        quiet = {"VIRTUAL_PRINTERS": "0", "LOG_LEVEL": "ERROR"}
        self.environment = plain | ports | quiet | {"VAR_DIR": str(home)} | changes
        self.process = subprocess.Popen(
            [sys.executable, "-m", "olgfeast.launch"],
            cwd=CHECKOUT,
            env=self.environment | {"HOUSE_MARK": self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def wait_until_ready(self) -> str:
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("ready "):
                return line
        err = self.process.stderr.read()
        raise AssertionError(f"{self.lines} {err} exit code {self.process.wait()}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and what it said after the ready line."""
        self.process.send_signal(number)
        out, err = self.process.communicate()
        return self.process.returncode, out, err

    def pids(self, *words: str) -> list[int]:
        """Its living processes, or those whose command has these words."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = f"HOUSE_MARK={self.mark}".encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if marked and all(word in command for word in words):
                found.append(int(folder.name))
        return found

    def get(self, path: str) -> int:
        address = http.client.HTTPConnection("127.0.0.1", int(self.environment["PORT"]))
        address.request("GET", path)
        status = address.getresponse().status
        address.close()
        return status


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: only the first start makes tables and static files."""
    return tmp_path_factory.mktemp("house") / "var"


@pytest.fixture
def house(home: Path) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def open_house(**changes: str) -> House:
        houses.append(House(home, **changes))
        return houses[-1]

    yield open_house
    for one in houses:
        for pid in one.pids():
            os.kill(pid, signal.SIGKILL)
        one.process.communicate()


@pytest.fixture
def own_database() -> Iterator[str]:
    """An empty database beside the tests' own."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE DATABASE make_run")
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path="/make_run").geturl()
        connection.execute("DROP DATABASE make_run WITH (FORCE)")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(process: int) -> None:
    """Until the process of this file descriptor has ended."""
    select.select([process], [], [])
    os.close(process)


def test_it_ends_in_one_line_serves_and_stops_without_a_trace(house):
    first = house()
    line = first.wait_until_ready()

    assert READY.fullmatch(line)
    assert first.get("/ready") == 200
    assert first.end() == (0, "", "")
    assert first.pids() == []

    second = house()
    assert READY.fullmatch(second.wait_until_ready())
    # Neither tables nor static files nor the demo kitchen are made a second time.
    assert [line.split()[0] for line in second.lines] == ["engines", "ready"]
    assert second.end(signal.SIGINT) == (0, "", "")
    assert second.pids() == []


def test_it_uses_the_database_and_redis_that_it_is_given(house, own_database):
    one = house(DATABASE_URL=own_database, REDIS_URL=os.environ["REDIS_URL"])
    assert READY.fullmatch(one.wait_until_ready())

    assert one.pids("bin/postgres") == one.pids("valkey-server") == []
    assert one.get("/ready") == 200
    assert one.end() == (0, "", "")


def test_a_child_that_dies_is_started_again_with_a_warning(house):
    one = house()
    one.wait_until_ready()
    (web,) = one.pids("olgfeast.web")

    os.kill(web, signal.SIGKILL)

    warning = one.process.stderr.readline()
    assert warning == "warning: the web server ended (SIGKILL); starting it again in 0.5 s\n"
    assert one.end()[0] == 0
    assert one.pids() == []


def test_nothing_outlives_a_launcher_that_was_killed(house):
    one = house()
    one.wait_until_ready()
    pids = one.pids()
    assert len(pids) > 4

    watches = [os.pidfd_open(pid) for pid in pids]
    one.process.kill()

    for watch in watches:
        wait_for(watch)
    assert one.pids() == []


def test_a_port_in_use_is_named_with_its_cure(house):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        one = house(PORT=port)
        _, err = one.process.communicate()

    assert one.process.returncode == 1
    assert err == (
        f"olgfeast: the web server cannot have port {port} of 127.0.0.1 (Address already in use): "
        "end what uses it, or PORT=8001 make run\n"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT='eighty': write a number from 1 to 65535, such as 8000"),
        ({"POLL_INTERVAL": "2s"}, "POLL_INTERVAL='2s': write a number of seconds above 0"),
        ({"REDIS_URL": "redis://127.0.0.1"}, "REDIS_URL is set and DATABASE_URL is not"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_one_sentence(house, changes, sentence):
    one = house(**changes)
    out, err = one.process.communicate()

    assert one.process.returncode == 1
    assert err.startswith(f"olgfeast: {sentence}")
    assert "Traceback" not in out + err
    assert one.pids() == []


def test_the_four_virtual_printers_of_the_demo_kitchen_are_part_of_it(monkeypatch):
    monkeypatch.delenv("VIRTUAL_PRINTERS", raising=False)

    crew = {child.name: child.ports for child in launch.planned_crew("127.0.0.1", 8000)}

    assert crew == {
        "web server": (8000,),
        "printer worker": (9100,),
        "virtual printers": (9101, 9102, 9103, 9104),
    }


@pytest.mark.parametrize(
    ("host", "names"), [("192.0.2.7", {"192.0.2.7"}), ("2001:db8::7", {"[2001:db8::7]"})]
)
def test_a_host_that_is_bound_may_also_be_asked_for(host, names):
    assert launch.names_of(host) == names
