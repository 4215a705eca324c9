"""Where everything stands on a chit: slip -> lines with their sizes. Says nothing of bytes.

Made for a cook two metres away: what is different about this chit first, then number and table,
then the items, large; what must not be missed (allergens, VOID) in inverse print between signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kitchen.printing.slip import Paper, Slip, SlipItem

ORDER_TYPES = {"dine_in": "DINE IN", "takeout": "TAKEOUT", "delivery": "DELIVERY"}
PRIORITIES = {"rush": "RUSH", "vip": "VIP"}


@dataclass(frozen=True)
class Line:
    """One line before it is broken; `hang` is the indent of the lines it breaks into."""

    text: str
    wide: int = 1
    high: int = 1
    bold: bool = False
    invert: bool = False
    align: str = "left"
    indent: int = 0
    hang: int = 0


def lines(slip: Slip, paper: Paper) -> Iterator[Line]:
    """Yield all that stands on the chit, from the top."""
    for mark in marks(slip):
        yield Line(mark, wide=2, high=2, bold=True, invert=True, align="center")
    yield from _head(slip, paper)
    yield Line("-" * paper.columns)
    yield from _items(slip, paper)
    if slip.notes.strip():
        yield Line("-" * paper.columns)
        for note in slip.notes.splitlines():
            yield Line(f"NOTE: {note}", high=2, bold=True, hang=6)
    yield Line("-" * paper.columns)
    yield from _spread(f"Chit {slip.chit}", slip.printed, paper)


def marks(slip: Slip) -> list[str]:
    """Return what sets this chit apart from an ordinary one."""
    found = [
        "TEST PRINT" if slip.kind == "test" else "",
        "VOID" if slip.kind == "void" else "",
        "POSSIBLE COPY" if slip.possible_copy else "",
        "REPRINT" if slip.kind == "reprint" else "",
        f"IN PLACE OF {slip.place_of.upper()}" if slip.place_of else "",
        PRIORITIES.get(slip.priority, ""),
        f"ROUND {slip.round} - ADDED" if slip.round > 1 or slip.kind == "added" else "",
    ]
    return [mark for mark in found if mark]


def _head(slip: Slip, paper: Paper) -> Iterator[Line]:
    order_type = ORDER_TYPES.get(slip.order_type, slip.order_type)
    yield from _spread(slip.station, order_type, paper, high=2, bold=True)
    if slip.number:
        size = 3 if paper.graphic and len(slip.number) * 3 <= paper.columns else 2
        yield Line(slip.number, wide=size, high=size, bold=True, align="center")
    if slip.table:
        yield Line(f"TABLE {slip.table}", wide=2, high=2, bold=True, align="center")
    if slip.customer_name:
        yield Line(slip.customer_name, wide=2, high=2, bold=True, align="center")
    served = f"Server {slip.server}" if slip.server else ""
    guests = f"Guests {slip.guests}" if slip.guests else ""
    yield from _spread(f"Ordered {slip.placed}" if slip.placed else "", guests, paper)
    yield from _spread(served, f"For {slip.promised}" if slip.promised else "", paper, bold=True)


def _spread(
    left: str, right: str, paper: Paper, *, high: int = 1, bold: bool = False
) -> Iterator[Line]:
    """Put two words at the two ends of one line, or on two lines if they do not fit."""
    free = paper.columns - len(left) - len(right)
    if left and right and free > 0 and (left + right).isascii():
        yield Line(left + " " * free + right, high=high, bold=bold)
        return
    for text in filter(None, (left, right)):
        yield Line(text, high=high, bold=bold)


def _items(slip: Slip, paper: Paper) -> Iterator[Line]:
    courses = {item.course for item in slip.items}
    last: int | None = None
    for item in sorted(slip.items, key=lambda item: item.course or 0):
        if item.course is not None and item.course != last:
            yield Line(f"COURSE {item.course}", high=2, bold=True, align="center")
        if item.course is None and len(courses) > 1 and last is not None:
            yield Line("")
        last = item.course
        yield from _item(item, paper, void=item.void or slip.kind == "void")


def _item(item: SlipItem, paper: Paper, *, void: bool) -> Iterator[Line]:
    count = f"{item.quantity} x "
    seat = f" (seat {item.seat})" if item.seat is not None else ""
    wide = 2 if paper.columns >= 40 else 1
    text = ("VOID " if void else "") + count + item.name
    yield Line(text, wide=wide, high=2, bold=True, invert=void, hang=len(count))
    if seat:
        yield Line(seat.strip(" ()"), indent=4)
    for modifier in item.modifiers:
        depth = min(len(modifier) - len(modifier.lstrip()), 8) // 2
        yield Line(f"- {modifier.strip()}", high=2, indent=4 + 2 * depth, hang=2)
    for note in item.notes.splitlines():
        yield Line(f"* {note}", high=2, bold=True, indent=4, hang=2)
    if item.allergens:
        told = f"!! ALLERGENS: {', '.join(item.allergens).upper()} !!"
        yield Line(told, high=2, bold=True, invert=True, indent=0, hang=3)
    if item.void_reason:
        yield Line(f"Reason: {item.void_reason}", high=2, indent=4, hang=2)
