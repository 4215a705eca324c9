"""A process that dies between any two statements leaves everything done, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from kitchen import changes, orders, tickets
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    Feed,
    KitchenTicket,
    KitchenTicketItem,
    KitchenTicketLog,
    Location,
    Order,
    Outbox,
    PrintJob,
    RequestKey,
)
from tests.kitchen.conftest import House

TABLES = [
    Order,
    KitchenTicket,
    KitchenTicketItem,
    KitchenTicketLog,
    PrintJob,
    Feed,
    Outbox,
    RequestKey,
    Location,
]
Begin = Callable[[House, Callable[..., Any]], Callable[[], Any]]
ITEMS = [NewItem("Ribeye", 1, "grill"), NewItem("Ribeye", 1, "grill"), NewItem("Beer", 1, "bar")]
MANY = 60  # more statements than any of these needs


class Died(BaseException):
    """As unlike an error that somebody handles as can be."""


@contextmanager
def dying_at(number: int, *, after: bool) -> Iterator[list[str]]:
    """Die at the n-th statement, before it reaches the database or right after it."""
    statements: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        dies = len(statements) == number
        if dies and not after:
            raise Died
        result = execute(sql, params, many, context)
        if dies:
            raise Died
        return result

    with connection.execute_wrapper(wrapper):
        yield statements


def _everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def _here(house: House) -> dict[str, Any]:
    return {"location_id": house.id, "actor": "pos:till"}


def _order(act: Callable[..., Any], status: str = "pending", *args: Any, **values: Any) -> Begin:
    """An act on an order of its own, whose ticket is in `status`."""

    def begin(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
        number = open_ticket(status, station="bar", items=2).order_id
        return lambda: act(number, *args, **_here(house), **values)

    return begin


def _ticket(act: Callable[..., Any], *args: Any, station: str = "grill") -> Begin:
    def begin(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
        number = open_ticket(station=station, items=2).id
        return lambda: act(number, *args, **_here(house))

    return begin


def _place(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    new = NewOrder(ITEMS, external_id="T1")
    who = {"actor": "pos:till", "owner": "pos:1", "key": "k1"}
    return lambda: orders.place(house.location, new, **who)


def _round(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    number = open_ticket("complete").order_id
    who = {"actor": "pos:till", "owner": "pos:1", "key": "k1"}
    return lambda: orders.add_round(number, ITEMS, location=house.location, **who)


def _void_item(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    ticket = open_ticket(station="bar")
    item = ticket.items.get().id
    return lambda: orders.void_item(ticket.order_id, item, reason="no", **_here(house))


def _item_bump(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    ticket = open_ticket()
    item = ticket.items.get().id
    return lambda: tickets.move_item(ticket.id, item, "item_bump", **_here(house))


def _acknowledge(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    ticket = open_ticket("void")
    return lambda: tickets.move(ticket.id, "acknowledge", **_here(house))


def _retell(house: House, open_ticket: Callable[..., Any]) -> Callable[[], Any]:
    ticket = open_ticket()
    return lambda: changes.retell(ticket.order_id, location_id=house.id, ticket_id=ticket.id)


# Every way in which the kitchen changes something.
ACTS: dict[str, Begin] = {
    "place": _place,
    "add_round": _round,
    "void": _order(orders.void, reason="gone"),
    "void_item": _void_item,
    "change": _order(orders.change, "ready", {"table": "7", "priority": "vip"}),
    "reprint": _ticket(orders.reprint, station="bar"),
    "bump": _ticket(tickets.move, "bump"),
    "rush": _ticket(tickets.move, "rush"),
    "move_item": _item_bump,
    "move_order": _order(tickets.move_order, "pending", "ready"),
    "fire": _order(tickets.fire, "held"),
    "acknowledge": _acknowledge,
    "retell": _retell,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ACTS)
def test_death_at_any_statement_leaves_nothing_half_done(
    house: House, open_ticket: Callable[..., Any], name: str, after: bool
) -> None:
    act = ACTS[name](house, open_ticket)
    whole = _everything()

    for number in range(1, MANY):
        with dying_at(number, after=after) as statements:
            try:
                act()
            except Died:
                assert _everything() == whole, statements[-1]
            else:
                break

    assert number == len(statements) + 1 < MANY
    assert _everything() != whole


def test_no_way_to_change_something_is_forgotten() -> None:
    """Whatever is decorated as one transaction is tried above."""
    written = {
        name
        for module in (orders, tickets, changes)
        for name, function in vars(module).items()
        if hasattr(function, "__wrapped__") and function.__module__ == module.__name__
    }

    assert written - {"move"} <= set(ACTS)
