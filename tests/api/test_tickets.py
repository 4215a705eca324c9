"""Taps: one wins, the other is told what is true now; none counts twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from kitchen.models import KitchenTicket, KitchenTicketLog

from .conftest import Caller, build_house, faults, problem, till_of

Place = Callable[..., dict[str, Any]]


@pytest.fixture
def ticket(place: Place) -> dict[str, Any]:
    return place("grill")["tickets"][0]


def path_of(ticket: dict[str, Any], action: str) -> str:
    return f"/operations/api/tickets/{ticket['id']}/{action}/"


@pytest.mark.parametrize(
    ("before", "action", "status"),
    [
        ([], "start", "preparing"),
        ([], "bump", "ready"),
        (["bump"], "complete", "complete"),
        (["bump"], "recall", "preparing"),
        ([], "hold", "held"),
        (["hold"], "fire", "pending"),
        ([], "rush", "pending"),
        (["rush"], "unrush", "pending"),
    ],
)
def test_action_answers_with_the_ticket(
    till: Caller, ticket: dict[str, Any], before: list[str], action: str, status: str
) -> None:
    for step in before:
        till.post(path_of(ticket, step))

    answer = till.post(path_of(ticket, action))

    assert answer.status_code == 200
    assert answer.json()["status"] == status
    assert answer.json()["version"] == 2 + len(before)


def test_change_is_acknowledged(till: Caller, place: Place) -> None:
    placed = place("grill")
    till.patch(f"/api/orders/{placed['id']}/", {"table": "9"})

    answer = till.post(path_of(placed["tickets"][0], "acknowledge"))

    assert answer.json()["needs_ack"] is False


def test_second_tap_is_told_what_is_true_now(till: Caller, ticket: dict[str, Any]) -> None:
    till.post(path_of(ticket, "bump"))

    body = problem(till.post(path_of(ticket, "bump")), 409)

    assert body["detail"] == "Cannot bump a ticket that is ready."
    assert body["ticket"]["status"] == body["current_status"] == "ready"
    assert body["ticket"]["version"] == 2


def test_tap_on_an_older_version_is_told_what_is_true_now(
    till: Caller, ticket: dict[str, Any]
) -> None:
    till.post(path_of(ticket, "rush"))

    body = problem(till.post(path_of(ticket, "start"), {"version": 1}), 409)

    assert (body["ticket"]["version"], body["ticket"]["priority"]) == (2, "rush")
    assert till.post(path_of(ticket, "start"), {"version": 2}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b'{"version": null}', b'{"version": 1}'])
def test_body_of_a_tap_may_be_left_out(till: Caller, ticket: dict[str, Any], body: bytes) -> None:
    assert till.post(path_of(ticket, "bump"), body).status_code == 200


@pytest.mark.parametrize("version", ["1", True, 1.5, -1, 2**31, []])
def test_version_is_a_whole_number(till: Caller, ticket: dict[str, Any], version: Any) -> None:
    assert list(faults(till.post(path_of(ticket, "bump"), {"version": version}))) == ["version"]


def test_repeat_with_the_same_key_does_nothing_again(till: Caller, ticket: dict[str, Any]) -> None:
    first = till.post(path_of(ticket, "bump"), {"version": 1}, Idempotency_Key="tap-1")
    till.post(path_of(ticket, "recall"))

    # A screen that learned of a newer version meanwhile still means the same tap.
    second = till.post(path_of(ticket, "bump"), {"version": 2}, Idempotency_Key="tap-1")

    assert second.status_code == 200
    assert second.json() == first.json()
    assert KitchenTicket.objects.get().status == "preparing"


def test_same_key_for_another_tap_is_a_conflict(till: Caller, ticket: dict[str, Any]) -> None:
    till.post(path_of(ticket, "start"), Idempotency_Key="tap-1")

    problem(till.post(path_of(ticket, "bump"), Idempotency_Key="tap-1"), 409)
    assert KitchenTicket.objects.get().status == "preparing"


def test_refused_tap_leaves_its_key_free(till: Caller, ticket: dict[str, Any]) -> None:
    problem(till.post(path_of(ticket, "recall"), Idempotency_Key="tap-1"), 409)
    till.post(path_of(ticket, "bump"))

    assert till.post(path_of(ticket, "recall"), Idempotency_Key="tap-1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_same_tap_twice_at_once_counts_once_and_both_get_the_answer(
    till: Caller, ticket: dict[str, Any]
) -> None:
    answers = at_once(
        lambda: till.post(path_of(ticket, "bump"), {"version": 1}, Idempotency_Key="tap-1")
    )

    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.content for answer in answers}) == 1
    assert KitchenTicketLog.objects.filter(action="bump").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_cooks_one_wins_and_the_others_are_told(
    till: Caller, ticket: dict[str, Any]
) -> None:
    answers = at_once(lambda: till.post(path_of(ticket, "bump"), {"version": 1}))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    told = [answer.json()["ticket"] for answer in answers if answer.status_code == 409]
    assert {(now["status"], now["version"]) for now in told} == {("ready", 2)}


def test_item_is_bumped_and_recalled(till: Caller, place: Place) -> None:
    items = [{"name": name, "quantity": 1, "station_code": "grill"} for name in ("Rib", "Wing")]
    (ticket,) = place(items=items)["tickets"]
    path = path_of(ticket, f"items/{ticket['items'][0]['id']}/bump")

    bumped = till.post(path).json()
    recalled = till.post(path.replace("/bump/", "/recall/")).json()

    assert bumped["status"] == "preparing"
    assert [item["status"] for item in bumped["items"]] == ["ready", "pending"]
    assert [item["status"] for item in recalled["items"]] == ["pending", "pending"]


def test_item_of_another_ticket_is_not_found(
    till: Caller, ticket: dict[str, Any], place: Place
) -> None:
    other = place("grill")["tickets"][0]["items"][0]["id"]

    problem(till.post(path_of(ticket, f"items/{other}/bump")), 404)


def test_item_bumped_twice_is_told_the_ticket(till: Caller, ticket: dict[str, Any]) -> None:
    path = path_of(ticket, f"items/{ticket['items'][0]['id']}/bump")
    till.post(path)

    assert problem(till.post(path), 409)["ticket"]["status"] == "ready"


def test_ticket_of_another_location_is_not_found(ticket: dict[str, Any]) -> None:
    stranger = till_of(build_house("annex"))

    problem(stranger.post(path_of(ticket, "bump")), 404)


@pytest.mark.parametrize("action", ["void", "change", "explode", "BUMP"])
def test_what_is_no_action_is_not_found(till: Caller, ticket: dict[str, Any], action: str) -> None:
    problem(till.post(path_of(ticket, action)), 404)


def test_log_names_who_tapped(ticket: dict[str, Any], staff: Any, screen: Any) -> None:
    staff("cook").post(path_of(ticket, "start"))
    screen("station", "grill").post(path_of(ticket, "bump"))

    actors = KitchenTicketLog.objects.order_by("id").values_list("actor", flat=True)
    assert list(actors) == ["pos:till", "staff:cook-0", "screen:station grill"]


def at_once(tap: Callable[[], Any]) -> list[Any]:
    """Do the same from eight threads that begin at one moment."""
    barrier = threading.Barrier(8)

    def run(_: int) -> Any:
        barrier.wait(timeout=30)
        try:
            return tap()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as cooks:
        return list(cooks.map(run, range(8)))
