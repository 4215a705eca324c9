"""Which feeds a change is told to, and what they are told: no more and no less."""

from collections.abc import Callable
from typing import Any

import pytest

from kitchen import changes, intake, orders, tickets
from kitchen.errors import MoveRefused
from tests.kitchen.conftest import House, build_house

State = dict[str, Any]
Told = Callable[[], dict[str, list[State]]]


def _actions(frames: dict[str, list[State]]) -> dict[str, str]:
    """The actions told, by the last part of the feeds' keys."""
    return {
        feed.replace(":hq", "").split(":")[-1]: "+".join(frame["action"] for frame in told)
        for feed, told in frames.items()
    }


@pytest.fixture
def order(place: Callable[..., State], told: Told) -> State:
    """An order for grill and fry, of which all has been told."""
    order = place("grill", "fry", customer_name="Ann Lee")
    told()
    return order


@pytest.fixture
def do(order: State, house: House, move: Callable[..., State]) -> Callable[..., None]:
    """Do something to the grill's (0) or the fry's (1) ticket of the order, or to all of it."""
    here = {"location_id": house.id, "actor": "staff:b"}

    def do(*acts: str) -> None:
        for act in acts:
            name, _, value = act.partition(":")
            if name in ("grill", "fry"):
                move(order["tickets"][name == "fry"]["id"], value)
            elif name == "order":
                tickets.move_order(order["id"], value, **here)
            elif name == "change":
                orders.change(order["id"], {value: "x y"}, **here)
            elif name == "void":
                orders.void(order["id"], reason="", **here)
            elif name == "void_item":
                item = order["tickets"][value == "fry"]["items"][0]["id"]
                orders.void_item(order["id"], item, reason="", **here)
            elif name == "round":
                items = [intake.NewItem("More", 1, value)]
                orders.add_round(order["id"], items, location=house.location, actor="pos:t")
            elif name == "item":
                ticket = order["tickets"][0]
                tickets.move_item(ticket["id"], ticket["items"][0]["id"], value, **here)

    return do


def test_new_order_is_told_to_its_stations_and_to_those_who_see_orders(
    place: Callable[..., State], told: Told
) -> None:
    place("grill", "bar")

    everyone = ("grill", "bar", "expo", "pending", "guests")
    assert _actions(told()) == dict.fromkeys(everyone, "new_order")


# What has happened, what happens now, and who is told what of it.
CHANGES = [
    ("", "grill:start", "grill=moved fry=changed expo=moved pending=removed preparing=moved"),
    ("grill:start", "fry:start", "grill=changed fry=moved expo=moved preparing=moved"),
    (
        "grill:bump",
        "fry:bump",
        "grill=changed fry=moved expo=moved preparing=removed ready=moved guests=moved",
    ),
    (
        "order:ready",
        "order:complete",
        "grill=removed fry=removed expo=removed ready=removed guests=removed",
    ),
    ("order:ready", "grill:complete", "grill=removed fry=changed expo=moved ready=moved"),
    (
        "order:ready order:complete",
        "grill:recall",
        "grill=moved expo=new preparing=moved guests=new",
    ),
    ("order:ready order:complete", "round:grill", "grill=new expo=new preparing=moved guests=new"),
    (
        "order:ready",
        "grill:recall",
        "grill=moved fry=changed expo=moved ready=removed preparing=moved guests=moved",
    ),
    ("", "grill:rush", "grill=changed expo=changed pending=changed"),
    ("change:table", "grill:acknowledge", "grill=changed expo=changed pending=changed"),
    ("", "change:table", "grill=changed fry=changed expo=changed pending=changed"),
    (
        "",
        "change:customer_name",
        "grill=changed fry=changed expo=changed pending=changed guests=moved",
    ),
    ("order:ready order:complete", "change:table", "expo=removed"),
    ("void grill:acknowledge fry:acknowledge", "change:table", ""),
    ("", "void", "grill=moved fry=moved expo=removed pending=removed guests=removed"),
    ("void", "grill:acknowledge", "grill=removed"),
    ("void grill:acknowledge", "change:table", "fry=changed"),
    ("", "void_item:grill", "grill=moved fry=changed expo=moved pending=moved"),
    (
        "grill:bump",
        "void_item:fry",
        "grill=changed fry=moved expo=moved preparing=removed ready=moved guests=moved",
    ),
    ("", "round:grill", "grill=changed+new fry=changed expo=changed pending=changed"),
    (
        "order:ready",
        "round:bar",
        "grill=changed fry=changed bar=new expo=moved ready=removed preparing=moved guests=moved",
    ),
]
WORDS = {"moved": "status_changed", "new": "new_order"}


@pytest.mark.parametrize(("before", "now", "expected"), CHANGES)
def test_change_is_told_to_those_who_show_it(
    do: Callable[..., None], told: Told, before: str, now: str, expected: str
) -> None:
    do(*before.split())
    told()

    do(now)

    words = dict(pair.split("=") for pair in expected.split())
    assert _actions(told()) == {
        feed: "+".join(WORDS.get(word, word) for word in told.split("+"))
        for feed, told in words.items()
    }


def test_item_done_is_told_to_its_own_station(
    open_ticket: Callable[..., Any], move_item: Callable[..., State], house: House, told: Told
) -> None:
    ticket = open_ticket(items=3)
    more = [intake.NewItem("More", 1, "fry")]
    orders.add_round(ticket.order_id, more, location=house.location, actor="pos:t")
    move_item(ticket, 0, "item_bump")
    told()

    move_item(ticket, 1, "item_bump")

    assert _actions(told()) == {"grill": "changed", "expo": "changed", "preparing": "changed"}


def test_refusal_is_told_to_nobody(do: Callable[..., None], told: Told) -> None:
    with pytest.raises(MoveRefused, match="Cannot complete"):
        do("grill:complete")

    assert told() == {}


def test_status_change_names_ticket_and_both_states(
    do: Callable[..., None], order: State, told: Told
) -> None:
    do("grill:start")

    grill = order["tickets"][0]["id"]
    move = {
        "order_id": order["id"],
        "ticket_id": grill,
        "old_status": "pending",
        "new_status": "preparing",
    }
    frames = told()
    assert [frames[feed][0]["moves"] for feed in ("station:hq:grill", "expo:hq")] == [[move]] * 2
    assert frames["station:hq:fry"][0]["moves"] == []


def test_whole_order_moved_tells_each_ticket_once(
    do: Callable[..., None], order: State, told: Told
) -> None:
    do("order:ready")

    moves = told()["expo:hq"][0]["moves"]
    assert [entry["ticket_id"] for entry in moves] == [t["id"] for t in order["tickets"]]


def test_new_tickets_are_no_status_change(do: Callable[..., None], told: Told) -> None:
    do("round:grill")

    assert {tuple(frame["moves"]) for frames in told().values() for frame in frames} == {()}


def test_station_is_told_its_own_ticket_and_how_the_others_stand(
    do: Callable[..., None], order: State, told: Told
) -> None:
    do("fry:start")

    entry = told()["station:hq:grill"][0]["order"]
    assert [ticket["station_code"] for ticket in entry["tickets"]] == ["grill"]
    assert entry["others"] == [
        {
            "id": order["tickets"][1]["id"],
            "station_code": "fry",
            "station_name": "Fry",
            "status": "preparing",
        }
    ]


def test_guests_are_told_number_first_name_and_state_only(
    place: Callable[..., State], told: Told
) -> None:
    order = place("grill", customer_name="Ann Lee", notes="allergic", table="12")

    assert told()["guests:hq"][0]["order"] == {
        "id": order["id"],
        "number": "A001",
        "name": "Ann",
        "status": "preparing",
    }


def test_print_told_anew_reaches_those_who_show_paper(
    order: State, house: House, told: Told
) -> None:
    changes.retell(order["id"], location_id=house.id, ticket_id=order["tickets"][0]["id"])

    assert _actions(told()) == {"grill": "changed", "expo": "changed", "pending": "changed"}


def test_print_of_a_void_order_is_told_to_nobody(
    do: Callable[..., None], order: State, house: House, told: Told
) -> None:
    do("void", "grill:acknowledge", "fry:acknowledge")
    told()

    changes.retell(order["id"], location_id=house.id, ticket_id=order["tickets"][0]["id"])

    assert told() == {}


def test_other_locations_are_told_nothing(place: Callable[..., State], told: Told) -> None:
    build_house("annex")

    place("grill")

    assert {feed.split(":")[1] for feed in told()} == {"hq"}
