"""The start page: what is open where, since when, and how the printers are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen import orders, tickets
from kitchen.models import KitchenTicket, PrintJob, Station, StationPrinter

pytestmark = pytest.mark.django_db
PAGE = "/operations/stations/"


def tiles(client, page=PAGE):
    return {tile["code"]: tile for tile in client.get(page).context["stations"]}


def lamp(client, code="bar"):
    lamps = client.get(PAGE).context["printers"]
    return next(lamp for lamp in lamps if lamp["code"] == code)


def has(printer, **values):
    StationPrinter.objects.filter(code=printer).update(checked_at=timezone.now(), **values)


def test_each_station_says_how_much_is_open_ready_and_late(browser, hq, place):
    for _ in range(3):
        place("grill")
    done = place("grill")["tickets"][0]["id"]
    tickets.move(done, "bump", location_id=hq.id, actor="screen:a")
    oldest = KitchenTicket.objects.order_by("id").first()
    long_ago = timezone.now() - timedelta(seconds=481)
    KitchenTicket.objects.filter(id=oldest.id).update(clock_from=long_ago)

    tile = tiles(browser("cook"))["grill"]

    assert (tile["open"], tile["ready"], tile["late"]) == (3, 1, 1)
    assert tile["oldest"] == long_ago


def test_a_quiet_station_says_so(browser):
    tile = tiles(browser("cook"))["grill"]

    assert (tile["open"], tile["ready"], tile["late"], tile["oldest"]) == (0, 0, 0, None)


def test_what_is_held_is_open_but_neither_late_nor_the_oldest(browser, hq, place):
    held = place("grill")["tickets"][0]["id"]
    tickets.move(held, "hold", location_id=hq.id, actor="screen:a")
    KitchenTicket.objects.update(clock_from=timezone.now() - timedelta(hours=1))

    tile = tiles(browser("cook"))["grill"]

    assert (tile["open"], tile["late"], tile["oldest"]) == (1, 0, None)


def test_a_cancelled_ticket_is_open_until_somebody_saw_it(browser, hq, place):
    order = place("grill")
    orders.void(order["id"], location_id=hq.id, actor="pos:till", reason="gone")
    before = tiles(browser("cook"))["grill"]["open"]

    tickets.move(order["tickets"][0]["id"], "acknowledge", location_id=hq.id, actor="screen:a")

    assert (before, tiles(browser("expo"))["grill"]["open"]) == (1, 0)


def test_a_screen_is_shown_the_station_it_was_paired_for(browser):
    assert list(tiles(browser("screen:grill"))) == ["grill"]
    assert len(tiles(browser("screen:expo"))) == 6


def test_only_the_locations_own_stations_and_orders_count(browser, annex, place):
    place("grill")

    answer = browser("manager", annex).get(PAGE)

    assert [tile["open"] for tile in answer.context["stations"]] == [0]
    assert answer.context["orders"] == {"open": 0, "ready": 0}


@pytest.mark.parametrize(
    ("values", "ok", "words"),
    [
        ({"online": True}, True, "Ready"),
        ({"online": True, "paper": "low"}, True, "Paper is low"),
        ({"error_code": "device.paper_out"}, False, "Out of paper"),
        ({"error_code": "device.cover_open"}, False, "Cover open"),
        ({"error_code": "device.odd", "error_message": "It smokes"}, False, "It smokes"),
        ({"online": False}, False, "Offline"),
    ],
)
def test_printers_are_described_in_words(browser, values, ok, words):
    has("bar", **values)

    assert (lamp(browser("cook"))["ok"], lamp(browser("expo"))["words"]) == (ok, words)


def test_a_printer_that_nobody_asked_is_not_called_ready(browser, hq):
    client = browser("cook")
    never = lamp(client)
    has("bar", online=True)
    StationPrinter.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
    long_ago = lamp(client)

    assert (never["ok"], never["words"]) == (None, "Not asked yet")
    assert long_ago["ok"] is None
    assert "does the printer worker run?" in long_ago["words"]


def test_chits_wait_at_the_printer_that_has_them(browser, place):
    place("bar")
    place("bar")
    taken = PrintJob.objects.order_by("id").first()
    spare = StationPrinter.objects.get(code="spare")
    PrintJob.objects.filter(id=taken.id).update(printer=spare, status="printing")

    client = browser("cook")

    assert (lamp(client, "bar")["queue"], lamp(client, "spare")["queue"]) == (1, 1)


def test_what_the_expo_has_to_look_at_is_counted(browser, place):
    place("bar")
    has("grill", error_code="device.paper_out", trouble_since=timezone.now())
    PrintJob.objects.update(status="failed", finished_at=timezone.now())

    assert browser("cook").get(PAGE).context["alarms"] == 2


def test_the_page_costs_the_same_for_a_big_house(browser, hq, place):
    client = browser("manager")
    client.get(PAGE)  # from here on the browser is known
    with CaptureQueriesContext(connection) as small:
        client.get(PAGE)
    for number in range(20):
        Station.objects.create(location=hq, code=f"s{number}", name=f"S {number}")
        StationPrinter.objects.create(location=hq, code=f"p{number}", name="P", host="h")
        place(f"s{number}")

    with CaptureQueriesContext(connection) as big:
        client.get(PAGE)

    assert len(big) == len(small) <= 11


def test_names_are_shown_as_they_are_written(browser, hq):
    Station.objects.filter(code="grill").update(name="<script>alert(1)</script>")

    answer = browser("cook").get(PAGE)

    assert b"<script>alert" not in answer.content
    assert b"&lt;script&gt;alert" in answer.content
