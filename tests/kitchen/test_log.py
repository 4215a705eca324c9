"""The ticket log: written with the change, exactly once, and by nobody ever changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from kitchen import history, log
from kitchen.errors import NotFound
from kitchen.models import KitchenTicketLog
from tests.kitchen.conftest import House, build_house

State = dict[str, Any]
TABLE = "kitchen_kitchenticketlog"
TAMPERING = [
    f"UPDATE {TABLE} SET actor = 'nobody'",
    f"UPDATE ONLY {TABLE} SET metadata = '{{}}' WHERE action = 'created'",
    f"DELETE FROM {TABLE}",
    f"TRUNCATE {TABLE}",
    f"TRUNCATE {TABLE} CASCADE",
    "TRUNCATE kitchen_order CASCADE",
    "TRUNCATE kitchen_location CASCADE",
    f"INSERT INTO {TABLE} SELECT * FROM {TABLE} ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
    f"MERGE INTO {TABLE} l USING {TABLE} o ON l.id = o.id WHEN MATCHED THEN DELETE",
    f"WITH gone AS (DELETE FROM {TABLE} RETURNING 1) SELECT * FROM gone",
]


@contextmanager
def _as_superuser_who_plays_replica() -> Iterator[Any]:
    """The mightiest session there is: it may switch ordinary triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (True,), "this test needs a superuser to prove anything"
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


@contextmanager
def _as_the_app() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor


def _check_deferred_constraints() -> None:
    # As at a commit; a table with checks still to come cannot be truncated by anyone.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _rows() -> list[State]:
    return list(KitchenTicketLog.objects.order_by("id").values())


@pytest.mark.parametrize("who", [_as_the_app, _as_superuser_who_plays_replica])
@pytest.mark.parametrize("sql", TAMPERING)
def test_database_refuses_to_change_the_log(
    open_ticket: Callable[..., Any], sql: str, who: Callable[[], Any]
) -> None:
    open_ticket("complete", station="bar")
    _check_deferred_constraints()
    before = _rows()

    with pytest.raises(Error, match="The ticket log is append-only"), who() as cursor:
        cursor.execute(sql)

    assert _rows() == before != []


def test_orm_cannot_change_the_log_either(open_ticket: Callable[..., Any]) -> None:
    open_ticket()
    row = KitchenTicketLog.objects.get()
    row.actor = "nobody"

    with pytest.raises(Error, match="append-only: UPDATE"), transaction.atomic():
        row.save()
    with pytest.raises(Error, match="append-only: DELETE"), transaction.atomic():
        KitchenTicketLog.objects.filter(id=row.id)._raw_delete(using="default")

    assert KitchenTicketLog.objects.get().actor == "pos:till"


@pytest.mark.django_db(transaction=True)
def test_change_undone_leaves_no_row(
    open_ticket: Callable[..., Any], move: Callable[..., State]
) -> None:
    ticket = open_ticket()
    before = _rows()

    with transaction.atomic():
        move(ticket, "bump")
        transaction.set_rollback(True)

    assert _rows() == before


def test_entry_is_kept_as_it_was_given(house: House) -> None:
    given = {
        "action": "print_failed",
        "actor": "printer_worker:edge",
        "location_id": house.id,
        "station_id": house.stations["bar"].id,
        "order_id": None,
        "ticket_id": None,
        "print_job_id": None,
        "printer": "bar",
        "printer_address": "127.0.0.1:9101",
        "error_code": "device.paper_out",
        "error_message": 'The "paper" is out: 100 %s',
        "duration_ms": 1234,
        "metadata": {"attempt": 3, "note": "Crème €"},
    }
    at = timezone.now()

    log.append([log.Entry(**given, at=at, old="printing", new="failed")])

    (row,) = _rows()
    states = {"timestamp": at, "old_status": "printing", "new_status": "failed"}
    assert row == {**given, **states, "id": row["id"]}


def test_long_texts_are_cut_not_refused(house: House) -> None:
    long = "x" * 2000
    entry = log.Entry(
        "retry", long, house.id, timezone.now(), printer_address=long, error_message=long
    )

    log.append([entry])

    row = KitchenTicketLog.objects.get()
    assert [len(text) for text in (row.actor, row.printer_address, row.error_message)] == [
        120,
        200,
        500,
    ]


def test_entries_keep_their_order(house: House) -> None:
    now = timezone.now()

    log.append([log.Entry(f"a{n}", "system", house.id, now) for n in range(20)])

    assert [row["action"] for row in _rows()] == [f"a{n}" for n in range(20)]


def test_nothing_to_log_is_no_fault(house: House) -> None:
    log.append([])

    assert _rows() == []


def test_ticket_tells_its_story_oldest_first(
    open_ticket: Callable[..., Any], move: Callable[..., State], house: House
) -> None:
    ticket = open_ticket("ready")
    move(ticket, "recall")
    open_ticket()

    page = history.of_ticket(ticket.id, location_id=house.id)

    assert [entry["action"] for entry in page["entries"]] == ["created", "bump", "recall"]
    assert (page["more"], page["next"]) == (False, page["entries"][-1]["id"])


def test_ticket_of_another_location_has_no_story_here(open_ticket: Callable[..., Any]) -> None:
    ticket = open_ticket()

    with pytest.raises(NotFound):
        history.of_ticket(ticket.id, location_id=build_house("annex").id)


def test_log_is_read_page_by_page_without_loss(
    open_ticket: Callable[..., Any], house: House
) -> None:
    for _ in range(5):
        open_ticket("complete")

    read, after, more = [], 0, True
    while more:
        page = history.of_location(house.id, after=after, limit=4)
        read += page["entries"]
        after, more = page["next"], page["more"]

    assert [entry["id"] for entry in read] == [row["id"] for row in _rows()]
    assert history.of_location(house.id, after=after)["entries"] == []


def test_log_can_be_asked_for_an_action_a_station_or_a_time(
    open_ticket: Callable[..., Any], house: House
) -> None:
    open_ticket("ready")
    open_ticket("ready", station="fry")
    last = KitchenTicketLog.objects.latest("id")

    def asked(**values: Any) -> list[int]:
        entries = history.of_location(house.id, **values)["entries"]
        return [entry["id"] for entry in entries]

    rows = KitchenTicketLog.objects.order_by("id")
    assert asked(action="bump") == [row.id for row in rows if row.action == "bump"]
    assert asked(station="fry") == [row.id for row in rows if row.station.code == "fry"]
    assert asked(since=last.timestamp) == [last.id]
    assert asked(since=last.timestamp + timedelta(hours=1)) == []
    with pytest.raises(NotFound):
        asked(station="sushi")


@pytest.mark.django_db(transaction=True)
def test_page_ends_before_what_is_not_yet_committed(
    open_ticket: Callable[..., Any],
    move: Callable[..., State],
    house: House,
    at_once: Callable[..., list[Any]],
) -> None:
    """Ids are handed out before commit: a reader must not run past a row still to come."""
    ticket = open_ticket()
    seen = KitchenTicketLog.objects.get().id

    def read() -> list[str]:
        return [entry["action"] for entry in history.of_location(house.id, after=seen)["entries"]]

    with transaction.atomic():
        move(ticket, "rush")
        at_once(lambda: log.append([log.Entry("later", "system", house.id, timezone.now())]))
        (meanwhile,) = at_once(read)

    assert meanwhile == []
    assert read() == ["rush", "later"]
