"""The printers' page: their state, their queues, and the chits to look at."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen import log
from kitchen.models import PrinterHealthCheck, PrintJob, StationPrinter

pytestmark = pytest.mark.django_db
PAGE = "/operations/printers/"


def printer(client, code="bar"):
    printers = client.get(PAGE).context["printers"]
    return next(printer for printer in printers if printer["code"] == code)


def jobs(client):
    return client.get(PAGE).context["jobs"]


def trouble(hq, number, printer="bar"):
    log.append(
        [
            log.Entry(
                action="print_failed",
                actor="printer_worker:box",
                location_id=hq.id,
                at=timezone.now(),
                printer=printer,
                error_code="device.paper_out",
                error_message=f"Out of paper {number}",
            )
        ]
    )


def test_a_printer_says_for_whom_it_prints_and_stands_in(browser):
    client = browser("cook")

    assert printer(client, "bar")["stations"] == ["Bar"]
    assert printer(client, "spare")["stations"] == []
    assert printer(client, "spare")["stands_in_for"] == ["Bar", "Bakery"]


def test_a_printer_in_trouble_says_which_and_since_when(browser, hq):
    since = timezone.now() - timedelta(minutes=3)
    StationPrinter.objects.filter(code="bar").update(
        checked_at=timezone.now(),
        error_code="device.cover_open",
        trouble_since=since,
        cover="open",
    )

    found = printer(browser("cook"))

    assert (found["ok"], found["words"], found["since"]) == (False, "Cover open", since)


def test_its_last_troubles_are_shown_newest_first_a_few(browser, hq):
    for number in range(5):
        trouble(hq, number)
    trouble(hq, 9, "grill")

    errors = printer(browser("cook"))["errors"]

    assert [error["message"][-1] for error in errors] == ["4", "3", "2"]


def test_uptime_is_the_share_of_todays_checks_that_found_it_there(browser, hq):
    bar = StationPrinter.objects.get(code="bar")
    now = timezone.now()
    for online, moment in [(True, now), (True, now), (False, now), (True, now), (False, None)]:
        PrinterHealthCheck.objects.create(
            printer=bar, online=online, checked_at=moment or now - timedelta(days=2)
        )
    client = browser("cook")

    assert printer(client)["uptime"] == 75.0
    assert printer(client, "grill")["uptime"] is None


def test_chits_that_need_a_look_stand_before_those_that_wait(browser, place):
    for _ in range(3):
        place("bar")
    failed, unconfirmed, _ = PrintJob.objects.order_by("id")
    PrintJob.objects.filter(id=failed.id).update(status="failed", error_message="Out of paper")
    PrintJob.objects.filter(id=unconfirmed.id).update(status="unconfirmed")

    shown = jobs(browser("cook"))

    assert [job["status"] for job in shown] == ["unconfirmed", "failed", "new"]
    assert (shown[1]["number"], shown[1]["station_name"]) == ("A001", "Bar")


def test_printed_chits_are_not_on_the_list(browser, place):
    place("bar")
    PrintJob.objects.update(status="printed", finished_at=timezone.now())

    assert jobs(browser("cook")) == []


def test_an_endless_list_is_cut_and_says_so(browser, hq):
    now = timezone.now()
    PrintJob.objects.bulk_create(
        PrintJob(location=hq, kind="test", created_at=now, not_before=now) for _ in range(150)
    )
    answer = browser("cook").get(PAGE)

    assert len(answer.context["jobs"]) == 100
    assert b"And more, older ones." in answer.content


def test_a_chit_in_doubt_can_be_printed_again_or_declared_there_by_hand(browser, place):
    place("bar")
    PrintJob.objects.update(status="unconfirmed")
    job = PrintJob.objects.get()

    page = browser("cook").get(PAGE).content.decode()

    for act in ("retry", "mark_printed", "mark_failed"):
        assert f'hx-post="/api/kitchen/jobs/{job.id}/{act}?location=hq"' in page
    assert 'hx-post="/api/kitchen/printers/bar/test?location=hq"' in page


def test_only_the_locations_own_printers_and_chits_are_shown(browser, annex, place):
    place("bar")
    context = browser("manager", annex).get(PAGE).context

    assert (context["printers"], context["jobs"]) == ([], [])


def test_the_page_costs_the_same_for_a_big_house(browser, hq, place):
    client = browser("cook")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as small:
        client.get(PAGE)
    for number in range(20):
        StationPrinter.objects.create(location=hq, code=f"p{number}", name="P", host="h")
        place("bar", "bakery", "grill")

    with CaptureQueriesContext(connection) as big:
        client.get(PAGE)

    assert len(big) == len(small) <= 10


def test_what_a_printer_says_is_shown_as_text(browser):
    StationPrinter.objects.filter(code="bar").update(
        checked_at=timezone.now(), error_code="device.odd", error_message="<img src=x>"
    )

    assert b"<img src=x>" not in browser("cook").get(PAGE).content
