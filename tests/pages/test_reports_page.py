"""A day in figures, of made-up evenings whose figures are known."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitchen import log, orders, tickets
from kitchen.models import KitchenTicket, Location, PrinterHealthCheck, Station, StationPrinter

pytestmark = pytest.mark.django_db
PAGE = "/operations/reports/"
EVENING = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)


@pytest.fixture
def evening(at, hq, place):
    """Place orders at moments of the evening, and have them ready so many seconds later."""

    def evening(*seconds, station="grill", begin=EVENING):
        for number, taken in enumerate(seconds):
            placed = begin + timedelta(minutes=number)
            at(placed)
            ticket = place(station)["tickets"][0]["id"]
            if taken is not None:
                at(placed + timedelta(seconds=taken))
                tickets.move(ticket, "bump", location_id=hq.id, actor="screen:a")
        at(EVENING + timedelta(hours=4))

    return evening


def report(client, **asked):
    return client.get(PAGE, asked).context


def station(client, code="grill", **asked):
    return next(row for row in report(client, **asked)["stations"] if row["code"] == code)


def test_half_and_nine_of_ten_tickets_were_ready_within(browser, evening):
    evening(*range(100, 1100, 100))

    grill = station(browser("manager"))

    assert (grill["tickets"], grill["median"], grill["p90"]) == (10, 550.0, 910.0)


def test_late_is_what_took_longer_than_the_stations_limit(browser, evening):
    evening(100, 480, 481, 1000)

    grill = station(browser("manager"))

    assert (grill["late"], grill["late_share"]) == (2, 50.0)


def test_what_is_not_ready_counts_as_a_ticket_but_in_no_time(browser, evening):
    evening(100, None)

    grill = station(browser("manager"))

    assert (grill["tickets"], grill["median"], grill["late_share"]) == (2, 100.0, 0.0)


def test_a_station_without_tickets_has_no_times(browser, evening):
    evening(100)

    fry = station(browser("manager"), "fry")

    assert (fry["tickets"], fry["median"], fry["p90"], fry["late_share"]) == (0, None, None, None)


def test_what_was_voided_is_counted_apart(browser, evening, hq, place):
    evening(100)
    order = place("grill")
    orders.void(order["id"], location_id=hq.id, actor="pos:till", reason="gone")

    grill = station(browser("manager"))

    assert (grill["tickets"], grill["void"], grill["median"]) == (1, 1, 100.0)


def test_an_order_after_midnight_belongs_to_the_evening_before(browser, evening):
    evening(100, begin=datetime(2026, 3, 7, 3, 59, tzinfo=UTC))
    evening(100, begin=datetime(2026, 3, 7, 4, 0, tzinfo=UTC))
    client = browser("manager")

    assert report(client, day="2026-03-06")["orders"]["placed"] == 1


def test_the_day_is_the_houses_own(browser, evening):
    Location.objects.update(timezone="America/New_York")
    evening(100, begin=datetime(2026, 3, 7, 2, 30, tzinfo=UTC))

    context = report(browser("manager"), day="2026-03-06")

    assert context["orders"]["placed"] == 1
    assert [f"{row['hour']:%H:%M}" for row in context["hours"]] == ["21:00"]


def test_orders_are_counted_by_the_hour(browser, evening):
    evening(*[60] * 3)
    evening(60, 60, begin=EVENING + timedelta(hours=2))

    hours = report(browser("manager"))["hours"]

    assert [(row["hour"].hour, row["orders"]) for row in hours] == [(18, 3), (20, 2)]


def test_orders_are_complete_within(browser, evening, hq, at):
    evening(60)
    at(EVENING + timedelta(seconds=90))
    ticket = KitchenTicket.objects.get()
    tickets.move(ticket.id, "complete", location_id=hq.id, actor="screen:expo")

    found = report(browser("manager"))["orders"]

    assert found == {"placed": 1, "complete": 1, "median": 90.0}


def test_prints_are_counted_by_their_result(browser, evening, hq):
    evening(60)
    for action in ["print_start", *["print_success"] * 3, "print_failed", "print_unconfirmed"]:
        log.append(
            [
                log.Entry(
                    action=action, actor="printer_worker:box", location_id=hq.id, at=EVENING,
                    printer="bar",
                )
            ]
        )  # fmt: skip
    bar = StationPrinter.objects.get(code="bar")
    for online in (True, True, True, False):
        PrinterHealthCheck.objects.create(printer=bar, checked_at=EVENING, online=online)

    rows = {row["code"]: row for row in report(browser("manager"))["printers"]}

    assert rows["bar"] == {
        "code": "bar", "name": "Bar printer", "printed": 3, "unconfirmed": 1, "failed": 1,
        "uptime": 75.0,
    }  # fmt: skip
    assert rows["grill"]["printed"] == 0


def test_the_day_comes_as_a_file_too(browser, evening):
    evening(100, 300)

    answer = browser("manager").get(PAGE, {"format": "csv"})
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    figures = {(line["about"], line["code"], line["measure"]): line["value"] for line in lines}

    assert answer["Content-Disposition"] == 'attachment; filename="olgfeast-hq-2026-03-06.csv"'
    assert figures["station", "grill", "median"] == "200.0"
    assert figures["hour", "18:00", "orders"] == "2"
    assert {line["day"] for line in lines} == {"2026-03-06"}


@pytest.mark.parametrize("name", ["=1+1", "@cmd", "+1", "-1"])
def test_a_spreadsheet_takes_no_name_for_a_formula(browser, evening, name):
    Station.objects.filter(code="grill").update(name=name)
    evening(100)

    answer = browser("manager").get(PAGE, {"format": "csv"}).content.decode()

    assert f"'{name}" in answer
    assert f",{name}," not in answer


@pytest.mark.parametrize("day", ["tomorrow", "", "2999-01-01", "\0", "2026-13-01"])
def test_an_odd_day_is_today(browser, evening, day):
    evening(100)

    context = report(browser("manager"), day=day)

    assert f"{context['day']}" == "2026-03-06"
    assert context["later"] is None


def test_one_leafs_from_day_to_day(browser, evening):
    evening(100)

    context = report(browser("manager"), day="2026-03-05")

    assert (context["earlier"], context["later"]) == ("?day=2026-03-04", "?day=2026-03-06")


def test_another_locations_figures_are_not_in_it(browser, evening, annex):
    evening(100)

    context = report(browser("manager", annex))

    assert context["orders"]["placed"] == 0
    assert [row["tickets"] for row in context["stations"]] == [0]


def test_a_report_costs_the_same_for_a_busy_day(browser, evening):
    evening(100)
    client = browser("manager")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as small:
        client.get(PAGE)
    evening(*[100] * 30)

    with CaptureQueriesContext(connection) as big:
        client.get(PAGE)

    assert len(big) == len(small) <= 12
