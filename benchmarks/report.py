"""The report: results as text, for people and for the repository."""

from collections.abc import Iterable, Sequence

from benchmarks.figures import Result, better_by, median, written

HEAD = "| what | olgFeast | baseline | ratio | budget | met? |\n|---|---|---|---|---|---|"
QUIET_SHARE = 0.2
MET = {True: "yes", False: "**no**", None: ""}
INTRODUCTION = """\
# What was measured

Written by `make bench` (`python -m benchmarks`), which measures the product and its baseline in
turns on the same machine, engines and load generator included, everything on the loopback and
PostgreSQL durable as `make run` has it. Figures are the median of the repetitions; the ratio says
how many times as good as the baseline the product is. For screens the baseline is a kitchen display
as Django Channels applications are usually written (`baselines/stock/`), for paper a print loop
that polls every 2 s (`baselines/poll_printing.py`). "never" stands for a change that did not reach
every screen, or a chit that did not come.
"""


def page(results: Sequence[Result], machine: str) -> str:
    """Return the whole report."""
    parts = [INTRODUCTION, f"{machine}, {_period(results)}.\n", table(results) + "\n"]
    if missed := shortfalls(results):
        parts.append("## What misses its budget\n")
        parts.append("\n".join(missed) + "\n")
    elif results:
        parts.append("Every budget is met.\n")
    if notes := [note for result in results for note in _notes(result)]:
        parts.append("## Notes\n")
        parts.append("\n".join(notes) + "\n")
    return "\n".join(parts)


def table(results: Iterable[Result]) -> str:
    return "\n".join([HEAD, *map(line, results)])


def line(result: Result) -> str:
    row = result.row
    cells = [
        result.what,
        _figure(result.product, row.digits) or "not measured",
        _figure(result.baseline, row.digits),
        better_by(result),
        row.budget,
        MET[result.met],
    ]
    return "| " + " | ".join(cells) + " |"


def shortfalls(results: Iterable[Result]) -> list[str]:
    """Return a line for each budget that is missed, with what every repetition came to."""
    return [
        f"- {result.what}: {_each(result)} where the budget is {result.row.budget}."
        for result in results
        if result.met is False
    ]


def _notes(result: Result) -> Iterable[str]:
    if result.note:
        yield f"- {result.what}: {result.note}"
    if result.busy > QUIET_SHARE:
        yield (
            f"- {result.what}: just before, other work took {result.busy:.0%} of the machine;"
            " alone it would have been faster."
        )


def _each(result: Result) -> str:
    return ", ".join(written(figure, result.row.digits) for figure in result.product)


def _figure(figures: Sequence[tuple[float, ...]], digits: int) -> str:
    return written(median(figures), digits) if figures else ""


def _period(results: Iterable[Result]) -> str:
    """Return when all this was measured, in one run or in several."""
    moments = sorted(result.at for result in results)
    if not moments:
        return "nothing measured yet"
    first, last = moments[0], moments[-1]
    return f"between {first} and {last} UTC" if first != last else f"at {first} UTC"
