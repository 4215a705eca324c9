"""Placing orders: whole or not at all, once however often it is sent."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kitchen.models import KitchenTicket, MenuItem, Order, PrintJob
from kitchen.models import RequestKey as Key

from .conftest import Caller, House, build_house, faults, order, problem, till_of

FULL = {
    "external_id": "TBL01-001",
    "location": "hq",
    "brand": "main",
    "order_type": "dine_in",
    "table": "12",
    "customer_name": "",
    "server": "Ana",
    "guests": 2,
    "priority": "normal",
    "notes": "",
    "promised_at": None,
    "items": [
        {
            "name": "Ribeye",
            "quantity": 1,
            "station_code": "grill",
            "course": 2,
            "seat": 1,
            "modifiers": ["Medium rare", "No butter"],
            "notes": "",
            "allergens": ["milk"],
            "unit_price": "32.00",
            "menu_item": None,
        }
    ],
}


def test_order_of_the_contract_is_answered_as_the_contract_says(till: Caller) -> None:
    answer = till.post("/api/orders/", FULL)

    body = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/orders/{body['id']}/"
    (ticket,) = body.pop("tickets")
    (item,) = ticket.pop("items")
    assert body == {
        "id": body["id"],
        "external_id": "TBL01-001",
        "number": "A001",
        "status": "pending",
        "placed_at": body["placed_at"],
    }
    assert ticket == {
        "id": ticket["id"],
        "station_code": "grill",
        "round": 1,
        "status": "pending",
        "version": 1,
        "print_jobs": [],
    }
    assert item == {"id": item["id"], "name": "Ribeye", "quantity": 1, "status": "pending"}


def test_printing_station_owes_a_chit(till: Caller) -> None:
    ticket = till.post("/api/orders/", order("bar")).json()["tickets"][0]

    job = PrintJob.objects.get()
    assert ticket["print_jobs"] == [{"id": job.id, "status": "new", "printer": None, "proof": None}]


def test_menu_item_brings_its_station(till: Caller, house: House) -> None:
    item = {"name": "Spritz", "quantity": 2, "menu_item": house.menu["Spritz"].id}

    tickets = till.post("/api/orders/", {"items": [item]}).json()["tickets"]

    assert [ticket["station_code"] for ticket in tickets] == ["bar"]


def test_what_is_optional_may_be_null(till: Caller) -> None:
    nothing = dict.fromkeys(
        ["external_id", "location", "brand", "order_type", "table", "customer_name", "server",
         "guests", "priority", "notes", "promised_at"]
    )  # fmt: skip
    of_item = dict.fromkeys(["menu_item", "modifiers", "notes", "allergens", "seat", "course"])
    item = {"name": "Tea", "quantity": 1, "station_code": "grill", "unit_price": None} | of_item

    assert till.post("/api/orders/", nothing | {"items": [item]}).status_code == 201


@pytest.mark.parametrize("again", [{"Idempotency_Key": "k1"}, {}])
def test_sent_twice_it_is_one_order_with_the_same_answer(till: Caller, again: Any) -> None:
    sent = order("grill", "bar", external_id="" if again else "T1")

    first = till.post("/api/orders/", sent, **again)
    second = till.post("/api/orders/", sent, **again)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert Order.objects.count() == 1


def test_answer_stays_the_first_one_whatever_happened_since(till: Caller) -> None:
    first = till.post("/api/orders/", order(external_id="T1"))
    ticket = first.json()["tickets"][0]["id"]
    till.post(f"/operations/api/tickets/{ticket}/bump/")

    second = till.post("/api/orders/", order(external_id="T1"))

    assert second.json() == first.json()


@pytest.mark.parametrize("again", [{"Idempotency_Key": "k1"}, {}])
def test_same_key_with_another_body_is_a_conflict(till: Caller, again: Any) -> None:
    name = "" if again else "T1"
    till.post("/api/orders/", order("grill", external_id=name), **again)

    answer = till.post("/api/orders/", order("fry", external_id=name), **again)

    problem(answer, 409)
    assert Order.objects.count() == 1


def test_key_of_one_till_is_not_another_tills(till: Caller, house: House) -> None:
    other = till_of(house, "second")

    first = till.post("/api/orders/", order(), Idempotency_Key="k1")
    second = other.post("/api/orders/", order(), Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [{"Idempotency_Key": "k1"}, {}])
def test_twenty_retries_at_once_are_one_order(till: Caller, again: Any) -> None:
    sent = order("grill", "bar", external_id="" if again else "T1")
    barrier = threading.Barrier(20)

    def send(_: int) -> Any:
        barrier.wait(timeout=30)
        try:
            return till.post("/api/orders/", sent, **again)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(send, range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert KitchenTicket.objects.count() == 2
    assert PrintJob.objects.count() == 1


def test_every_fault_is_told_at_once(till: Caller, house: House) -> None:
    MenuItem.objects.filter(name="Spritz").update(sold_out_at="2026-03-06T18:00:00Z")
    items = [
        {"name": "", "quantity": 0, "station_code": "grill"},
        {"name": "Ribeye", "quantity": "2", "station_code": "gril"},
        {"name": "Tea", "quantity": 1},
        {"name": "Spritz", "quantity": 1, "menu_item": house.menu["Spritz"].id, "size": "L"},
        {"name": "Cake", "quantity": 1, "station_code": "fry", "menu_item": 10**12},
        {"name": "x" * 201, "quantity": 1000, "station_code": "fry", "modifiers": [1]},
        7,
    ]

    answer = till.post(
        "/api/orders/",
        {"items": items, "order_type": "drive", "brand": "burgers", "guest": 2},
        Idempotency_Key="k" * 201,
    )

    assert faults(answer) == {
        "items[0].name": "One line of text that is not blank, without control characters.",
        "items[0].quantity": "At least 1.",
        "items[1].quantity": "This must be a whole number.",
        "items[1].station_code": "There is no station 'gril'; known are: bar, fry, grill.",
        "items[2].station_code": "Name a station, or a menu_item that has one.",
        "items[3].menu_item": "Spritz is sold out (86).",
        "items[3].size": "There is no such field.",
        "items[4].menu_item": "There is no menu item 1000000000000.",
        "items[5].name": "At most 200 characters.",
        "items[5].quantity": "At most 999.",
        "items[5].modifiers[0]": "This must be text.",
        "items[6]": "This must be an object.",
        "brand": "There is no brand 'burgers' at HQ.",
        "order_type": "This must be one of: 'dine_in', 'takeout' or 'delivery'.",
        "guest": "There is no such field.",
        "Idempotency-Key": "At most 200 printable characters.",
    }
    assert not Order.objects.exists()
    assert not Key.objects.exists()


@pytest.mark.parametrize("quantity", ["2", True, 2.5, 2.0, None, 0, -1, 1000, 10**30])
def test_quantity_is_a_whole_number_from_1_to_999(till: Caller, quantity: Any) -> None:
    item = {"name": "Tea", "quantity": quantity, "station_code": "grill"}

    assert list(faults(till.post("/api/orders/", {"items": [item]}))) == ["items[0].quantity"]


@pytest.mark.parametrize("quantity", [1, 999])
def test_quantity_may_be_1_and_999(till: Caller, quantity: int) -> None:
    item = {"name": "Tea", "quantity": quantity, "station_code": "grill"}

    assert till.post("/api/orders/", {"items": [item]}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_id", "x" * 101),
        ("external_id", "a\nb"),
        ("external_id", 12),
        ("table", "x" * 41),
        ("table", 12),
        ("customer_name", "x" * 101),
        ("server", "Ana\u0000"),
        ("guests", 40000),
        ("guests", "2"),
        ("guests", -1),
        ("priority", "high"),
        ("notes", "x" * 501),
        ("notes", "bell \u0007"),
        ("promised_at", "soon"),
        ("promised_at", "2026-03-06T19:30:00"),
        ("promised_at", "0001-01-01T00:00:00+14:00"),
        ("promised_at", 1772821800),
        ("location", "annex"),
        ("location", "no such\u0000"),
        ("brand", "x" * 33),
        ("items", []),
        ("items", {}),
        ("items", None),
    ],
)
def test_field_of_an_order_that_is_wrong_is_named(till: Caller, field: str, value: Any) -> None:
    assert field in faults(till.post("/api/orders/", order("grill", **{field: value})))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "Rib\u001beye"),
        ("notes", "x" * 501),
        ("modifiers", "rare"),
        ("allergens", ["x" * 101]),
        ("modifiers", ["rare"] * 51),
        ("seat", 32768),
        ("course", 1.5),
        ("unit_price", "32.001"),
        ("unit_price", "12345678.00"),
        ("unit_price", "NaN"),
        ("unit_price", True),
        ("menu_item", 2**63),
        ("menu_item", "7"),
        ("station_code", 5),
    ],
)
def test_field_of_an_item_that_is_wrong_is_named(till: Caller, field: str, value: Any) -> None:
    item = {"name": "Tea", "quantity": 1, "station_code": "grill", field: value}

    (path,) = faults(till.post("/api/orders/", {"items": [item]}))

    assert path.split("[1]")[0].startswith(f"items[0].{field}")


def test_200_items_are_taken_and_201_are_not(till: Caller) -> None:
    item = order("grill")["items"][0]

    assert till.post("/api/orders/", {"items": [item] * 200}).status_code == 201
    assert faults(till.post("/api/orders/", {"items": [item] * 201})) == {
        "items": "At most 200, not 201."
    }


def test_note_may_have_500_characters_and_lines(till: Caller, place: Any) -> None:
    notes = ("Größe ✓\n" * 63)[:500]

    assert place("grill", notes=notes)["notes"] == notes


def test_request_of_another_location_is_refused_by_its_name(till: Caller) -> None:
    build_house("annex")

    answer = till.post("/api/orders/", order("grill", location="annex"))

    assert faults(answer) == {"location": "You have no access to a location 'annex'."}


def test_person_of_two_locations_names_one(house: House, staff: Any) -> None:
    annex = build_house("annex")
    ana = staff("manager", annex)

    in_body = ana.post("/api/orders/", order("grill", location="annex"))
    in_query = ana.post("/api/orders/?location=annex", order("grill"))
    at_home = ana.post("/api/orders/", order("grill"))

    assert [answer.status_code for answer in (in_body, in_query, at_home)] == [201, 201, 201]
    assert list(Order.objects.order_by("id").values_list("location__code", flat=True)) == [
        "annex", "annex", "hq",
    ]  # fmt: skip


def test_sold_out_item_is_refused_but_its_earlier_order_is_remembered(
    till: Caller, house: House
) -> None:
    ribeye = house.menu["Ribeye"].id
    sent = {"external_id": "T1", "items": [{"name": "Ribeye", "quantity": 1, "menu_item": ribeye}]}
    till.post("/api/orders/", sent)
    till.post(f"/api/menu/{ribeye}/86/")

    assert till.post("/api/orders/", sent).status_code == 200
    assert faults(till.post("/api/orders/", sent | {"external_id": "T2"})) == {
        "items[0].menu_item": "Ribeye is sold out (86)."
    }


def test_unit_price_may_be_a_number(till: Caller) -> None:
    raw = json.dumps(order("grill")).replace('"quantity": 1', '"quantity": 1, "unit_price": 9.5')

    assert till.post("/api/orders/", raw.encode()).status_code == 201
