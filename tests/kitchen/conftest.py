"""A small house, and factories that bring orders and tickets to where a test begins."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from kitchen import boards, orders, tickets
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    Brand,
    KitchenTicket,
    KitchenTicketLog,
    Location,
    Outbox,
    PrinterRoute,
    Station,
    StationPrinter,
)

State = dict[str, Any]
WAYS: dict[str, list[str]] = {
    "held": ["hold"],
    "pending": [],
    "preparing": ["start"],
    "ready": ["bump"],
    "complete": ["bump", "complete"],
    "void": ["void"],
}


@dataclass(frozen=True)
class House:
    """One location: grill and fry with screens, a bar with only a printer."""

    location: Location
    stations: dict[str, Station]

    @property
    def id(self) -> int:
        return self.location.id

    def feed(self, kind: str, code: str = "") -> boards.FeedRef:
        return boards.find(kind, self.location, code)

    def feeds(self) -> list[boards.FeedRef]:
        """All that can be watched here."""
        stations = [self.feed("station", code) for code in self.stations]
        states = [self.feed("status", state) for state in ("pending", "preparing", "ready")]
        return [*stations, *states, self.feed("expo"), self.feed("guests")]


def build_house(code: str = "hq", zone: str = "UTC") -> House:
    location = Location.objects.create(code=code, name="HQ", timezone=zone)
    Brand.objects.create(location=location, code="main", name="Main")
    for position, (station, has_screen) in enumerate(
        [("grill", True), ("fry", True), ("bar", False)]
    ):
        Station.objects.create(
            location=location,
            code=station,
            name=station.title(),
            has_screen=has_screen,
            position=position,
        )
    stations = {station.code: station for station in Station.objects.filter(location=location)}
    printer = StationPrinter.objects.create(
        location=location, code="bar", name="Bar", host="127.0.0.1"
    )
    PrinterRoute.objects.create(station=stations["bar"], printer=printer)
    return House(location, stations)


@pytest.fixture
def house(db: None) -> House:
    return build_house()


@pytest.fixture
def place(house: House) -> Callable[..., State]:
    """Place an order with one item for each named station; return it whole."""

    def place(*stations: str, items: list[NewItem] | None = None, **values: Any) -> State:
        asked = items or [NewItem(f"Dish of {code}", 1, code) for code in stations or ("grill",)]
        new = NewOrder(asked, **values)
        placed = orders.place(house.location, new, actor="pos:till")
        return boards.order(placed.answer["id"])

    return place


@pytest.fixture
def open_ticket(house: House, place: Callable[..., State]) -> Callable[..., KitchenTicket]:
    """Place an order of `items` dishes for one station and bring its ticket to `status`."""

    def open_ticket(
        status: str = "pending", *, items: int = 1, station: str = "grill", **values: Any
    ) -> KitchenTicket:
        order = place(*[station] * items, **values)
        for action in WAYS[status]:
            if action == "void":
                orders.void(order["id"], location_id=house.id, actor="pos:till", reason="gone")
            else:
                tickets.move(
                    order["tickets"][0]["id"], action, location_id=house.id, actor="screen:a"
                )
        return KitchenTicket.objects.get(id=order["tickets"][0]["id"])

    return open_ticket


@pytest.fixture
def move(house: House) -> Callable[..., State]:
    """Do something to a ticket, as a cook does."""

    def move(ticket: KitchenTicket | int, action: str, **values: Any) -> State:
        number = ticket if isinstance(ticket, int) else ticket.id
        return tickets.move(number, action, location_id=house.id, actor="screen:a", **values)

    return move


@pytest.fixture
def move_item(house: House) -> Callable[..., State]:
    """Do something to the item of a ticket at this place (from 0)."""

    def move_item(ticket: KitchenTicket, place: int, action: str, **values: Any) -> State:
        item = ticket.items.order_by("position")[place]
        return tickets.move_item(
            ticket.id, item.id, action, location_id=house.id, actor="screen:a", **values
        )

    return move_item


@pytest.fixture
def log_of() -> Callable[..., list[KitchenTicketLog]]:
    """Return a ticket's log, oldest first."""

    def log_of(ticket: KitchenTicket | int) -> list[KitchenTicketLog]:
        number = ticket if isinstance(ticket, int) else ticket.id
        return list(KitchenTicketLog.objects.filter(ticket_id=number).order_by("id"))

    return log_of


@pytest.fixture
def told(db: None) -> Callable[[], dict[str, list[State]]]:
    """Return what the feeds were told since it was last asked: frames by feed."""
    seen = 0

    def told() -> dict[str, list[State]]:
        nonlocal seen
        frames: dict[str, list[State]] = {}
        for row in Outbox.objects.filter(id__gt=seen).order_by("id"):
            frames.setdefault(row.feed, []).append(row.frame)
            seen = row.id
        return frames

    return told


class Clock:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **units: float) -> datetime:
        self.now += timedelta(**units)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


AT_HAND = 6  # so many threads may each hold a connection before the start


@pytest.fixture
def at_once(transactional_db: None) -> Iterator[Callable[..., list[Any]]]:
    """Run functions in threads that all begin at the same moment; return what each gave.

    What one raises is its result. Each thread has a database connection of its own.
    """

    def at_once(*functions: Callable[[], Any]) -> list[Any]:
        ready = threading.Barrier(len(functions))
        results: list[Any] = [None] * len(functions)

        def run(place: int, function: Callable[[], Any]) -> None:
            try:
                if len(functions) <= AT_HAND:
                    connection.ensure_connection()
                ready.wait(timeout=30)
                results[place] = function()
            except Exception as error:
                results[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=entry) for entry in enumerate(functions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs: a deadlock?"
        return results

    yield at_once
    connections.close_all()
