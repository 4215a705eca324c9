"""Paper and the record over HTTP."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from kitchen import history, log
from kitchen.models import (
    KitchenTicketLog,
    PrinterHealthCheck,
    PrinterRoute,
    PrintJob,
    Station,
    StationPrinter,
)

from .conftest import Caller, House, build_house, faults, problem

Place = Callable[..., dict[str, Any]]


def test_test_print_is_owed_to_its_printer(till: Caller) -> None:
    answer = till.post("/api/kitchen/printers/bar/test")

    job = PrintJob.objects.get()
    assert answer.status_code == 202
    assert (job.kind, job.printer.code, job.status) == ("test", "bar", "new")
    assert answer.json()["id"] == job.id
    assert answer.json()["printer"] == "bar"


def test_test_print_sent_twice_with_a_key_is_one(till: Caller) -> None:
    for _ in range(2):
        till.post("/api/kitchen/printers/bar/test", Idempotency_Key="t1")

    assert PrintJob.objects.count() == 1


def test_printer_that_is_off_prints_no_test(till: Caller) -> None:
    StationPrinter.objects.update(enabled=False)

    problem(till.post("/api/kitchen/printers/bar/test"), 409)


def test_printer_of_another_location_is_not_found(till: Caller) -> None:
    location = build_house("annex").location
    StationPrinter.objects.create(location=location, code="cellar", name="Cellar", host="x")

    problem(till.get("/api/kitchen/printers/cellar/status"), 404)
    problem(till.post("/api/kitchen/printers/cellar/test"), 404)


def test_printer_tells_how_it_is(till: Caller, place: Place) -> None:
    now = timezone.now()
    StationPrinter.objects.update(
        online=True, paper="low", cover="closed", cutter="ok", proof="process_id",
        checked_at=now, last_print_at=now,
    )  # fmt: skip
    printer = StationPrinter.objects.get()
    for age_hours, online in [(1, True), (2, True), (3, False), (25, False)]:
        PrinterHealthCheck.objects.create(
            printer=printer, checked_at=now - timedelta(hours=age_hours), online=online
        )
    place("bar")
    till.post("/api/kitchen/printers/bar/test")

    status = till.get("/api/kitchen/printers/bar/status").json()

    assert status["online"] is True
    assert (status["paper"], status["cover"], status["cutter"]) == ("low", "closed", "ok")
    assert status["proof"] == "process_id"
    assert status["last_print"] == now.isoformat()
    assert status["queue"] == 2
    assert status["uptime"] == 66.67


def test_backup_does_not_count_what_waits_for_the_stations_own(
    till: Caller, place: Place, house: House
) -> None:
    spare = StationPrinter.objects.create(location=house.location, code="spare", name="S", host="x")
    bar = Station.objects.get(code="bar")
    PrinterRoute.objects.create(station=bar, printer=spare, priority=2)
    place("bar")

    assert till.get("/api/kitchen/printers/spare/status").json()["queue"] == 0
    assert till.get("/api/kitchen/printers/spare/status").json()["uptime"] is None


def test_ticket_is_reprinted_whole_or_in_part(till: Caller, place: Place) -> None:
    (ticket,) = place("bar")["tickets"]
    path = f"/api/kitchen/tickets/{ticket['id']}/reprint"
    item = ticket["items"][0]["id"]

    whole, part = till.post(path), till.post(path, {"items": [item]})

    assert (whole.status_code, part.status_code) == (202, 202)
    assert (whole.json()["items"], part.json()["items"]) == (None, [item])
    assert part.json()["kind"] == "reprint"
    assert KitchenTicketLog.objects.filter(action="reprint").count() == 2


def test_reprint_of_a_strange_item_is_wrong_input(till: Caller, place: Place) -> None:
    (ticket,) = place("bar")["tickets"]

    answer = till.post(f"/api/kitchen/tickets/{ticket['id']}/reprint", {"items": [10**9]})

    assert list(faults(answer)) == ["items"]


def test_station_without_a_printer_reprints_nothing(till: Caller, place: Place) -> None:
    (ticket,) = place("grill")["tickets"]

    problem(till.post(f"/api/kitchen/tickets/{ticket['id']}/reprint"), 409)


@pytest.mark.parametrize(
    ("before", "action", "after", "logged"),
    [
        ("failed", "retry", "new", "retry"),
        ("unconfirmed", "retry", "new", "retry"),
        ("failed", "mark_printed", "printed", "marked_printed"),
        ("unconfirmed", "mark_printed", "printed", "marked_printed"),
        ("unconfirmed", "mark_failed", "failed", "marked_failed"),
    ],
)
def test_job_is_settled_by_hand_with_one_row_in_the_log(
    staff: Any, place: Place, before: str, action: str, after: str, logged: str
) -> None:
    place("bar")
    PrintJob.objects.update(status=before)
    job = PrintJob.objects.get().id

    answer = staff("expo").post(f"/api/kitchen/jobs/{job}/{action}")

    assert answer.status_code == 200
    assert answer.json()["status"] == after
    row = KitchenTicketLog.objects.get(print_job=job)
    assert (row.action, row.old_status, row.new_status) == (logged, before, after)
    assert row.actor == "staff:expo-0"


def test_chit_that_a_person_found_starts_its_ticket(till: Caller, place: Place) -> None:
    placed = place("bar")
    PrintJob.objects.update(status="failed")

    till.post(f"/api/kitchen/jobs/{PrintJob.objects.get().id}/mark_printed")

    assert till.get(f"/api/orders/{placed['id']}/").json()["status"] == "preparing"


def test_second_copy_of_what_may_be_on_paper_says_so(till: Caller, place: Place) -> None:
    place("bar")
    PrintJob.objects.update(status="unconfirmed")

    answer = till.post(f"/api/kitchen/jobs/{PrintJob.objects.get().id}/retry")

    assert answer.json()["possible_copy"] is True


@pytest.mark.parametrize(
    ("status", "action"),
    [("printed", "retry"), ("printing", "retry"), ("new", "retry"), ("printed", "mark_failed")],
)
def test_job_that_is_elsewhere_is_a_conflict(
    till: Caller, place: Place, status: str, action: str
) -> None:
    place("bar")
    PrintJob.objects.update(status=status)

    body = problem(till.post(f"/api/kitchen/jobs/{PrintJob.objects.get().id}/{action}"), 409)

    assert body["current_status"] == status
    assert not KitchenTicketLog.objects.exclude(print_job=None).exists()


def test_job_of_another_location_is_not_found(till: Caller) -> None:
    annex = build_house("annex").location
    now = timezone.now()
    job = PrintJob.objects.create(
        location=annex, kind="test", status="failed", created_at=now, not_before=now
    )

    problem(till.post(f"/api/kitchen/jobs/{job.id}/retry"), 404)


def test_log_of_a_ticket_has_taps_and_paper_side_by_side(till: Caller, place: Place) -> None:
    (ticket,) = place("bar")["tickets"]
    till.post(f"/operations/api/tickets/{ticket['id']}/start/")
    PrintJob.objects.update(status="failed")
    till.post(f"/api/kitchen/jobs/{PrintJob.objects.get().id}/retry")
    place("bar")

    page = till.get(f"/api/kitchen/tickets/{ticket['id']}/log").json()

    entries = page["entries"]
    assert [entry["action"] for entry in entries] == ["created", "start", "retry"]
    assert page["more"] is False
    assert page["next"] == entries[-1]["id"]
    start = entries[1]
    assert set(start) == {
        "id", "station", "ticket", "order", "print_job", "timestamp", "action", "old_status",
        "new_status", "actor", "printer", "printer_address", "error_code", "error_message",
        "duration_ms", "metadata",
    }  # fmt: skip
    assert (start["old_status"], start["new_status"]) == ("pending", "preparing")
    assert start["actor"] == "pos:till"


def test_log_is_paged_by_its_cursor(till: Caller, place: Place) -> None:
    for _ in range(5):
        place("grill")

    seen, after, more = [], 0, True
    while more:
        page = till.get(f"/api/kitchen/log?limit=2&after={after}").json()
        seen += [entry["id"] for entry in page["entries"]]
        after, more = page["next"], page["more"]

    assert seen == list(KitchenTicketLog.objects.order_by("id").values_list("id", flat=True))
    assert till.get(f"/api/kitchen/log?after={after}").json() == {
        "entries": [], "next": after, "more": False,
    }  # fmt: skip


def test_log_is_filtered(till: Caller, place: Place) -> None:
    placed = place("grill", "fry")
    till.post(f"/operations/api/tickets/{placed['tickets'][0]['id']}/bump/")
    since = timezone.now().isoformat()  # with its + not encoded, as many a client sends it
    till.post(f"/operations/api/tickets/{placed['tickets'][1]['id']}/rush/")

    def actions(query: str) -> list[str]:
        page = till.get(f"/api/kitchen/log?{query}").json()
        return [entry["action"] for entry in page["entries"]]

    assert actions("action=bump") == ["bump"]
    assert actions("station=fry") == ["created", "rush"]
    assert actions(f"since={since}") == ["rush"]
    assert actions("station=grill&action=rush") == []


def test_log_of_another_location_is_not_shown(till: Caller, place: Place, house: House) -> None:
    place("grill")
    annex = build_house("annex")
    entry = log.Entry(action="start", actor="x", location_id=annex.id, at=timezone.now())
    log.append([entry])

    page = till.get("/api/kitchen/log").json()

    assert [entry["action"] for entry in page["entries"]] == ["created"]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        (f"after={2**63}", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("since=yesterday", "since"),
        ("since=0001-01-01T00:00:00Z", "since"),
        ("acton=bump", "acton"),
        ("action=%00", "action"),
    ],
)
def test_wrong_question_to_the_log_is_named(till: Caller, query: str, path: str) -> None:
    assert list(faults(till.get(f"/api/kitchen/log?{query}"))) == [path]


def test_log_of_a_station_that_is_not_there_is_not_found(till: Caller) -> None:
    problem(till.get("/api/kitchen/log?station=tearoom"), 404)
    problem(till.get("/api/kitchen/tickets/999/log"), 404)


@pytest.mark.django_db(transaction=True)
def test_reader_of_the_log_never_passes_over_a_row_that_commits_late(
    till: Caller, place: Place, house: House
) -> None:
    """The id of the late row is handed out first, and is below the one that is seen first."""
    written, go_on = threading.Event(), threading.Event()

    def write_and_linger() -> None:
        with transaction.atomic():
            log.append(
                [log.Entry(action="start", actor="late", location_id=house.id, at=timezone.now())]
            )
            written.set()
            go_on.wait(timeout=30)
        connections.close_all()

    slow = threading.Thread(target=write_and_linger)
    slow.start()
    assert written.wait(timeout=30)
    place("grill")

    before = till.get("/api/kitchen/log").json()
    go_on.set()
    slow.join(timeout=30)
    after = till.get(f"/api/kitchen/log?after={before['next']}").json()

    seen = [entry["action"] for entry in before["entries"] + after["entries"]]
    assert seen == ["start", "created"]


@pytest.mark.django_db(transaction=True)
def test_reader_of_the_log_waits_for_who_is_just_writing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "WAIT_SECONDS", 30.0)
    written = threading.Event()

    def write() -> None:
        with transaction.atomic():
            log.append(
                [log.Entry(action="start", actor="x", location_id=house.id, at=timezone.now())]
            )
            written.set()
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(timeout=30)
    page = history.of_location(house.id)
    writer.join(timeout=30)

    assert [entry["action"] for entry in page["entries"]] == ["start"]
