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
that polls every 2 s (`baselines/poll_printing.py`). In the row of the idle screens the baseline has
the read timeout of 5 s that redis-py 8 brings along. "never" stands for a change that did not reach
every screen, or a chit that did not come. A change counts as delivered only if each screen got it
as an event; where the relay is late, olgFeast's screens get a snapshot instead, which is right but
not counted.
"""


def page(results: Sequence[Result], machine: str) -> str:
    """Return the whole report."""
    parts = [INTRODUCTION, f"{machine}, {_period(results)}.\n", neighbours(results)]
    parts.append(table(results) + "\n")
    if missed := shortfalls(results):
        parts.append("## What misses its budget\n")
        parts.append("\n".join(missed) + "\n")
    elif results:
        parts.append("Every budget is met.\n")
    if notes := [f"- {result.what}: {result.note}" for result in results if result.note]:
        parts.append("## Notes\n")
        parts.append("\n".join(notes) + "\n")
    return "\n".join(part for part in parts if part)


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


def neighbours(results: Sequence[Result]) -> str:
    """Return what is to be said of other work on the machine; "" if there was none to speak of."""
    shares = [result.busy for result in results if result.busy > QUIET_SHARE]
    if not shares:
        return ""
    return (
        f"**The machine was shared.** Just before {len(shares)} of these {len(results)} rows, other"
        f" work took {min(shares):.0%} to {max(shares):.0%} of it: alone, both sides are faster."
        " What was measured beside other work can be compared with its baseline, not with its"
        " budget.\n"
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
