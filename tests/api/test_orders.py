"""An order once it is placed: read, added to, changed, voided, fired, moved."""

from collections.abc import Callable
from typing import Any

import pytest

from kitchen.models import KitchenTicketLog, PrintJob

from .conftest import Caller, build_house, faults, order, problem, till_of

Place = Callable[..., dict[str, Any]]


def test_order_is_read_whole_by_id_and_by_external_id(till: Caller, place: Place) -> None:
    placed = place("grill", "bar", external_id="T 1/ä")

    by_id = till.get(f"/api/orders/{placed['id']}/")
    by_name = till.get("/api/orders/?external_id=T%201/%C3%A4")

    assert by_id.json() == by_name.json()
    assert by_id.json()["tickets"][1]["print_jobs"][0]["status"] == "new"
    assert by_id.json()["tickets"][0]["items"][0]["name"] == "Dish of grill"


@pytest.mark.parametrize("path", ["/api/orders/999/", "/api/orders/?external_id=nobody"])
def test_order_that_is_not_there_is_not_found(till: Caller, path: str) -> None:
    problem(till.get(path), 404)


def test_order_of_another_location_is_not_found(place: Place) -> None:
    number = place("grill", external_id="T1")["id"]
    stranger = till_of(build_house("annex"))

    problem(stranger.get(f"/api/orders/{number}/"), 404)
    problem(stranger.get("/api/orders/?external_id=T1"), 404)
    problem(stranger.post(f"/api/orders/{number}/void/"), 404)
    problem(stranger.post(f"/operations/api/orders/{number}/status/", {"status": "ready"}), 404)


def test_finding_an_order_needs_its_name(till: Caller) -> None:
    assert faults(till.get("/api/orders/")) == {"external_id": "This is required."}
    assert list(faults(till.get("/api/orders/?externalid=T1"))) == ["external_id", "externalid"]


def test_further_items_are_a_further_round(till: Caller, place: Place) -> None:
    number = place("grill")["id"]

    answer = till.post(f"/api/orders/{number}/items/", order("grill", "fry"))

    assert answer.status_code == 201
    rounds = [(t["station_code"], t["round"]) for t in answer.json()["tickets"]]
    assert rounds == [("grill", 1), ("grill", 2), ("fry", 1)]


def test_round_sent_twice_is_one_round_letter_for_letter(till: Caller, place: Place) -> None:
    path = f"/api/orders/{place('grill')['id']}/items/"

    first = till.post(path, order("bar"), Idempotency_Key="r1")
    second = till.post(path, order("bar"), Idempotency_Key="r1")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content


def test_round_is_refused_with_every_fault(till: Caller, place: Place) -> None:
    path = f"/api/orders/{place('grill')['id']}/items/"
    items = [{"name": "Tea", "quantity": 0, "station_code": "tearoom"}]

    assert list(faults(till.post(path, {"items": items, "table": "3"}))) == [
        "items[0].quantity",
        "table",
        "items[0].station_code",
    ]


def test_voided_order_prints_a_chit_and_says_why(till: Caller, place: Place) -> None:
    number = place("grill", "bar")["id"]

    answer = till.post(f"/api/orders/{number}/void/", {"reason": "Guest left"})

    assert answer.json()["status"] == "void"
    assert answer.json()["tickets"][0]["items"][0]["void_reason"] == "Guest left"
    assert PrintJob.objects.filter(kind="void").count() == 1


def test_void_twice_is_a_conflict_that_tells_the_order(till: Caller, place: Place) -> None:
    path = f"/api/orders/{place('grill')['id']}/void/"
    till.post(path, {"reason": "Guest left"})

    body = problem(till.post(path, {"reason": "Guest left"}), 409)

    assert body["order"]["status"] == body["current_status"] == "void"


def test_one_item_is_voided(till: Caller, place: Place) -> None:
    placed = place("grill", "fry")
    item = placed["tickets"][0]["items"][0]["id"]

    answer = till.post(f"/api/orders/{placed['id']}/items/{item}/void/")

    assert [ticket["status"] for ticket in answer.json()["tickets"]] == ["void", "pending"]


def test_item_of_another_order_is_not_voided(till: Caller, place: Place) -> None:
    other = place("grill")["tickets"][0]["items"][0]["id"]

    problem(till.post(f"/api/orders/{place('grill')['id']}/items/{other}/void/"), 404)


def test_order_is_changed(till: Caller, place: Place) -> None:
    number = place("grill", table="12", notes="quick")["id"]
    change = {"table": "14", "notes": None, "promised_at": "2026-03-06T19:30:00+01:00"}

    body = till.patch(f"/api/orders/{number}/", change).json()

    assert (body["table"], body["notes"]) == ("14", "")
    assert body["promised_at"] == "2026-03-06T18:30:00+00:00"
    assert body["tickets"][0]["needs_ack"]


@pytest.mark.parametrize(
    ("change", "path"),
    [({}, ""), ({"table": 3}, "table"), ({"status": "ready"}, "status")],
)
def test_wrong_change_is_named(till: Caller, place: Place, change: Any, path: str) -> None:
    assert list(faults(till.patch(f"/api/orders/{place()['id']}/", change))) == [path]


def test_held_course_is_fired(till: Caller, place: Place) -> None:
    items = order("grill")["items"] + [
        {"name": "Cake", "quantity": 1, "station_code": "fry", "course": 2}
    ]
    placed = place(items=items)
    for ticket in placed["tickets"]:
        till.post(f"/operations/api/tickets/{ticket['id']}/hold/")

    answer = till.post(f"/api/orders/{placed['id']}/fire/", {"course": 2})
    rest = till.post(f"/api/orders/{placed['id']}/fire/")

    assert [t["status"] for t in answer.json()["tickets"]] == ["held", "pending"]
    assert [t["status"] for t in rest.json()["tickets"]] == ["pending", "pending"]
    problem(till.post(f"/api/orders/{placed['id']}/fire/"), 409)


def test_whole_order_moves_and_is_answered_as_the_contract_says(till: Caller, place: Place) -> None:
    placed = place("grill", "fry", external_id="T1")

    answer = till.post(f"/operations/api/orders/{placed['id']}/status/", {"status": "preparing"})

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "order_id": placed["id"],
        "ref_code": "T1",
        "old_status": "pending",
        "new_status": "preparing",
    }


def test_order_without_external_id_is_called_by_its_number(till: Caller, place: Place) -> None:
    path = f"/operations/api/orders/{place()['id']}/status/"

    assert till.post(path, {"status": "ready"}).json()["ref_code"] == "A001"


def test_illegal_move_of_an_order_tells_where_it_is(till: Caller, place: Place) -> None:
    number = place("grill")["id"]

    body = problem(
        till.post(f"/operations/api/orders/{number}/status/", {"status": "complete"}), 409
    )

    assert body["current_status"] == body["order"]["status"] == "pending"
    assert body["success"] is False
    assert KitchenTicketLog.objects.count() == 1


@pytest.mark.parametrize("status", ["void", "done", None, 3])
def test_unknown_status_is_wrong_input(till: Caller, place: Place, status: Any) -> None:
    answer = till.post(f"/operations/api/orders/{place()['id']}/status/", {"status": status})

    assert list(faults(answer)) == ["status"]


def test_status_sent_twice_with_a_key_moves_once(till: Caller, place: Place) -> None:
    path = f"/operations/api/orders/{place()['id']}/status/"

    first = till.post(path, {"status": "ready"}, Idempotency_Key="s1")
    second = till.post(path, {"status": "ready"}, Idempotency_Key="s1")

    assert second.status_code == 200
    assert second.json() == first.json()
    problem(till.post(path, {"status": "complete"}, Idempotency_Key="s1"), 409)
