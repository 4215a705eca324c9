"""Reading, old data, and starting."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, percentile
from benchmarks.world import free_port
from olgfeast.embedded import CHECKOUT

CLIENTS = 8
FEW = 1_000
START_SECONDS = 180.0


def unchanged_snapshots(bench: Bench, name: str) -> Figure:
    """The product answers 304; the usual design knows nothing like it and answers whole."""
    bench.board(name, 20)
    subject = bench.face(name)
    etag = ""
    if name == "product":
        _, body = bench.clients.ask("call", method="GET", path=subject.feed_path)
        etag = str(json.loads(body)["rev"])
    found = bench.clients.ask(
        "gets", path=subject.feed_path, etag=etag, clients=CLIENTS, seconds=bench.scale.seconds
    )
    wanted = {"304"} if name == "product" else {"200"}
    if set(found["statuses"]) != wanted:
        raise RuntimeError(f"a snapshot of {name} was answered with {found['statuses']}")
    return (found["rate"],)


def bump_beside_old_tickets(bench: Bench, name: str) -> Figure:
    """How much longer a bump takes with many old tickets than with few: p50, and the two."""
    bench.subject(name)
    bench.house.ask("old_tickets", count=min(FEW, bench.scale.old_tickets))
    few = _bump_ms(bench)
    bench.house.ask("old_tickets", count=bench.scale.old_tickets, patience=900)
    many = _bump_ms(bench)
    return many / few, many, few


def _bump_ms(bench: Bench) -> float:
    cards = bench.board("product", 50)
    bench.face("product")
    bench.clients.ask("moves", cards=cards, clients=1, seconds=bench.scale.seconds / 10)
    taps = bench.clients.ask("moves", cards=cards, clients=1, seconds=bench.scale.seconds)
    return percentile([(done - due) / 1e6 for _, due, done, _ in taps], 0.5)


def second_start(bench: Bench, name: str) -> Figure:
    """`make run` without the installer: seconds to its "ready" line, second and first time."""
    home = bench.world.home / "run"
    times = [_start(home, bench.world.env) for _ in range(2)]
    return times[1], times[0]


def _start(home: Path, env: dict[str, str]) -> float:
    own = {"VAR_DIR": str(home), "PORT": str(free_port()), "HEALTH_CHECK_PORT": str(free_port())}
    plain = {k: v for k, v in env.items() if k in ("PATH", "HOME", "LANG")}
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "olgfeast.launch"],
        cwd=CHECKOUT,
        env={**plain, **own, "VIRTUAL_PRINTERS": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as house:
        assert house.stdout
        said = []
        try:
            for line in house.stdout:
                said.append(line)
                if line.startswith("ready "):
                    return time.monotonic() - began
        finally:
            os.kill(house.pid, signal.SIGTERM)
            house.wait(START_SECONDS)
    raise RuntimeError("make run did not start:\n" + "".join(said))


ROWS = [
    Row(
        "unchanged",
        "snapshot unchanged (304), per second; the baseline has no such answer and sends all",
        unchanged_snapshots,
        budget=">= 800",
        wanted=(800.0,),
        more_is_better=True,
        digits=0,
    ),
    Row(
        "old",
        "a bump with {old_tickets:,} old tickets: times as long as with 1,000 / ms / ms with 1,000",
        bump_beside_old_tickets,
        baseline="",
        budget="<= 1.2x",
        wanted=(1.2,),
        digits=2,
        once=True,
    ),
    Row(
        "start",
        "second start of `make run`, s (and the first, without the installer)",
        second_start,
        baseline="",
        budget="<= 5",
        wanted=(5.0,),
        once=True,
    ),
]
