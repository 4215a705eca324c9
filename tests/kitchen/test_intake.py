"""An order is accepted whole or refused whole; accepted, it is tickets, items and chits."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from kitchen import boards, orders
from kitchen.errors import MoveRefused, NotFound, OrderInvalid
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    Feed,
    KitchenTicket,
    KitchenTicketItem,
    KitchenTicketLog,
    MenuItem,
    Order,
    Outbox,
    PrintJob,
)
from tests.kitchen.conftest import House, build_house

State = dict[str, Any]
TABLES = [Order, KitchenTicket, KitchenTicketItem, KitchenTicketLog, PrintJob, Feed, Outbox]


@pytest.fixture
def dish(house: House) -> Callable[..., MenuItem]:
    """Put something on the menu."""

    def dish(name: str = "Ribeye", station: str = "grill", **values: Any) -> MenuItem:
        where = values.pop("house", house)
        return MenuItem.objects.create(
            location=where.location,
            brand=where.location.brand_set.get(),
            station=where.stations[station],
            name=name,
            **values,
        )

    return dish


@pytest.fixture
def refusal(house: House) -> Callable[..., dict[str, str]]:
    """Place what must be refused; return its faults, message by path."""

    def refusal(*items: NewItem, **values: Any) -> dict[str, str]:
        with pytest.raises(OrderInvalid) as refused:
            orders.place(house.location, NewOrder(items, **values), actor="pos:till")
        faults = refused.value.faults
        assert len({fault.path for fault in faults}) == len(faults)
        return {fault.path: fault.message for fault in faults}

    return refusal


def test_order_becomes_one_ticket_per_station(place: Callable[..., State]) -> None:
    order = place("grill", "bar", "grill", "fry", "grill")

    tickets = {ticket["station_code"]: ticket for ticket in order["tickets"]}
    assert {code: len(ticket["items"]) for code, ticket in tickets.items()} == {
        "grill": 3,
        "bar": 1,
        "fry": 1,
    }
    assert len(order["tickets"]) == 3
    assert {(ticket["round"], ticket["version"]) for ticket in order["tickets"]} == {(1, 1)}


def test_items_keep_the_order_in_which_they_were_asked(place: Callable[..., State]) -> None:
    names = ["Soup", "Ribeye", "Apple pie"]

    order = place(items=[NewItem(name, 1, "grill") for name in names])

    assert [item["name"] for item in order["tickets"][0]["items"]] == names


def test_everything_asked_is_kept(place: Callable[..., State]) -> None:
    promised = timezone.now()
    item = NewItem(
        name="Ribeye",
        quantity=999,
        station_code="grill",
        modifiers=("Rare", "No butter"),
        notes="Crème",
        allergens=("milk",),
        seat=1,
        course=2,
        unit_price=Decimal("32.00"),
    )
    head = {
        "external_id": "TBL01-001",
        "order_type": "takeout",
        "table": "12",
        "customer_name": "Łucja",
        "server": "Ana",
        "guests": 2,
        "priority": "vip",
        "notes": "Window",
    }

    order = place(items=[item], promised_at=promised, **head)

    told = order["tickets"][0]["items"][0]
    assert {name: order[name] for name in head} == head
    assert order["promised_at"].startswith(promised.strftime("%Y-%m-%dT%H:%M:%S"))
    assert (told["name"], told["quantity"], told["modifiers"], told["allergens"]) == (
        "Ribeye",
        999,
        ["Rare", "No butter"],
        ["milk"],
    )
    assert (told["notes"], told["seat"], told["course"]) == ("Crème", 1, 2)
    assert KitchenTicketItem.objects.get().unit_price == Decimal("32.00")


def test_new_tickets_have_the_priority_of_their_order(place: Callable[..., State]) -> None:
    order = place("grill", "fry", priority="rush")

    assert [ticket["priority"] for ticket in order["tickets"]] == ["rush", "rush"]


def test_answer_is_in_short_what_was_placed(house: House) -> None:
    new = NewOrder([NewItem("Ribeye", 1, "grill"), NewItem("Beer", 2, "bar")], external_id="T1")

    placed = orders.place(house.location, new, actor="pos:till")

    answer = placed.answer
    order = boards.order(answer["id"])
    assert placed.created
    assert set(answer) == {"id", "external_id", "number", "status", "placed_at", "tickets"}
    grill, bar = answer["tickets"]
    assert grill == {
        "id": order["tickets"][0]["id"],
        "station_code": "grill",
        "round": 1,
        "status": "pending",
        "version": 1,
        "items": [
            {
                "id": order["tickets"][0]["items"][0]["id"],
                "name": "Ribeye",
                "quantity": 1,
                "status": "pending",
            }
        ],
        "print_jobs": [],
    }
    job = PrintJob.objects.get()
    assert bar["print_jobs"] == [{"id": job.id, "status": "new", "printer": None, "proof": None}]


def test_station_that_prints_owes_a_chit(place: Callable[..., State]) -> None:
    order = place("grill", "bar")

    job = PrintJob.objects.get()
    ticket = next(ticket for ticket in order["tickets"] if ticket["station_code"] == "bar")
    assert (job.kind, job.status, job.ticket_id, job.item_ids) == (
        "order",
        "new",
        ticket["id"],
        None,
    )
    assert (job.station.code, job.printer) == ("bar", None)


def test_menu_item_names_the_station(place: Callable[..., State], dish: Callable[..., Any]) -> None:
    entry = dish(station="fry")

    order = place(items=[NewItem("Ribeye", 1, menu_item=entry.id)])

    assert [ticket["station_code"] for ticket in order["tickets"]] == ["fry"]
    assert order["tickets"][0]["items"][0]["menu_item"] == entry.id


def test_own_station_goes_before_the_menus(
    place: Callable[..., State], dish: Callable[..., Any]
) -> None:
    entry = dish(station="fry")

    order = place(items=[NewItem("Ribeye", 1, "grill", menu_item=entry.id)])

    assert [ticket["station_code"] for ticket in order["tickets"]] == ["grill"]


def test_every_fault_is_named_at_once(
    refusal: Callable[..., Any], dish: Callable[..., Any]
) -> None:
    gone = dish("Oyster", sold_out_at=timezone.now())

    faults = refusal(
        NewItem("Ribeye", 1, "girll"),
        NewItem("Fine", 1, "grill"),
        NewItem("Nowhere", 1),
        NewItem("Ghost", 1, menu_item=999_999),
        NewItem("Oyster", 1, menu_item=gone.id),
        brand="sushi",
    )

    assert set(faults) == {
        "brand",
        "items[0].station_code",
        "items[2].station_code",
        "items[3].menu_item",
        "items[4].menu_item",
    }
    assert faults["items[0].station_code"] == (
        "There is no station 'girll'; known are: bar, fry, grill."
    )
    assert "sold out (86)" in faults["items[4].menu_item"]


def test_order_without_items_is_refused(refusal: Callable[..., Any]) -> None:
    assert set(refusal()) == {"items"}


def test_refused_order_leaves_nothing_behind(refusal: Callable[..., Any], house: House) -> None:
    refusal(NewItem("Ribeye", 1, "grill"), NewItem("Tea", 1, "tearoom"), external_id="T1")

    house.location.refresh_from_db()
    assert [model.objects.count() for model in TABLES] == [0] * len(TABLES)
    assert house.location.order_counter == 0


def test_other_locations_things_are_unknown_here(
    refusal: Callable[..., Any], dish: Callable[..., Any]
) -> None:
    elsewhere = build_house("annex")
    foreign = dish(house=elsewhere)
    elsewhere.stations["fry"].code = "sushi"
    elsewhere.stations["fry"].save()

    faults = refusal(NewItem("A", 1, menu_item=foreign.id), NewItem("B", 1, "sushi"))

    assert set(faults) == {"items[0].menu_item", "items[1].station_code"}


def test_further_round_is_a_further_ticket(place: Callable[..., State], house: House) -> None:
    order = place("grill", "fry")

    orders.add_round(
        order["id"], [NewItem("Steak", 1, "grill")], location=house.location, actor="pos:till"
    )

    tickets = boards.order(order["id"])["tickets"]
    assert [(ticket["station_code"], ticket["round"]) for ticket in tickets] == [
        ("grill", 1),
        ("fry", 1),
        ("grill", 2),
    ]


def test_rounds_count_on_at_each_station(place: Callable[..., State], house: House) -> None:
    order = place("grill")

    for code in ("grill", "fry", "grill", "fry"):
        items = [NewItem("More", 1, code)]
        orders.add_round(order["id"], items, location=house.location, actor="pos:till")

    rounds = [(t["station_code"], t["round"]) for t in boards.order(order["id"])["tickets"]]
    assert rounds == [("grill", 1), ("grill", 2), ("fry", 1), ("grill", 3), ("fry", 2)]


def test_further_round_opens_a_complete_order_again(
    open_ticket: Callable[..., Any], house: House
) -> None:
    ticket = open_ticket("complete")

    orders.add_round(
        ticket.order_id, [NewItem("Pie", 1, "fry")], location=house.location, actor="pos:till"
    )

    order = boards.order(ticket.order_id)
    assert (order["status"], order["completed_at"]) == ("preparing", None)
    assert [entry["status"] for entry in order["tickets"]] == ["complete", "pending"]


def test_further_round_owes_its_own_chit(place: Callable[..., State], house: House) -> None:
    order = place("bar")

    orders.add_round(
        order["id"], [NewItem("Wine", 1, "bar")], location=house.location, actor="pos:till"
    )

    assert PrintJob.objects.filter(kind="order").values("ticket").distinct().count() == 2


def test_void_order_takes_no_further_round(open_ticket: Callable[..., Any], house: House) -> None:
    ticket = open_ticket("void")

    with pytest.raises(MoveRefused) as refused:
        orders.add_round(
            ticket.order_id, [NewItem("Pie", 1, "fry")], location=house.location, actor="pos:till"
        )

    assert refused.value.state == "void"
    assert refused.value.now["id"] == ticket.order_id


def test_faults_of_a_round_are_named_and_leave_nothing(
    place: Callable[..., State], house: House
) -> None:
    order = place("grill")

    with pytest.raises(OrderInvalid) as refused:
        orders.add_round(
            order["id"],
            [NewItem("Pie", 1, "grill"), NewItem("Pie", 1, "pies")],
            location=house.location,
            actor="pos:till",
        )

    assert [fault.path for fault in refused.value.faults] == ["items[1].station_code"]
    assert boards.order(order["id"]) == order


@pytest.mark.parametrize("act", ["round", "void", "void_item", "change"])
def test_order_of_another_location_is_not_found(
    place: Callable[..., State], house: House, act: str
) -> None:
    order = place("grill")
    annex = build_house("annex")
    here = {"location_id": annex.id, "actor": "pos:spy"}
    acts: dict[str, Callable[[], Any]] = {
        "round": lambda: orders.add_round(
            order["id"], [NewItem("Pie", 1, "grill")], location=annex.location, actor="pos:spy"
        ),
        "void": lambda: orders.void(order["id"], reason="", **here),
        "void_item": lambda: orders.void_item(order["id"], 1, reason="", **here),
        "change": lambda: orders.change(order["id"], {"table": "1"}, **here),
    }

    with pytest.raises(NotFound):
        acts[act]()

    assert boards.order(order["id"]) == order


def test_digest_tells_contents_apart() -> None:
    plain = NewOrder([NewItem("Ribeye", 1, "grill")])

    assert plain.digest == NewOrder((NewItem("Ribeye", 1, "grill"),)).digest
    assert plain.digest != NewOrder([NewItem("Ribeye", 2, "grill")]).digest
    assert plain.digest != replace(plain, table="7").digest
