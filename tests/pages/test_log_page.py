"""The log page: what was done and by whom, page by page, and the story of one ticket."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen import log, orders, tickets
from kitchen.models import KitchenTicketLog, Location, PrintJob, Station

pytestmark = pytest.mark.django_db
PAGE = "/operations/log/"


def rows(client, **asked):
    return client.get(PAGE, asked).context["rows"]


def printed(hq, ticket, action="print_success", **values):
    job = PrintJob.objects.filter(ticket_id=ticket["id"]).first()
    entry = log.Entry(
        action=action,
        actor="printer_worker:box",
        location_id=hq.id,
        at=timezone.now(),
        station_id=Station.objects.get(location=hq, code=ticket["station_code"]).id,
        order_id=ticket["order_id"],
        ticket_id=ticket["id"],
        print_job_id=job.id if job else None,
        printer="bar",
        printer_address="127.0.0.1:9101",
        **values,
    )
    log.append([entry])


def move(hq, order, action, actor="screen:left"):
    ticket = order["tickets"][0]["id"]
    tickets.move(ticket, action, location_id=hq.id, actor=actor)
    return ticket


def test_the_newest_entry_is_on_top(browser, hq, place):
    order = place("grill")
    move(hq, order, "start")
    move(hq, order, "bump")

    assert [row["action"] for row in rows(browser("cook"))] == ["bump", "start", "created"]


def test_an_entry_says_who_did_what_to_which_ticket(browser, hq, place):
    order = place("grill")
    ticket = move(hq, order, "start")

    row = rows(browser("cook"))[0]

    assert (row["actor"], row["number"], row["ticket_id"]) == ("screen:left", "A001", ticket)
    assert (row["station_name"], row["old_status"], row["new_status"]) == (
        "Grill", "pending", "preparing",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"station": "bar"}, ["created"]),
        ({"action": "bump"}, ["bump"]),
        ({"actor": "left"}, ["bump", "start"]),
        ({"actor": "SCREEN:left"}, ["bump", "start"]),
        ({"number": "a002"}, ["created"]),
        ({"station": "grill", "action": "created"}, ["created"]),
        ({"station": "nowhere"}, []),
        ({"number": "Z999"}, []),
    ],
)
def test_the_log_can_be_searched(browser, hq, place, asked, found):
    order = place("grill")
    place("bar")
    move(hq, order, "start")
    move(hq, order, "bump")

    assert [row["action"] for row in rows(browser("cook"), **asked)] == found


def test_since_is_in_the_houses_own_time(browser, hq, place, at):
    Location.objects.update(timezone="Asia/Tokyo")
    moment = timezone.now().replace(hour=3, minute=30)
    at(moment)
    place("grill")
    tokyo = moment + timedelta(hours=9)
    before, after = (
        (tokyo + timedelta(minutes=passed)).strftime("%Y-%m-%dT%H:%M") for passed in (-1, 1)
    )

    client = browser("cook")

    assert len(rows(client, since=before)) == 1
    assert rows(client, since=after) == []


def test_a_search_goes_back_a_month_and_shows_that(browser, hq, place, at):
    place("grill")
    at(timezone.now() + timedelta(days=32))

    context = browser("cook").get(PAGE, {"action": "created"}).context

    assert context["rows"] == []
    assert context["filters"]["since"]
    assert len(rows(browser("expo"), action="created", since="2000-01-01T00:00")) == 1


def test_page_by_page_each_entry_is_seen_once(browser, hq, place):
    for _ in range(41):
        order = place("grill")
        move(hq, order, "start")
        move(hq, order, "bump")
        move(hq, order, "recall")
        move(hq, order, "bump")
        move(hq, order, "complete")
    client, seen, older = browser("cook"), [], ""

    while older is not None:
        context = client.get(PAGE + older).context
        assert len(context["rows"]) <= 100
        seen += [row["id"] for row in context["rows"]]
        older = context["older"]

    everything = KitchenTicketLog.objects.order_by("-id").values_list("id", flat=True)
    assert seen == list(everything)
    assert len(seen) == 246


def test_older_pages_keep_what_was_searched(browser, hq, place):
    for _ in range(101):
        place("grill", "fry")

    older = browser("cook").get(PAGE, {"station": "fry"}).context["older"]

    found = browser("expo").get(PAGE + older).context["rows"]
    assert [row["station_name"] for row in found] == ["Fry"]


def test_taps_and_prints_of_a_ticket_stand_side_by_side(browser, hq, place):
    order = place("bar", "grill")
    bar = order["tickets"][1]
    assert bar["station_code"] == "bar"
    printed(hq, bar, "print_start")
    printed(hq, bar, "print_success", duration_ms=412)
    tickets.move(bar["id"], "start", location_id=hq.id, actor="printer_worker:box")
    tickets.move(bar["id"], "bump", location_id=hq.id, actor="screen:pass")

    story = browser("cook").get(PAGE, {"ticket": bar["id"]}).context["story"]

    assert [(row["action"], row["side"]) for row in story["rows"]] == [
        ("created", "screen"),
        ("print_start", "printer"),
        ("print_success", "printer"),
        ("start", "printer"),
        ("bump", "screen"),
    ]
    assert (story["number"], story["station_name"], story["status"]) == ("A001", "Bar", "ready")
    assert story["rows"][2]["duration_ms"] == 412


def test_a_failed_print_tells_its_reason(browser, hq, place):
    bar = place("bar")["tickets"][0]
    printed(hq, bar, "print_failed", error_code="device.paper_out", error_message="Out of <paper>.")

    page = browser("cook").get(PAGE, {"ticket": bar["id"]}).content

    assert b"Out of &lt;paper&gt;." in page
    assert b"device.paper_out" in page


def test_the_story_of_an_order_tells_of_all_its_tickets(browser, hq, place):
    order = place("grill", "fry")
    move(hq, order, "start")

    answer = browser("cook").get(PAGE, {"order": order["id"]})
    story = answer.context["story"]

    assert [row["action"] for row in story["rows"]] == ["created", "created", "start"]
    assert b"<b>Grill: Start</b>" in answer.content
    assert story["station_name"] == "whole order"


def test_details_are_told_in_words(browser, hq, place):
    order = place("grill", "grill", table="4")
    item = order["tickets"][0]["items"][0]["id"]
    orders.change(order["id"], {"table": "12"}, location_id=hq.id, actor="pos:till")
    orders.void_item(order["id"], item, location_id=hq.id, actor="pos:till", reason="Guest left")

    told = [row["what"] for row in rows(browser("cook"))[:2]]

    assert told == ["Dish of grill, Guest left", "table: 4 → 12"]


@pytest.mark.parametrize("what", ["ticket", "order"])
def test_another_locations_story_is_not_told(browser, annex, place, what):
    order = place("grill")
    number = order["id"] if what == "order" else order["tickets"][0]["id"]

    assert browser("manager", annex).get(PAGE, {what: number}).status_code == 404
    assert rows(browser("expo", annex)) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("before=x", 200),
        ("before=99999999999999999999", 200),
        ("before=%C2%B2", 200),
        ("since=yesterday", 200),
        ("since=9999-12-31T23:59", 200),
        ("since=0001-01-01T00:00&number=A001", 200),
        ("station=%00", 200),
        ("actor=%25%27%22", 200),
        ("number=" + "A" * 1000, 200),
        ("ticket=x", 404),
        ("ticket=99999999999999999999", 404),
        ("order=0", 404),
    ],
)
def test_an_odd_question_breaks_nothing(browser, hq, query, status):
    assert browser("cook").get(f"{PAGE}?{query}").status_code == status


def test_a_page_costs_the_same_for_many_entries(browser, hq, place):
    place("grill")
    client = browser("cook")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as small:
        client.get(PAGE)
    for _ in range(30):
        place("grill", "fry", "bar")

    with CaptureQueriesContext(connection) as big:
        client.get(PAGE)

    assert len(big) == len(small) <= 7
