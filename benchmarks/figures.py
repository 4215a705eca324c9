"""Figures: medians, percentiles, and how they are written."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.bench import Bench

Figure = tuple[float, ...]  # one number, or several written with slashes, such as p50 / p99
Measure = Callable[["Bench", str], Figure]


class NotMeasured(Exception):
    """Something that this row needs is not there; says what."""


@dataclass(frozen=True)
class Row:
    """One line of the table: how it is measured and what is wanted."""

    name: str
    what: str
    measure: Measure
    baseline: str = "stock"  # "stock", "poll", or "" where there is none to compare
    budget: str = ""
    wanted: Figure = ()
    more_is_better: bool = False
    digits: int = 1
    once: bool = False  # too long, or too plain, to be repeated
    # Where the budget is no plain limit for each number.
    keeps: Callable[[Figure], bool] | None = None


@dataclass
class Result:
    """What a row came to: each repetition's figure of the product and of its baseline."""

    row: Row
    what: str = ""  # the row's, with the numbers of this run's scale
    at: str = ""
    product: list[Figure] = field(default_factory=list)
    baseline: list[Figure] = field(default_factory=list)
    note: str = ""
    failed: bool = False
    busy: float = 0.0  # share of the machine that other work took just before

    @property
    def met(self) -> bool | None:
        """Whether the product keeps its budget; None if it has none or was not measured."""
        if not self.product or not (self.row.wanted or self.row.keeps):
            return None
        if self.row.keeps:
            return self.row.keeps(median(self.product))
        pairs = zip(median(self.product), self.row.wanted, strict=False)
        if self.row.more_is_better:
            return all(found >= wanted for found, wanted in pairs)
        return all(found <= wanted for found, wanted in pairs)


def median(figures: Sequence[Figure]) -> Figure:
    return tuple(statistics.median(column) for column in zip(*figures, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle_and_tail(values: Sequence[float]) -> Figure:
    """Return p50 and p99; infinite if there is nothing."""
    if not values:
        return (float("inf"), float("inf"))
    return percentile(values, 0.5), percentile(values, 0.99)


def written(figure: Figure, digits: int) -> str:
    return " / ".join(_number(value, digits) for value in figure)


def _number(value: float, digits: int) -> str:
    if value == float("inf"):
        return "never"
    return f"{value:,.0f}" if value >= 100 or not digits else f"{value:,.{digits}f}"


def better_by(result: Result) -> str:
    """Return by which factor the product is better than the baseline, each number by itself."""
    if not result.product or not result.baseline:
        return ""
    product, baseline = median(result.product), median(result.baseline)
    pairs = list(zip(product, baseline, strict=True))
    if result.row.more_is_better:
        pairs = [(theirs, ours) for ours, theirs in pairs]
    return " / ".join(_factor(ours, theirs) for ours, theirs in pairs)


def _factor(ours: float, theirs: float) -> str:
    if theirs == float("inf") or (not ours and theirs):
        return "∞"
    if not ours or not theirs:
        return "="
    return f"{theirs / ours:.1f}x" if theirs / ours < 10 else f"{theirs / ours:.0f}x"
