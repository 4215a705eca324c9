"""Taps on single items: the ticket follows its items, for everyone."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from kitchen import boards, orders, tickets
from kitchen.errors import MoveRefused, NotFound
from kitchen.models import KitchenTicket
from kitchen.states import TicketState
from tests.kitchen import papers
from tests.kitchen.conftest import House

State = dict[str, Any]


@pytest.mark.parametrize(("state", "action"), list(product(TicketState, papers.ITEMS_WHILE)))
def test_every_item_action_in_every_ticket_state(
    open_ticket: Callable[..., KitchenTicket],
    move_item: Callable[..., State],
    log_of: Callable[..., Any],
    state: str,
    action: str,
) -> None:
    ticket = open_ticket(state, items=2)
    before = boards.order(ticket.order_id)["tickets"][0]
    items = [item["status"] for item in before["items"]]
    may = state in papers.ITEMS_WHILE[action] and (items[0], action) in papers.ITEMS

    if not may:
        with pytest.raises(MoveRefused) as refused:
            move_item(ticket, 0, action)
        assert (refused.value.state, refused.value.now) == (state, before)
        return

    after = move_item(ticket, 0, action)

    items[0] = papers.ITEMS[items[0], action]
    entry = log_of(ticket)[-1]
    assert [item["status"] for item in after["items"]] == items
    assert after["status"] == papers.ticket_status(state, items)
    assert after["version"] == before["version"] + 1
    assert (entry.action, entry.old_status, entry.new_status) == (action, state, after["status"])


def test_first_item_done_starts_the_ticket(
    open_ticket: Callable[..., Any], move_item: Callable[..., State]
) -> None:
    told = move_item(open_ticket(items=3), 0, "item_bump")

    assert told["status"] == "preparing"
    assert told["started_at"]


def test_last_item_done_makes_the_ticket_ready(
    open_ticket: Callable[..., Any], move_item: Callable[..., State]
) -> None:
    ticket = open_ticket(items=2)
    move_item(ticket, 0, "item_bump")

    told = move_item(ticket, 1, "item_bump")

    assert told["status"] == "ready"
    assert told["ready_at"]


def test_item_taken_back_makes_the_ticket_preparing_again(
    open_ticket: Callable[..., Any], move_item: Callable[..., State]
) -> None:
    ticket = open_ticket("ready", items=2)

    told = move_item(ticket, 1, "item_recall")

    assert (told["status"], told["ready_at"]) == ("preparing", None)
    assert told["recalled_at"]
    assert [item["status"] for item in told["items"]] == ["ready", "pending"]


def test_log_tells_which_item(
    open_ticket: Callable[..., Any], move_item: Callable[..., State], log_of: Callable[..., Any]
) -> None:
    ticket = open_ticket(items=2)

    told = move_item(ticket, 1, "item_bump")

    assert log_of(ticket)[-1].metadata == {
        "item": told["items"][1]["id"],
        "item_old": "pending",
        "item_new": "ready",
    }


def test_item_of_another_ticket_is_not_found(open_ticket: Callable[..., Any], house: House) -> None:
    ticket, other = open_ticket(), open_ticket()

    with pytest.raises(NotFound):
        tickets.move_item(
            ticket.id,
            other.items.get().id,
            "item_bump",
            location_id=house.id,
            actor="screen:a",
        )


def test_item_tap_on_an_old_picture_is_refused(
    open_ticket: Callable[..., Any], move: Callable[..., State], move_item: Callable[..., State]
) -> None:
    ticket = open_ticket(items=2)
    move(ticket, "rush")

    with pytest.raises(MoveRefused, match="has changed"):
        move_item(ticket, 0, "item_bump", version=1)


def test_held_items_cannot_be_done(
    open_ticket: Callable[..., Any], move_item: Callable[..., State]
) -> None:
    with pytest.raises(MoveRefused, match="its ticket held"):
        move_item(open_ticket("held"), 0, "item_bump")


def test_item_of_another_order_cannot_be_voided(
    open_ticket: Callable[..., Any], house: House
) -> None:
    ticket, other = open_ticket(), open_ticket()

    with pytest.raises(NotFound):
        orders.void_item(
            ticket.order_id,
            other.items.get().id,
            location_id=house.id,
            actor="pos:t",
            reason="",
        )
