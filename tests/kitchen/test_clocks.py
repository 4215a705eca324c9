"""Times: the ticket's clock, the moments of its life, and how long each state lasted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kitchen import intake, orders
from kitchen.models import KitchenTicket, Order
from tests.kitchen.conftest import Clock, House

State = dict[str, Any]
MOMENTS = ("started_at", "ready_at", "completed_at", "recalled_at")


def _moments(ticket: KitchenTicket) -> dict[str, Any]:
    ticket.refresh_from_db()
    return {name: getattr(ticket, name) for name in MOMENTS if getattr(ticket, name)}


def test_clock_runs_from_the_sending(clock: Clock, open_ticket: Callable[..., Any]) -> None:
    sent = clock.now

    ticket = open_ticket()

    assert ticket.clock_from == ticket.created_at == ticket.state_since == sent
    assert _moments(ticket) == {}
    assert Order.objects.get().placed_at == sent


def test_moments_of_an_ordinary_life(
    clock: Clock, open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()

    started = clock.tick(minutes=1)
    move(ticket, "start")
    ready = clock.tick(minutes=5)
    move(ticket, "bump")
    complete = clock.tick(minutes=2)
    move(ticket, "complete")

    assert _moments(ticket) == {"started_at": started, "ready_at": ready, "completed_at": complete}
    assert Order.objects.get().completed_at == complete


def test_bump_without_start_counts_as_both(
    clock: Clock, open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()

    bumped = clock.tick(minutes=4)
    move(ticket, "bump")

    assert _moments(ticket) == {"started_at": bumped, "ready_at": bumped}


def test_hold_keeps_the_clock_and_fire_begins_it_anew(
    clock: Clock, open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()
    sent = clock.now
    clock.tick(minutes=3)
    move(ticket, "hold")
    ticket.refresh_from_db()
    assert ticket.clock_from == sent

    fired = clock.tick(minutes=10)
    move(ticket, "fire")

    ticket.refresh_from_db()
    assert (ticket.clock_from, ticket.created_at) == (fired, sent)


@pytest.mark.parametrize("state", ["ready", "complete"])
def test_recall_keeps_the_clock(
    clock: Clock, open_ticket: Callable[..., Any], move: Callable[..., State], state: str
) -> None:
    sent = clock.now
    ticket = open_ticket(state)

    recalled = clock.tick(hours=1)
    move(ticket, "recall")

    assert _moments(ticket) == {"started_at": sent, "recalled_at": recalled}
    assert ticket.clock_from == sent
    assert Order.objects.get().completed_at is None


def test_further_round_has_a_clock_of_its_own(
    clock: Clock, open_ticket: Callable[..., Any], house: House
) -> None:
    ticket = open_ticket()
    later = clock.tick(minutes=20)

    orders.add_round(
        ticket.order_id,
        [intake.NewItem("Pie", 1, "grill")],
        location=house.location,
        actor="pos:till",
    )

    assert KitchenTicket.objects.get(round=2).clock_from == later
    assert KitchenTicket.objects.get(round=1).clock_from == later - timedelta(minutes=20)
    assert Order.objects.get().placed_at == later - timedelta(minutes=20)


def test_order_is_complete_when_its_last_ticket_is(
    clock: Clock, place: Callable[..., State], move: Callable[..., State]
) -> None:
    grill, fry = (ticket["id"] for ticket in place("grill", "fry")["tickets"])
    for ticket in (grill, fry):
        move(ticket, "bump")
    move(grill, "complete")
    assert Order.objects.get().completed_at is None

    last = clock.tick(minutes=9)
    move(fry, "complete")

    assert Order.objects.get().completed_at == last


def test_log_tells_how_long_each_state_lasted(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    log_of: Callable[..., Any],
) -> None:
    ticket = open_ticket()
    for seconds, action in [
        (30, "hold"),
        (600, "fire"),
        (45, "start"),
        (240, "bump"),
        (20.5, "recall"),
        (60, "bump"),
        (15, "complete"),
    ]:
        clock.tick(seconds=seconds)
        move(ticket, action)

    assert [(entry.action, entry.duration_ms) for entry in log_of(ticket)] == [
        ("created", 0),
        ("hold", 30_000),
        ("fire", 600_000),
        ("start", 45_000),
        ("bump", 240_000),
        ("recall", 20_500),
        ("bump", 60_000),
        ("complete", 15_000),
    ]


def test_what_leaves_the_state_does_not_cut_its_duration(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    move_item: Callable[..., State],
    house: House,
    log_of: Callable[..., Any],
) -> None:
    ticket = open_ticket(items=3)
    clock.tick(seconds=10)
    move(ticket, "start")
    clock.tick(seconds=10)
    move(ticket, "rush")
    clock.tick(seconds=10)
    orders.change(ticket.order_id, {"table": "7"}, location_id=house.id, actor="pos:till")
    clock.tick(seconds=10)
    move_item(ticket, 0, "item_bump")
    clock.tick(seconds=10)
    move(ticket, "bump")

    lasted = {entry.action: entry.duration_ms for entry in log_of(ticket)}
    assert lasted["rush"] == 10_000  # in its state so far
    assert lasted["item_bump"] == 30_000
    assert lasted["bump"] == 40_000


def test_items_have_their_moments(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    move_item: Callable[..., State],
) -> None:
    ticket = open_ticket(items=3)
    first = clock.tick(minutes=1)
    move_item(ticket, 0, "item_bump")
    rest = clock.tick(minutes=1)
    move(ticket, "bump")
    assert [item.ready_at for item in ticket.items.order_by("position")] == [first, rest, rest]

    move_item(ticket, 1, "item_recall")

    assert [item.ready_at for item in ticket.items.order_by("position")] == [first, None, rest]


def test_clock_that_was_set_back_gives_no_negative_duration(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    log_of: Callable[..., Any],
) -> None:
    ticket = open_ticket()
    clock.tick(minutes=-5)

    move(ticket, "start")

    assert log_of(ticket)[-1].duration_ms == 0


def test_log_rows_carry_the_moment_of_the_change(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    log_of: Callable[..., Any],
) -> None:
    ticket = open_ticket()
    later = clock.tick(minutes=5)

    move(ticket, "start")

    ticket.refresh_from_db()
    assert log_of(ticket)[-1].timestamp == ticket.state_since == later
