"""Doing the rows: the product and its baseline in turns, so that both see the same machine."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from benchmarks import report, world
from benchmarks.bench import Bench, Scale
from benchmarks.figures import NotMeasured, Result, Row
from benchmarks.rows import glass, house, idle, live, printing

# The old tickets come last: they stay, and nobody else's figures are to suffer from them.
ROWS = [*live.ROWS, *printing.ROWS, *glass.ROWS, *house.ROWS]
IDLE_ROWS = idle.ROWS
ALL = {row.name: row for row in (*ROWS, *IDLE_ROWS)}
Say = Callable[[str], None]


def measure(bench: Bench, rows: Iterable[Row], say: Say) -> Iterator[Result]:
    """Do these rows; one that fails is told of and does not hold up the others."""
    for row in rows:
        yield _measured(bench, row, say)


def described(row: Row, scale: Scale) -> str:
    return row.what.format(**asdict(scale))


def _measured(bench: Bench, row: Row, say: Say) -> Result:
    result = Result(row, described(row, bench.scale), datetime.now(UTC).strftime("%Y-%m-%d %H:%M"))
    began = time.monotonic()
    result.busy = world.busy_share(min(1.0, bench.scale.seconds))
    try:
        for _ in range(1 if row.once else bench.scale.repetitions):
            result.product.append(row.measure(bench, "product"))
            if row.baseline:
                result.baseline.append(row.measure(bench, "stock"))
    except NotMeasured as reason:
        result.note = str(reason)
    except Exception as error:
        say(traceback.format_exc())
        result.note = f"failed: {error}".splitlines()[0]
        result.failed = True
        bench.clear_up()
    say(f"{row.name}: {report.line(result)} in {time.monotonic() - began:.1f} s")
    return result
