"""What a feed shows: which cards, in which order, how many wait elsewhere, at which revision."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen import boards, intake, orders, tickets
from kitchen.errors import NotFound
from kitchen.models import KitchenTicket, Order, PrintJob, StationPrinter
from tests.kitchen.conftest import Clock, House, build_house

State = dict[str, Any]
HEADER = {
    "id", "external_id", "number", "order_type", "table", "customer_name", "server", "guests",
    "priority", "notes", "brand", "status", "placed_at", "promised_at", "tickets",
}  # fmt: skip
TICKET = {
    "id", "order_id", "station_code", "station_name", "round", "status", "version", "priority",
    "created_at", "clock_from", "started_at", "ready_at", "recalled_at", "needs_ack",
    "has_screen", "warn_seconds", "late_seconds", "items", "print_jobs",
}  # fmt: skip
ITEM = {
    "id", "name", "quantity", "status", "modifiers", "notes", "allergens", "seat", "course",
    "void_reason",
}  # fmt: skip
JOB = {"id", "kind", "status", "printer", "proof", "error_code", "error_message"}


@pytest.fixture
def show(house: House) -> Callable[..., State]:
    def show(kind: str, code: str = "", **values: Any) -> State:
        return boards.snapshot(house.feed(kind, code), **values)

    return show


def _tickets(board: State, lane: str = "orders") -> list[int]:
    return [entry["tickets"][0]["id"] for entry in board[lane]]


def _ids(board: State, lane: str = "orders") -> list[int]:
    return [entry["id"] for entry in board[lane]]


def test_card_has_all_that_was_agreed(
    place: Callable[..., State], show: Callable[..., State]
) -> None:
    place("bar", "grill")

    entry = show("station", "bar")["orders"][0]

    ticket = entry["tickets"][0]
    assert set(entry) >= HEADER | {"others"}
    assert set(ticket) >= TICKET
    assert set(ticket["items"][0]) >= ITEM
    assert set(ticket["print_jobs"][0]) >= JOB
    assert (ticket["has_screen"], ticket["warn_seconds"], ticket["late_seconds"]) == (
        False,
        300,
        480,
    )


@pytest.mark.parametrize(
    ("kind", "code", "lanes"),
    [
        ("station", "grill", {"orders", "more", "ready", "station"}),
        ("status", "pending", {"orders", "more"}),
        ("expo", "", {"orders", "more", "recent", "alarms"}),
        ("guests", "", {"orders", "more"}),
    ],
)
def test_empty_board_is_whole(
    show: Callable[..., State], kind: str, code: str, lanes: set[str]
) -> None:
    board = show(kind, code)

    assert set(board) == lanes | {"feed", "rev", "now"}
    assert board["feed"] == ":".join(filter(None, (kind, "hq", code)))
    assert (board["rev"], board["orders"], board["more"]) == (0, [], 0)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("station", "sushi"),
        ("station", ""),
        ("status", "complete"),
        ("status", ""),
        ("expo", "grill"),
        ("guests", "x"),
        ("kitchen", ""),
    ],
)
def test_unknown_feed_is_not_found(house: House, kind: str, code: str) -> None:
    with pytest.raises(NotFound):
        house.feed(kind, code)


def test_snapshot_tells_the_revision_of_what_it_shows(
    place: Callable[..., State], show: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("grill")
    move(order["tickets"][0]["id"], "start")

    board = show("station", "grill")

    assert board["rev"] == boards.revision("station:hq:grill") == 2
    assert board["orders"][0]["tickets"][0]["status"] == "preparing"


@pytest.mark.parametrize(
    ("kind", "code", "statements"),
    [("station", "grill", 1), ("status", "pending", 1), ("expo", "", 2), ("guests", "", 1)],
)
def test_rows_and_revision_are_read_in_one_statement(
    place: Callable[..., State], house: House, kind: str, code: str, statements: int
) -> None:
    place("grill")
    ref = house.feed(kind, code)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        boards.snapshot(ref)

    assert len(queries) == statements  # the expo's alarms may be newer, never older
    assert "kitchen_feed" in queries[0]["sql"]


def test_rush_goes_first_then_vip_then_age_and_held_last(
    clock: Clock, open_ticket: Callable[..., Any], show: Callable[..., State]
) -> None:
    opened = {}
    for name, state, priority in [
        ("held rush", "held", "rush"),
        ("old", "preparing", "normal"),
        ("new", "pending", "normal"),
        ("vip", "pending", "vip"),
        ("rush", "pending", "rush"),
        ("held", "held", "normal"),
    ]:
        clock.tick(minutes=1)
        opened[name] = open_ticket(state, priority=priority).id

    shown = _tickets(show("station", "grill"))

    wanted = ["rush", "vip", "old", "new", "held rush", "held"]
    assert shown == [opened[name] for name in wanted]


def test_fired_ticket_goes_behind_those_that_were_not_held(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    show: Callable[..., State],
) -> None:
    held = open_ticket("held")
    clock.tick(minutes=1)
    other = open_ticket()
    clock.tick(minutes=1)

    move(held, "fire")

    assert _tickets(show("station", "grill")) == [other.id, held.id]


def test_recalled_ticket_goes_back_to_its_old_place(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    show: Callable[..., State],
) -> None:
    ready = open_ticket("ready")
    clock.tick(minutes=1)
    other = open_ticket()

    move(ready, "recall")

    assert _tickets(show("station", "grill")) == [ready.id, other.id]


def test_orders_stand_by_their_own_priority_and_age(
    clock: Clock, place: Callable[..., State], show: Callable[..., State]
) -> None:
    placed = []
    for priority in ("normal", "vip", "rush", "normal"):
        clock.tick(minutes=1)
        placed.append(place("grill", priority=priority)["id"])

    wanted = [placed[2], placed[1], placed[0], placed[3]]
    assert _ids(show("expo")) == wanted
    assert _ids(show("status", "pending")) == wanted
    assert _ids(show("guests")) == placed


def test_page_holds_the_first_and_tells_how_many_wait(
    place: Callable[..., State], show: Callable[..., State]
) -> None:
    placed = [place("grill")["id"] for _ in range(boards.PAGE + 3)]

    for board in (show("station", "grill"), show("expo"), show("status", "pending")):
        assert _ids(board) == placed[: boards.PAGE]
        assert board["more"] == 3
    assert show("expo", limit=500)["more"] == 0


def test_held_tickets_do_not_crowd_out_what_is_to_make(
    clock: Clock, open_ticket: Callable[..., Any], show: Callable[..., State]
) -> None:
    for _ in range(3):
        open_ticket("held")
    clock.tick(hours=1)
    new = open_ticket()

    board = show("station", "grill", limit=1)

    assert (_tickets(board), board["more"]) == ([new.id], 3)


def test_tray_holds_the_ten_last_bumped(
    clock: Clock,
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    show: Callable[..., State],
) -> None:
    opened = [open_ticket() for _ in range(12)]
    for ticket in opened:
        clock.tick(seconds=1)
        move(ticket, "bump")

    board = show("station", "grill")

    assert _tickets(board, "ready") == [ticket.id for ticket in opened[:1:-1]]
    assert (board["orders"], board["more"]) == ([], 0)


def test_recent_holds_the_ten_orders_completed_last(
    clock: Clock,
    open_ticket: Callable[..., Any],
    show: Callable[..., State],
    move: Callable[..., State],
) -> None:
    opened = [open_ticket("ready") for _ in range(12)]
    for ticket in opened:
        clock.tick(seconds=1)
        move(ticket, "complete")

    board = show("expo")

    assert _ids(board, "recent") == [ticket.order_id for ticket in opened[:1:-1]]
    assert board["orders"] == []


def test_two_tickets_bumped_at_one_moment_have_one_order(
    clock: Clock, place: Callable[..., State], house: House, show: Callable[..., State]
) -> None:
    order = place("grill")
    orders.add_round(
        order["id"], [intake.NewItem("A", 1, "grill")], location=house.location, actor="pos:t"
    )
    tickets.move_order(order["id"], "ready", location_id=house.id, actor="staff:b")

    shown = _tickets(show("station", "grill"), "ready")

    assert shown == sorted(shown)


@pytest.mark.parametrize("state", ["held", "pending", "preparing", "ready", "complete", "void"])
def test_each_board_shows_the_orders_it_is_for(
    open_ticket: Callable[..., Any], show: Callable[..., State], state: str
) -> None:
    ticket = open_ticket(state)
    status = Order.objects.get().status
    is_open = status in ("pending", "preparing", "ready")

    shown = {code: _ids(show("status", code)) for code in ("pending", "preparing", "ready")}
    expo = show("expo")

    assert shown == {code: [ticket.order_id] * (code == status) for code in shown}
    assert _ids(expo) == [ticket.order_id] * is_open
    assert _ids(expo, "recent") == [ticket.order_id] * (status == "complete")
    assert _ids(show("guests")) == [ticket.order_id] * is_open


@pytest.mark.parametrize("state", ["held", "pending", "preparing", "ready", "complete", "void"])
def test_station_shows_its_tickets_in_the_right_lane(
    open_ticket: Callable[..., Any], show: Callable[..., State], state: str
) -> None:
    ticket = open_ticket(state)

    board = show("station", "grill")

    assert _tickets(board) == [ticket.id] * (state not in ("ready", "complete"))
    assert _tickets(board, "ready") == [ticket.id] * (state == "ready")
    assert show("station", "fry")["orders"] == []


def test_void_ticket_at_a_station_without_screen_is_not_shown(
    open_ticket: Callable[..., Any], show: Callable[..., State]
) -> None:
    open_ticket("void", station="bar")

    assert show("station", "bar")["orders"] == []


def test_further_round_is_a_card_of_its_own(
    place: Callable[..., State], house: House, show: Callable[..., State]
) -> None:
    order = place("grill", "fry")
    orders.add_round(
        order["id"], [intake.NewItem("A", 1, "grill")], location=house.location, actor="pos:t"
    )

    cards = show("station", "grill")["orders"]

    assert [card["id"] for card in cards] == [order["id"]] * 2
    assert [[t["round"] for t in card["tickets"]] for card in cards] == [[1], [2]]
    assert [[o["station_code"] for o in card["others"]] for card in cards] == [
        ["fry", "grill"],
        ["grill", "fry"],
    ]


def test_guests_see_no_more_than_a_number_a_first_name_and_a_state(
    place: Callable[..., State], show: Callable[..., State]
) -> None:
    order = place("grill", customer_name="Ann Lee", notes="secret")

    assert show("guests")["orders"] == [
        {"id": order["id"], "number": "A001", "name": "Ann", "status": "preparing"}
    ]


def test_other_locations_orders_are_not_shown(place: Callable[..., State]) -> None:
    place("grill")
    annex = build_house("annex")

    for ref in annex.feeds():
        assert boards.snapshot(ref)["orders"] == []


def test_order_is_found_by_either_id_and_only_in_its_location(
    place: Callable[..., State], house: House
) -> None:
    order = place("grill", external_id="T1")

    assert boards.find_order(house.id, order_id=order["id"]) == order
    assert boards.find_order(house.id, external_id="T1") == order
    with pytest.raises(NotFound):
        boards.find_order(house.id + 1, order_id=order["id"])
    with pytest.raises(NotFound):
        boards.find_order(house.id + 1, external_id="T1")
    with pytest.raises(NotFound):
        boards.find_order(house.id, external_id="T2")


def test_alarms_name_the_printer_or_the_chit_oldest_first(
    open_ticket: Callable[..., Any], house: House, show: Callable[..., State]
) -> None:
    now = timezone.now()
    ticket = open_ticket(station="bar")
    job = PrintJob.objects.get(ticket=ticket)
    PrintJob.objects.update(status="failed", error_code="data.unprintable", finished_at=now)
    StationPrinter.objects.update(
        error_code="device.paper_out", error_message="The paper is out.", trouble_since=now
    )
    StationPrinter.objects.create(
        location=house.location, code="off", name="Off", error_code="x", enabled=False
    )

    alarms = show("expo")["alarms"]

    assert [(a["code"], a["printer"], a["number"], a["job"]) for a in alarms] == [
        ("data.unprintable", None, "A001", job.id),
        ("device.paper_out", "bar", None, None),
    ]
    assert alarms[1]["message"] == "The paper is out."
    assert {alarm["since"] for alarm in alarms} == {now.isoformat()}


def test_quiet_printing_is_no_alarm(
    open_ticket: Callable[..., Any], show: Callable[..., State]
) -> None:
    open_ticket(station="bar")

    for status in ("new", "printing", "printed"):
        PrintJob.objects.update(status=status)
        assert show("expo")["alarms"] == []


def test_tickets_keep_their_order_whatever_happens(
    place: Callable[..., State], move: Callable[..., State]
) -> None:
    order = place("fry", "grill", "bar")
    stations = [ticket["station_code"] for ticket in order["tickets"]]

    for ticket in reversed(order["tickets"]):
        move(ticket["id"], "start")

    now = boards.order(order["id"])["tickets"]
    assert [ticket["station_code"] for ticket in now] == stations
    assert KitchenTicket.objects.count() == 3
