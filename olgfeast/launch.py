"""`make run`: everything a kitchen needs on one machine, started, watched and stopped together."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from olgfeast import crew, embedded
from olgfeast.crew import Child
from olgfeast.runner import dies_with_parent

PRINTERS = (("bar", 9101), ("bakery", 9102), ("grill", 9103), ("spare", 9104))
READY_SECONDS = 90.0
FAILURES_BEFORE_READY = 3
# A signal that comes in the instant before a wait begins does not end that wait: so none is long.
LOOK_SECONDS = 0.5
LOCAL = {"127.0.0.1", "localhost", "::1"}

# Wakes the watch: a child ended, or the engines' keeper did.
_news: "queue.SimpleQueue[str]" = queue.SimpleQueue()


class NotStarted(Exception):
    """Why it cannot start, in one sentence with the cure."""


class ToldToStop(Exception):
    """Ctrl-C or SIGTERM."""


def main() -> None:
    children: list[Child] = []
    _hear_signals(children)
    home = embedded.default_home()
    try:
        _run(home, children)
    except ToldToStop:
        pass
    except (NotStarted, embedded.EngineFailed) as failure:
        sys.exit(f"olgfeast: {failure}")
    finally:
        crew.stop(children)
        embedded.leave(home)


def _hear_signals(children: list[Child]) -> None:
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        if len(told) == 1:
            raise ToldToStop
        # Told twice: whoever waits has lost patience.
        crew.kill(children)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: _news.put("child"))
    ask = dies_with_parent(signal.SIGTERM)
    if "MAKELEVEL" in os.environ and ask:
        ask()


def _run(home: Path, children: list[Child]) -> None:
    host, port = _address()
    planned = planned_crew(host, port)
    for child in planned:
        _check_ports(child, host if child.path == "/ready" else "127.0.0.1")
    _set_environment(home, host)
    if embedded.wanted():
        _start_engines(home)
    path = _prepare()
    for child in planned:
        # One after the other only where it matters: the worker would report printers missing.
        if child.after:
            _wait_until_ready(child.after, children, host)
        child.start()
        children.append(child)
    for child in planned:
        _wait_until_ready(child, children, host)
    address = f"http://{_written(host)}:{port}"
    print(f"ready {address}/ sign-in {address}{path}", flush=True)
    _watch(home, children)


def _address() -> tuple[str, int]:
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    return host, _port("PORT", 8000)


def _port(name: str, default: int) -> int:
    written = os.environ.get(name, "").strip() or str(default)
    if not written.isdecimal() or not 0 < int(written) < 65536:
        raise NotStarted(f"{name}={written!r}: write a number from 1 to 65535, such as {default}")
    return int(written)


def planned_crew(host: str, port: int) -> list[Child]:
    address = ["--host", host, "--port", str(port)]
    web = Child("web server", ["-m", "olgfeast.web", *address], (port,), "/ready")
    web.cure = "PORT=8001 make run"
    health = _port("HEALTH_CHECK_PORT", 9100)
    worker = Child("printer worker", ["manage.py", "printer_worker"], (health,), "/health")
    worker.cure = "HEALTH_CHECK_PORT=9200 make run"
    if os.environ.get("VIRTUAL_PRINTERS", "").strip() == "0":
        return [web, worker]
    worker.after = _virtual_printers()
    return [worker.after, web, worker]


def _virtual_printers() -> Child:
    options = [part for name, port in PRINTERS for part in ("--port", str(port), "--name", name)]
    ports = tuple(port for _, port in PRINTERS)
    cure = "VIRTUAL_PRINTERS=0 make run, if that is a printer of your own"
    return Child("virtual printers", ["manage.py", "virtual_printer", *options], ports, cure=cure)


def _check_ports(child: Child, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in child.ports:
        with socket.socket(family) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((host, port))
            except OSError as error:
                raise NotStarted(
                    f"the {child.name} cannot have port {port} of {host} "
                    f"({os.strerror(error.errno or 0)}): end what uses it, or {child.cure}"
                ) from None


def _set_environment(home: Path, host: str) -> None:
    """What the children get beyond what this process was given."""
    os.environ["LOG_LEVEL"] = os.environ.get("LOG_LEVEL") or "WARNING"
    if not any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE")):
        embedded.secret_key(home, create=True)
    if not os.environ.get("ALLOWED_HOSTS") and host not in LOCAL:
        names = {"127.0.0.1", "localhost", "[::1]", *names_of(host)}
        os.environ["ALLOWED_HOSTS"] = ",".join(sorted(names))


def names_of(host: str) -> set[str]:
    """Under which names other machines reach this one."""
    if host not in ("0.0.0.0", "::"):
        return {_written(host)}
    name = socket.gethostname().lower()
    names = {name, f"{name}.local"}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        # Nothing is sent: it only asks which own address a packet would leave from.
        way.connect(("192.0.2.1", 9))
        names.add(way.getsockname()[0])
    return names


def _written(host: str) -> str:
    """As it stands in an address that a browser on this machine can open."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def _start_engines(home: Path) -> None:
    began = time.monotonic()
    embedded.use(home)
    print(f"engines up in {time.monotonic() - began:.1f} s", flush=True)
    threading.Thread(target=_watch_keeper, args=(home,), daemon=True).start()


def _watch_keeper(home: Path) -> None:
    while True:
        embedded.wait_for_keeper_end(home)
        _news.put("keeper")
        # The watch starts another; until then there is none to wait for.
        time.sleep(5)


def _prepare() -> str:
    """Tables, static files, demo kitchen; gives the path of the sign-in link."""
    process = subprocess.Popen(
        [sys.executable, "-m", "olgfeast.prepare"],
        cwd=embedded.CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    path = ""
    try:
        for line in process.stdout or ():
            if line.startswith("sign-in "):
                path = line.removeprefix("sign-in ").strip()
            else:
                print(line, end="", flush=True)
        if process.wait():
            raise NotStarted("not started, for the reason above")
    finally:
        process.kill()
        process.wait()
    return path


def _wait_until_ready(child: Child, children: list[Child], host: str) -> None:
    until = time.monotonic() + READY_SECONDS
    # The web server is asked where it listens, the others on this machine.
    where = _written(host).strip("[]") if child.path == "/ready" else "127.0.0.1"
    while not (child.running() and child.answers(where)):
        crew.see_to(children)
        failed = [one for one in children if one.failures >= FAILURES_BEFORE_READY]
        if failed or time.monotonic() > until:
            name = (failed or [child])[0].name
            raise NotStarted(f"the {name} did not start: see the lines above")
        time.sleep(0.05)


def _watch(home: Path, children: list[Child]) -> None:
    while True:
        due = crew.next_start(children)
        wait = LOOK_SECONDS if due is None else min(due, LOOK_SECONDS)
        with contextlib.suppress(queue.Empty):
            if _news.get(timeout=wait) == "keeper":
                crew.warn("the engines' keeper ended; starting it again")
                embedded.rejoin(home)
        crew.see_to(children)


if __name__ == "__main__":
    main()
