"""Screens in a quiet hour: whether they stay connected, and what they cost. Asked for by name."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Measure, Row
from benchmarks.peers import Peer
from benchmarks.subjects import Stock
from benchmarks.world import Server

BANNER_SECONDS = 5.0  # without a beat, until a screen says that it is not live
# What newer versions of redis-py have where nobody says otherwise.
STOCK_TIMEOUT = "5"


@dataclass
class Watch:
    """The screens of one program, and its server as it was when they had been opened."""

    screens: Peer
    server: Server
    cpu: float
    memory: int

    def over(self, seconds: float) -> dict[str, Any]:
        """Return what became of them."""
        beats, closed = self.screens.ask("beats"), self.screens.ask("closed")
        cpu = 100 * (self.server.cpu_seconds() - self.cpu) / seconds
        memory = self.server.memory_kib()
        grown = (memory - self.memory) / 1024
        self.screens.close()
        return {**beats, "cut": len(closed), "cpu": cpu, "memory": memory / 1024, "grown": grown}


def _outcome(bench: Bench) -> dict[str, dict[str, Any]]:
    """Leave screens of both programs alone for the same time, once in a run."""
    if not bench.idle:
        seconds = bench.scale.idle_minutes * 60
        watches = {name: _watch(bench, name) for name in ("product", "stock")}
        time.sleep(seconds)
        bench.idle = {name: watch.over(seconds) for name, watch in watches.items()}
    return bench.idle


def _watch(bench: Bench, name: str) -> Watch:
    bench.board(name, 1)
    if name == "product":
        server, values = bench.server(name), asdict(bench.subject(name, form="html"))
    else:
        server, port = bench.world.stock_server(STOCK_SOCKET_TIMEOUT=STOCK_TIMEOUT)
        values = asdict(Stock(port))
    screens = bench.peer("benchmarks.screens")
    count = bench.scale.idle_screens
    opened = screens.ask("open", name=name, values=values, count=count, patience=150)
    if opened["missing"]:
        raise RuntimeError(f"{opened['missing']} screens of {name} got no snapshot")
    time.sleep(bench.scale.settle_seconds / 3)
    return Watch(screens, server, server.cpu_seconds(), server.memory_kib())


def _figure(*names: str) -> Callable[[Bench, str], Figure]:
    def measure(bench: Bench, name: str) -> Figure:
        outcome = _outcome(bench)[name]
        return tuple(float(outcome[each]) for each in names)

    return measure


def _row(name: str, what: str, measure: Measure, **values: Any) -> Row:
    return Row(name, what, measure, once=True, **values)


SCREENS = "{idle_screens} idle screens"
ROWS = [
    _row(
        "idle",
        SCREENS + " cut in {idle_minutes:g} minutes",
        _figure("cut"),
        budget="0",
        wanted=(0.0,),
        digits=0,
    ),
    _row(
        "beats",
        "beats in {idle_minutes:g} minutes at each of "
        + SCREENS
        + ", one every 2 s: fewest / most",
        _figure("fewest", "most"),
        baseline="",
        digits=0,
    ),
    _row(
        "silence",
        "longest time that any of " + SCREENS + " went without a beat, s",
        _figure("silence"),
        baseline="",
        budget="< 5",
        wanted=(BANNER_SECONDS,),
    ),
    _row(
        "idlecpu",
        "web server's CPU with " + SCREENS + ", % of a core",
        _figure("cpu"),
        baseline="",
    ),
    _row(
        "idlememory",
        "web server's memory with " + SCREENS + " after {idle_minutes:g} minutes, MiB, and growth",
        _figure("memory", "grown"),
        baseline="",
    ),
]
