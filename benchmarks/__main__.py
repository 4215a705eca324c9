"""The performance table: python -m benchmarks [--quick] [--rows NAME ...] [--old COUNT].

The whole takes about a quarter of an hour. What was measured replaces what benchmarks/RESULTS.md
said of these rows; `idle` leaves screens alone and tells what became of them.
"""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import records, report, table
from benchmarks.bench import QUICK, TINY, Bench, Scale
from benchmarks.figures import Result, Row
from benchmarks.world import CORES, open_world

HERE = Path(__file__).resolve().parent
SMALLER = {"quick": QUICK, "tiny": TINY}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    rows = table.IDLE_ROWS if asked.command == "idle" else _rows(asked.rows)
    results = []
    with open_world() as world, Bench(world, _scale(asked)) as bench:
        for result in table.measure(bench, rows, say=lambda text: print(text, file=sys.stderr)):
            results.append(result)
            if folder := asked.folder or (None if asked.scale else HERE):
                _keep(result, folder)
    print(report.table(results))
    return int(any(result.failed for result in results))


def _keep(result: Result, folder: Path) -> None:
    """Put a row into the report at once, so that a run which is broken off is not for nothing."""
    file = folder / "results.json"
    known = {**records.read(file, table.ALL), result.row.name: result}
    in_order = [known[name] for name in table.ALL if name in known]
    records.write(file, in_order)
    (folder / "RESULTS.md").write_text(report.page(in_order, _machine()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    size = parser.add_mutually_exclusive_group()
    for name in SMALLER:
        size.add_argument(f"--{name}", dest="scale", action="store_const", const=name)
    names = ", ".join(table.ALL)
    parser.add_argument("--rows", nargs="+", metavar="NAME", help=f"only these: {names}")
    parser.add_argument("--old", type=int, metavar="COUNT", help="old tickets in the database")
    parser.add_argument(
        "--folder", type=Path, help="where the report goes; a smaller run leaves it alone"
    )
    idle = parser.add_subparsers(dest="command").add_parser("idle", help="leave screens alone")
    idle.add_argument("--minutes", type=float, default=10.0)
    idle.add_argument("--screens", type=int, default=100)
    return parser


def _rows(names: Sequence[str] | None) -> list[Row]:
    if not names:
        return list(table.ROWS)
    if unknown := sorted(set(names) - set(table.ALL)):
        sys.exit(f"no such row: {', '.join(unknown)}")
    return [row for name, row in table.ALL.items() if name in names]


def _scale(asked: argparse.Namespace) -> Scale:
    scale = SMALLER.get(asked.scale, Scale())
    if asked.old:
        scale = replace(scale, old_tickets=asked.old)
    if asked.command == "idle":
        scale = replace(scale, idle_minutes=asked.minutes, idle_screens=asked.screens)
    return scale


def _machine() -> str:
    cores = min(CORES, len(os.sched_getaffinity(0)))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores} cores ({_processor()}), {platform.system()} {platform.machine()}, {python}"


def _processor() -> str:
    """Return what the system calls its processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
