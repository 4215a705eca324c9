"""Cancelled after it was sent: what the cook sees, what the printer owes, what stays."""

from collections.abc import Callable
from typing import Any

import pytest

from kitchen import boards, orders
from kitchen.errors import MoveRefused
from kitchen.models import KitchenTicket, PrintJob
from tests.kitchen.conftest import House

State = dict[str, Any]


@pytest.fixture
def void(house: House) -> Callable[..., State]:
    def void(order_id: int, reason: str = "left") -> State:
        return orders.void(order_id, location_id=house.id, actor="pos:till", reason=reason)

    return void


@pytest.fixture
def void_item(house: House) -> Callable[..., State]:
    """Void the item at this place (from 0) of a ticket."""

    def void_item(ticket: KitchenTicket, place: int = 0, reason: str = "spilt") -> State:
        item = ticket.items.order_by("position")[place].id
        return orders.void_item(
            ticket.order_id, item, location_id=house.id, actor="pos:till", reason=reason
        )

    return void_item


@pytest.mark.parametrize("state", ["held", "pending", "preparing", "ready"])
def test_void_order_is_void_whole(
    open_ticket: Callable[..., Any], void: Callable[..., State], state: str
) -> None:
    ticket = open_ticket(state, items=2)

    order = void(ticket.order_id)

    assert (order["status"], order["tickets"][0]["status"]) == ("void", "void")
    assert {item["status"] for item in order["tickets"][0]["items"]} == {"void"}
    assert {item["void_reason"] for item in order["tickets"][0]["items"]} == {"left"}


def test_void_order_keeps_what_is_complete(
    place: Callable[..., State], move: Callable[..., State], void: Callable[..., State]
) -> None:
    order = place("grill", "fry")
    move(order["tickets"][0]["id"], "bump")
    move(order["tickets"][0]["id"], "complete")

    told = void(order["id"])

    assert [ticket["status"] for ticket in told["tickets"]] == ["complete", "void"]
    assert told["status"] == "complete"
    assert told["completed_at"]


@pytest.mark.parametrize("state", ["complete", "void"])
def test_order_with_nothing_left_cannot_be_voided(
    open_ticket: Callable[..., Any], void: Callable[..., State], state: str
) -> None:
    ticket = open_ticket(state)
    before = boards.order(ticket.order_id)

    with pytest.raises(MoveRefused, match=f"it is {state}") as refused:
        void(ticket.order_id)

    assert refused.value.now == before == boards.order(ticket.order_id)


def test_last_item_voided_voids_its_ticket(
    open_ticket: Callable[..., Any], void_item: Callable[..., State]
) -> None:
    ticket = open_ticket(items=2)
    void_item(ticket, 0)

    order = void_item(ticket, 1)

    assert (order["status"], order["tickets"][0]["status"]) == ("void", "void")


def test_last_unfinished_item_voided_makes_the_rest_ready(
    open_ticket: Callable[..., Any],
    move_item: Callable[..., State],
    void_item: Callable[..., State],
) -> None:
    ticket = open_ticket(items=2)
    move_item(ticket, 0, "item_bump")

    order = void_item(ticket, 1)

    assert order["status"] == "ready"
    assert order["tickets"][0]["ready_at"]


def test_ready_item_voided_leaves_the_others_ready(
    open_ticket: Callable[..., Any], void_item: Callable[..., State]
) -> None:
    ticket = open_ticket("ready", items=2)

    order = void_item(ticket, 0)

    assert order["status"] == "ready"
    assert [item["status"] for item in order["tickets"][0]["items"]] == ["void", "ready"]


def test_only_finished_item_voided_leaves_the_ticket_preparing(
    open_ticket: Callable[..., Any],
    move_item: Callable[..., State],
    void_item: Callable[..., State],
) -> None:
    ticket = open_ticket(items=2)
    move_item(ticket, 0, "item_bump")

    assert void_item(ticket, 0)["status"] == "preparing"


def test_item_is_voided_once(
    open_ticket: Callable[..., Any], void_item: Callable[..., State]
) -> None:
    ticket = open_ticket(items=2)
    void_item(ticket, 0)

    with pytest.raises(MoveRefused, match="Cannot void Dish of grill: it is void"):
        void_item(ticket, 0)


@pytest.mark.parametrize("whole", [True, False])
def test_void_asks_the_cook_to_acknowledge(
    open_ticket: Callable[..., Any],
    void: Callable[..., State],
    void_item: Callable[..., State],
    whole: bool,
) -> None:
    ticket = open_ticket(items=2)

    order = void(ticket.order_id) if whole else void_item(ticket)

    assert order["tickets"][0]["needs_ack"]


def test_station_without_a_screen_has_nobody_to_acknowledge(
    open_ticket: Callable[..., Any], void: Callable[..., State]
) -> None:
    order = void(open_ticket(station="bar").order_id)

    assert not order["tickets"][0]["needs_ack"]


def test_void_ticket_stays_on_its_board_until_acknowledged(
    open_ticket: Callable[..., Any], house: House, move: Callable[..., State]
) -> None:
    ticket = open_ticket("void")
    grill = house.feed("station", "grill")
    shown = [entry["tickets"][0]["id"] for entry in boards.snapshot(grill)["orders"]]

    move(ticket, "acknowledge")

    assert shown == [ticket.id]
    assert boards.snapshot(grill)["orders"] == []
    with pytest.raises(MoveRefused):
        move(ticket, "acknowledge")


def test_void_order_owes_a_void_chit_for_what_was_left(
    open_ticket: Callable[..., Any], void: Callable[..., State], void_item: Callable[..., State]
) -> None:
    ticket = open_ticket(station="bar", items=3)
    items = [item.id for item in ticket.items.order_by("position")]
    void_item(ticket, 0)

    void(ticket.order_id)

    jobs = PrintJob.objects.filter(kind="void").order_by("id")
    assert [job.item_ids for job in jobs] == [items[:1], items[1:]]
    assert {(job.ticket_id, job.status) for job in jobs} == {(ticket.id, "new")}


def test_station_without_a_printer_owes_no_chit(
    open_ticket: Callable[..., Any], void: Callable[..., State]
) -> None:
    void(open_ticket(station="grill").order_id)

    assert not PrintJob.objects.exists()


def test_log_tells_why_and_what_was_voided(
    open_ticket: Callable[..., Any],
    void: Callable[..., State],
    void_item: Callable[..., State],
    log_of: Callable[..., Any],
) -> None:
    ticket = open_ticket(items=2)
    item = ticket.items.order_by("position")[0].id

    void_item(ticket, 0, reason="spilt")
    void(ticket.order_id, reason="left")

    one, all_of_it = log_of(ticket)[-2:]
    assert one.metadata == {
        "item": item,
        "item_old": "pending",
        "item_new": "void",
        "reason": "spilt",
    }
    assert (one.old_status, one.new_status) == ("pending", "pending")
    assert all_of_it.metadata == {"reason": "left"}
    assert (all_of_it.old_status, all_of_it.new_status) == ("pending", "void")
    assert {one.action, all_of_it.action} == {"void"}


def test_reason_of_one_item_is_not_that_of_the_rest(
    open_ticket: Callable[..., Any], void: Callable[..., State], void_item: Callable[..., State]
) -> None:
    ticket = open_ticket(items=2)
    void_item(ticket, 0, reason="spilt")

    order = void(ticket.order_id, reason="left")

    reasons = [item["void_reason"] for item in order["tickets"][0]["items"]]
    assert reasons == ["spilt", "left"]
