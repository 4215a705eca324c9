"""The rhythm of a rehearsal: when each order is due, in the file's time and in ours."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from kitchen.rehearsal.script import Script, Sheet, Unreadable

# A made-up day: a lunch and a dinner with their rushes, and a few guests at any hour.
OPENS, CLOSES = 11.0, 21.5
RUSHES = ((12.6, 0.6), (19.2, 0.9))
IN_A_RUSH = 0.8
ORDERS_A_DAY = 900
FIRST_DAY = datetime(2012, 7, 2, tzinfo=UTC)
# No night is waited through.
LONGEST_GAP = timedelta(hours=1)


def give_times(sheets: list[Sheet]) -> None:
    """Give orders without times a believable rhythm, the same one each time."""
    dice = random.Random(900)
    for day, begin in enumerate(range(0, len(sheets), ORDERS_A_DAY)):
        todays = sheets[begin : begin + ORDERS_A_DAY]
        hours = sorted(_hour(dice) for _ in todays)
        for sheet, hour in zip(todays, hours, strict=True):
            sheet.at = FIRST_DAY + timedelta(days=day, hours=hour)


def between(script: Script, first: date | None, days: int | None) -> Script:
    """Return the script of these days only; Unreadable if it has none of them."""
    sheets = script.sheets
    if not sheets:
        raise Unreadable("The file holds no order that could be placed.")
    start = first or sheets[0].at.date()
    end = start + timedelta(days=days) if days else date.max
    wanted = [sheet for sheet in sheets if start <= sheet.at.date() < end]
    if not wanted:
        raise Unreadable(
            f"The file has no order on these days: it goes from {sheets[0].at:%Y-%m-%d}"
            f" to {sheets[-1].at:%Y-%m-%d}."
        )
    left_out = [
        entry for entry in script.left_out if not entry.at or start <= entry.at.date() < end
    ]
    return replace(script, sheets=wanted, left_out=left_out)


def first_ones(script: Script, limit: int | None) -> Script:
    """Return the script up to so many orders; None: all of it."""
    sheets = script.sheets[:limit]
    last = sheets[-1].at
    left_out = [entry for entry in script.left_out if not entry.at or entry.at <= last]
    return replace(script, sheets=sheets, left_out=left_out if limit else script.left_out)


def offsets(sheets: Iterable[Sheet], *, speed: float) -> Iterator[float]:
    """Yield for each order how many seconds after the first it is due, at this speed."""
    before, elapsed = None, timedelta()
    for sheet in sheets:
        if before is not None:
            elapsed += min(sheet.at - before, LONGEST_GAP)
        before = sheet.at
        yield elapsed.total_seconds() / speed


def _hour(dice: random.Random) -> float:
    if dice.random() > IN_A_RUSH:
        return dice.uniform(OPENS, CLOSES)
    middle, width = dice.choice(RUSHES)
    return min(max(dice.gauss(middle, width), OPENS), CLOSES)
