"""Plays a script: places each order when it is due, and counts what became of it."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kitchen import orders
from kitchen.errors import KeyReused, Refused
from kitchen.intake import NewItem, NewOrder
from kitchen.models import Location
from kitchen.rehearsal import timing
from kitchen.rehearsal.script import Sheet
from kitchen.rehearsal.stations import Way

ACTOR = "pos:rehearsal"

Ways = Mapping[tuple[str, str], Way]


@dataclass
class Tally:
    """What has been played so far."""

    orders: int = 0
    tickets: int = 0
    items: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    lags: list[float] = field(default_factory=list)  # seconds that each order came late

    @property
    def played(self) -> int:
        """How many orders had their turn, also those that the kitchen refused."""
        return len(self.lags)

    @property
    def usual_lag(self) -> float:
        """The median of the lags, in seconds."""
        return statistics.median(self.lags or [0.0])


@dataclass(frozen=True)
class Clock:
    """Time as a rehearsal sees it."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


def play(
    location: Location,
    sheets: Sequence[Sheet],
    ways: Ways,
    *,
    speed: float,
    prefix: str,
    clock: Clock,
    tally: Tally,
    told: Callable[[Tally], None],
) -> None:
    """Place the orders in their rhythm; `tally` is right at any moment, also when interrupted."""
    began = clock.now()
    due_times = timing.offsets(sheets, speed=speed)
    for sheet, due in zip(sheets, due_times, strict=True):
        early = began + due - clock.now()
        if early > 0:
            clock.wait(early)
        tally.lags.append(max(0.0, clock.now() - began - due))
        _place(location, new_order(sheet, ways, prefix), tally)
        told(tally)


def new_order(sheet: Sheet, ways: Ways, prefix: str) -> NewOrder:
    """Return an order of the file as a POS would send it."""
    return NewOrder(
        external_id=f"{prefix}{sheet.number}"[:100],
        order_type=sheet.order_type,
        table=sheet.table,
        items=[
            NewItem(
                name=line.name,
                quantity=line.quantity,
                station_code=ways[line.name, line.category].station,
                menu_item=ways[line.name, line.category].menu_item,
                modifiers=line.modifiers,
                unit_price=line.unit_price,
            )
            for line in sheet.lines
        ],
    )


def _place(location: Location, new: NewOrder, tally: Tally) -> None:
    try:
        placed = orders.place(location, new, actor=ACTOR)
    except KeyReused:
        tally.left_out["order placed before with other content: choose another --prefix"] += 1
        return
    except Refused as refusal:
        tally.left_out[f"order refused: {refusal}"] += 1
        return
    if not placed.created:
        tally.left_out["order placed before: choose another --prefix"] += 1
        return
    tally.orders += 1
    tally.tickets += len(placed.answer["tickets"])
    tally.items += sum(len(ticket["items"]) for ticket in placed.answer["tickets"])
