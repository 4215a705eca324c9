"""Taps on tickets: every state x every action in the database, and what each leaves behind."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from kitchen import boards, intake, orders, tickets
from kitchen.errors import MoveRefused, NotFound, NotTheirs
from kitchen.models import KitchenTicket, KitchenTicketLog, Outbox
from kitchen.states import TicketState
from tests.kitchen import papers
from tests.kitchen.conftest import House, build_house

State = dict[str, Any]
TAPS = sorted({action for _, action in papers.TICKETS} - {"void", "change"})


def _may(ticket: KitchenTicket, action: str) -> bool:
    if action == "acknowledge" and not ticket.needs_ack:
        return False
    if action == "unrush" and ticket.priority != "rush":
        return False
    return (ticket.status, action) in papers.TICKETS


@pytest.mark.parametrize(("state", "action"), list(product(TicketState, TAPS)))
def test_every_tap_in_every_state(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    log_of: Callable[..., Any],
    state: str,
    action: str,
) -> None:
    ticket = open_ticket(state, items=2)
    rows = len(log_of(ticket))
    before = boards.order(ticket.order_id)["tickets"][0]

    if not _may(ticket, action):
        with pytest.raises(MoveRefused) as refused:
            move(ticket, action)
        assert (refused.value.state, refused.value.now) == (state, before)
        assert len(log_of(ticket)) == rows
        return

    after = move(ticket, action)

    assert after == boards.order(ticket.order_id)["tickets"][0]
    assert after["status"] == papers.TICKETS[state, action]
    assert after["version"] == before["version"] + 1
    entry = log_of(ticket)[-1]
    assert (entry.action, entry.old_status, entry.new_status) == (action, state, after["status"])
    assert len(log_of(ticket)) == rows + 1


def test_log_names_who_did_it(
    open_ticket: Callable[..., Any], house: House, log_of: Callable[..., Any]
) -> None:
    ticket = open_ticket()

    tickets.move(ticket.id, "start", location_id=house.id, actor="screen:Grill left")

    entry = log_of(ticket)[-1]
    assert entry.actor == "screen:Grill left"
    assert (entry.location_id, entry.order_id) == (house.id, ticket.order_id)
    assert entry.station_id == house.stations["grill"].id


@pytest.mark.parametrize(
    ("action", "items", "after"),
    [
        ("bump", ["pending", "ready", "void"], ["ready", "ready", "void"]),
        ("start", ["pending", "pending", "void"], ["pending", "pending", "void"]),
        ("rush", ["pending", "ready", "void"], ["pending", "ready", "void"]),
    ],
)
def test_items_follow_their_ticket(
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    move_item: Callable[..., State],
    action: str,
    items: list[str],
    after: list[str],
) -> None:
    ticket = open_ticket(items=3)
    move_item(ticket, 2, "void")
    if "ready" in items:
        move_item(ticket, 1, "item_bump")

    told = move(ticket, action)

    assert [item["status"] for item in told["items"]] == after


def test_recall_takes_all_items_back_but_void_ones(
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    move_item: Callable[..., State],
) -> None:
    ticket = open_ticket(items=3)
    move_item(ticket, 0, "void")
    move(ticket, "bump")

    told = move(ticket, "recall")

    assert [item["status"] for item in told["items"]] == ["void", "pending", "pending"]


def test_tap_on_an_old_picture_is_told_what_is_true(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()
    now = move(ticket, "rush")

    with pytest.raises(MoveRefused) as refused:
        move(ticket, "bump", version=1)

    assert (refused.value.state, refused.value.now) == ("pending", now)
    assert "has changed" in str(refused.value)


def test_tap_on_the_present_picture_counts(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()
    move(ticket, "rush", version=1)

    assert move(ticket, "bump", version=2)["status"] == "ready"


def test_second_bump_is_refused_in_words_for_a_screen(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()
    move(ticket, "bump")

    with pytest.raises(MoveRefused, match=r"^Cannot bump a ticket that is ready\.$"):
        move(ticket, "bump")


@pytest.mark.parametrize("action", ["rush", "unrush"])
def test_doing_it_twice_counts_once(
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    log_of: Callable[..., Any],
    action: str,
) -> None:
    ticket = open_ticket(priority="rush" if action == "unrush" else "normal")
    move(ticket, action)
    rows, told = len(log_of(ticket)), Outbox.objects.count()

    with pytest.raises(MoveRefused):
        move(ticket, action)

    ticket.refresh_from_db()
    assert (ticket.version, len(log_of(ticket)), Outbox.objects.count()) == (2, rows, told)


@pytest.mark.parametrize(
    ("of_order", "after_rush_and_unrush"), [("normal", "normal"), ("vip", "vip")]
)
def test_unrush_leaves_a_vip_a_vip(
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    of_order: str,
    after_rush_and_unrush: str,
) -> None:
    ticket = open_ticket(priority=of_order)

    assert move(ticket, "rush")["priority"] == "rush"
    assert move(ticket, "unrush")["priority"] == after_rush_and_unrush


def test_vip_that_is_not_rushed_cannot_be_unrushed(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    with pytest.raises(MoveRefused, match=r"pending \(vip\)"):
        move(open_ticket(priority="vip"), "unrush")


def test_rush_of_a_ticket_is_not_of_its_order(
    place: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill", "fry")

    move(order["tickets"][0]["id"], "rush")

    now = boards.order(order["id"])
    assert now["priority"] == "normal"
    assert [ticket["priority"] for ticket in now["tickets"]] == ["rush", "normal"]


def test_ticket_of_another_location_is_not_found(open_ticket: Callable[..., Any]) -> None:
    ticket = open_ticket()
    annex = build_house("annex")

    with pytest.raises(NotFound):
        tickets.move(ticket.id, "bump", location_id=annex.id, actor="screen:spy")

    ticket.refresh_from_db()
    assert ticket.status == "pending"


def test_ticket_of_another_station_is_not_theirs(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()

    with pytest.raises(NotTheirs):
        move(ticket, "bump", station="fry")

    assert move(ticket, "bump", station="grill")["status"] == "ready"


WANTED = [
    # status, tickets before, wanted, tickets after (None: refused)
    (["pending", "pending"], "preparing", ["preparing", "preparing"]),
    (["pending", "held"], "preparing", ["preparing", "held"]),
    (["pending", "preparing"], "preparing", ["preparing", "preparing"]),
    (["preparing", "ready"], "preparing", None),
    (["ready", "ready"], "preparing", ["preparing", "preparing"]),
    (["complete", "complete"], "preparing", ["preparing", "preparing"]),
    (["ready", "complete"], "preparing", ["preparing", "preparing"]),
    (["complete", "void"], "preparing", ["preparing", "void"]),
    (["held", "held"], "pending", ["pending", "pending"]),
    (["held", "preparing"], "pending", ["pending", "preparing"]),
    (["pending", "pending"], "pending", None),
    (["pending", "preparing"], "ready", ["ready", "ready"]),
    (["held", "preparing"], "ready", ["held", "ready"]),
    (["held", "held"], "ready", None),
    (["ready", "ready"], "ready", None),
    (["ready", "ready"], "complete", ["complete", "complete"]),
    (["ready", "pending"], "complete", ["complete", "pending"]),
    (["preparing", "pending"], "complete", None),
    (["complete", "complete"], "complete", None),
    (["void", "void"], "preparing", None),
]


def _bring(order: State, states: list[str], house: House) -> None:
    for ticket, state in zip(order["tickets"], states, strict=True):
        ways = {"held": ["hold"], "preparing": ["start"], "ready": ["bump"]}
        for action in {**ways, "complete": ["bump", "complete"]}.get(state, []):
            tickets.move(ticket["id"], action, location_id=house.id, actor="screen:a")
        if state == "void":
            item = ticket["items"][0]["id"]
            orders.void_item(order["id"], item, location_id=house.id, actor="pos:t", reason="")


@pytest.mark.parametrize(("before", "wanted", "after"), WANTED)
def test_whole_order_moves_what_may(
    place: Callable[..., State],
    house: House,
    before: list[str],
    wanted: str,
    after: list[str] | None,
) -> None:
    order = place("grill", "fry")
    _bring(order, before, house)
    was = boards.order(order["id"])
    rows = KitchenTicketLog.objects.count()

    if after is None:
        with pytest.raises(MoveRefused) as refused:
            tickets.move_order(order["id"], wanted, location_id=house.id, actor="staff:b")
        assert (refused.value.state, refused.value.now) == (was["status"], was)
        assert (boards.order(order["id"]), KitchenTicketLog.objects.count()) == (was, rows)
        return

    answer = tickets.move_order(order["id"], wanted, location_id=house.id, actor="staff:b")

    moved = sum(old != new for old, new in zip(before, after, strict=True))
    assert [ticket["status"] for ticket in answer["tickets"]] == after
    assert answer["old_status"] == was["status"]
    assert answer["status"] == papers.order_status(after)
    assert KitchenTicketLog.objects.count() == rows + moved


def test_fire_of_a_course_lets_only_its_tickets_go(
    place: Callable[..., State], house: House, move: Callable[..., State]
) -> None:
    starter = intake.NewItem("Soup", 1, "fry", course=1)
    main = intake.NewItem("Ribeye", 1, "grill", course=2)
    order = place(items=[starter, main])
    for ticket in order["tickets"]:
        move(ticket["id"], "hold")

    fired = tickets.fire(order["id"], course=2, location_id=house.id, actor="staff:b")

    states = {ticket["station_code"]: ticket["status"] for ticket in fired["tickets"]}
    assert states == {"fry": "held", "grill": "pending"}


def test_fire_without_a_course_lets_all_go(
    place: Callable[..., State], house: House, move: Callable[..., State]
) -> None:
    order = place("grill", "fry")
    for ticket in order["tickets"]:
        move(ticket["id"], "hold")

    fired = tickets.fire(order["id"], location_id=house.id, actor="staff:b")

    assert {ticket["status"] for ticket in fired["tickets"]} == {"pending"}


def test_fire_of_a_course_that_was_voided_is_refused(
    place: Callable[..., State], house: House, move: Callable[..., State]
) -> None:
    items = [intake.NewItem("Ribeye", 1, "grill", course=2), intake.NewItem("Rib", 1, "grill")]
    order = place(items=items)
    ticket = order["tickets"][0]
    move(ticket["id"], "hold")
    orders.void_item(
        order["id"], ticket["items"][0]["id"], location_id=house.id, actor="pos:t", reason=""
    )

    with pytest.raises(MoveRefused, match="Nothing of course 2"):
        tickets.fire(order["id"], course=2, location_id=house.id, actor="staff:b")
