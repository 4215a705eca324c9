"""What an order says of itself changes: its tickets show it and ask to be acknowledged."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kitchen import boards, orders
from kitchen.errors import MoveRefused, OrderInvalid
from kitchen.models import KitchenTicketLog, Order, Outbox, PrintJob
from tests.kitchen.conftest import House

State = dict[str, Any]


@pytest.fixture
def change(house: House) -> Callable[..., State]:
    def change(order_id: int, **values: Any) -> State:
        return orders.change(order_id, values, location_id=house.id, actor="pos:till")

    return change


@pytest.fixture
def reprint(house: House) -> Callable[..., PrintJob]:
    def reprint(ticket_id: int, items: list[int] | None = None) -> PrintJob:
        return orders.reprint(ticket_id, location_id=house.id, actor="staff:b", item_ids=items)

    return reprint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("table", "7"),
        ("customer_name", "Ann"),
        ("notes", "quick"),
        ("priority", "rush"),
    ],
)
def test_change_is_shown_at_once(
    place: Callable[..., State], change: Callable[..., State], name: str, value: str
) -> None:
    order = place("grill")

    assert change(order["id"], **{name: value})[name] == value


def test_promised_time_can_be_changed_and_taken_away(
    place: Callable[..., State], change: Callable[..., State], log_of: Callable[..., Any]
) -> None:
    order = place("grill")

    told = change(order["id"], promised_at=datetime(2026, 3, 6, 19, 0, tzinfo=UTC))
    gone = change(order["id"], promised_at=None)

    assert told["promised_at"].startswith("2026-03-06T19:00:00")
    assert gone["promised_at"] is None
    story = log_of(order["tickets"][0]["id"])[1].metadata
    assert story == {"promised_at": [None, "2026-03-06T19:00:00+00:00"]}


def test_open_tickets_ask_to_be_acknowledged(
    place: Callable[..., State], change: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill", "fry", "bar")
    move(order["tickets"][1]["id"], "bump")
    move(order["tickets"][1]["id"], "complete")

    told = change(order["id"], table="7")

    asks = {ticket["station_code"]: ticket["needs_ack"] for ticket in told["tickets"]}
    assert asks == {"grill": True, "fry": False, "bar": False}


def test_acknowledge_is_for_one_ticket(
    place: Callable[..., State], change: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill", "fry")
    change(order["id"], table="7")

    move(order["tickets"][0]["id"], "acknowledge")

    asks = [ticket["needs_ack"] for ticket in boards.order(order["id"])["tickets"]]
    assert asks == [False, True]


def test_change_to_what_is_so_already_changes_nothing(
    place: Callable[..., State], change: Callable[..., State]
) -> None:
    order = place("grill", table="7")
    before = (KitchenTicketLog.objects.count(), Outbox.objects.count())

    told = change(order["id"], table="7")

    assert told == order
    assert (KitchenTicketLog.objects.count(), Outbox.objects.count()) == before


def test_log_has_old_and_new_on_every_open_ticket(
    place: Callable[..., State], change: Callable[..., State], log_of: Callable[..., Any]
) -> None:
    order = place("grill", "fry", table="7")

    change(order["id"], table="8", notes="")

    for ticket in order["tickets"]:
        entry = log_of(ticket["id"])[-1]
        assert (entry.action, entry.metadata) == ("change", {"table": ["7", "8"]})


@pytest.mark.parametrize("state", ["complete", "void"])
def test_change_of_an_order_without_open_tickets_is_logged_too(
    open_ticket: Callable[..., Any], change: Callable[..., State], state: str
) -> None:
    ticket = open_ticket(state)

    change(ticket.order_id, table="7")

    entry = KitchenTicketLog.objects.latest("id")
    assert (entry.action, entry.ticket_id, entry.order_id) == ("change", None, ticket.order_id)
    assert (entry.old_status, entry.new_status) == (state, state)
    assert entry.metadata == {"table": ["", "7"]}


def test_priority_of_an_order_goes_to_its_open_tickets(
    place: Callable[..., State], change: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill", "fry")
    move(order["tickets"][0]["id"], "bump")
    move(order["tickets"][0]["id"], "complete")

    told = change(order["id"], priority="vip")

    assert [ticket["priority"] for ticket in told["tickets"]] == ["normal", "vip"]


def test_other_changes_leave_the_priority_of_tickets(
    place: Callable[..., State], change: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill")
    move(order["tickets"][0]["id"], "rush")

    assert change(order["id"], table="7")["tickets"][0]["priority"] == "rush"


def test_reprint_owes_one_more_chit(
    open_ticket: Callable[..., Any], reprint: Callable[..., PrintJob], log_of: Callable[..., Any]
) -> None:
    ticket = open_ticket(station="bar", items=2)

    job = reprint(ticket.id)

    entry = log_of(ticket)[-1]
    assert (job.kind, job.status, job.ticket_id, job.item_ids) == (
        "reprint",
        "new",
        ticket.id,
        None,
    )
    assert (entry.action, entry.print_job_id, entry.actor) == ("reprint", job.id, "staff:b")


def test_part_of_a_ticket_can_be_printed_again(
    open_ticket: Callable[..., Any], reprint: Callable[..., PrintJob]
) -> None:
    ticket = open_ticket(station="bar", items=3)
    some = [item.id for item in ticket.items.order_by("position")[1:]]

    assert reprint(ticket.id, some).item_ids == some
    assert reprint(ticket.id, []).item_ids is None


def test_strange_items_cannot_be_printed(
    open_ticket: Callable[..., Any], reprint: Callable[..., PrintJob]
) -> None:
    ticket = open_ticket(station="bar")

    with pytest.raises(OrderInvalid, match="has no item 999999"):
        reprint(ticket.id, [999_999])

    assert not PrintJob.objects.filter(kind="reprint").exists()


def test_station_without_a_printer_cannot_print_again(
    open_ticket: Callable[..., Any], reprint: Callable[..., PrintJob]
) -> None:
    with pytest.raises(MoveRefused, match="Grill has no printer"):
        reprint(open_ticket(station="grill").id)


def test_void_and_reprint_chits_go_with_their_tickets_priority(
    open_ticket: Callable[..., Any], reprint: Callable[..., PrintJob], move: Callable[..., State]
) -> None:
    ticket = open_ticket(station="bar")
    move(ticket, "rush")

    assert reprint(ticket.id).priority == "rush"
    assert Order.objects.get(id=ticket.order_id).priority == "normal"
