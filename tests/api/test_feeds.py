"""Boards for programs: one snapshot, and next to nothing while it is unchanged."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .conftest import Caller, build_house, problem

FEED = "/operations/api/feeds/{}/"
Place = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("station:hq:grill", "station:hq:grill"),
        ("station:grill", "station:hq:grill"),
        ("station%3Agrill", "station:hq:grill"),
        ("status:pending", "status:hq:pending"),
        ("status:hq:ready", "status:hq:ready"),
        ("expo", "expo:hq"),
        ("expo:hq", "expo:hq"),
        ("guests", "guests:hq"),
    ],
)
def test_feed_is_named_with_or_without_its_location(till: Caller, name: str, key: str) -> None:
    assert till.get(FEED.format(name)).json()["feed"] == key


def test_snapshot_of_a_station_is_its_tickets(till: Caller, place: Place) -> None:
    placed = place("grill", "fry", table="12")

    board = till.get(FEED.format("station:grill")).json()

    (shown,) = board["orders"]
    assert board["station"] == {"code": "grill", "name": "Grill"}
    assert (shown["number"], shown["table"]) == ("A001", "12")
    assert [ticket["id"] for ticket in shown["tickets"]] == [placed["tickets"][0]["id"]]
    assert [other["station_code"] for other in shown["others"]] == ["fry"]
    assert board["more"] == 0


def test_page_holds_20_and_says_how_many_wait(till: Caller, place: Place) -> None:
    for _ in range(22):
        place("grill")

    board = till.get(FEED.format("station:grill")).json()

    assert (len(board["orders"]), board["more"]) == (20, 2)


def test_tag_is_the_revision_and_moves_with_it(till: Caller, place: Place) -> None:
    before = till.get(FEED.format("station:grill"))
    place("grill")
    after = till.get(FEED.format("station:grill"))

    assert before["ETag"] == '"0"'
    assert after["ETag"] == '"1"' == f'"{after.json()["rev"]}"'


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"'])
def test_unchanged_board_is_not_sent_again(till: Caller, place: Place, tag: str) -> None:
    place("grill")

    answer = till.get(FEED.format("station:grill"), **{"If-None-Match": tag})

    assert answer.status_code == 304
    assert answer.content == b""


@pytest.mark.parametrize("tag", ['"0"', "1", "*", "", "nonsense \u00e9"])
def test_board_is_sent_to_who_has_another(till: Caller, place: Place, tag: str) -> None:
    place("grill")

    answer = till.get(FEED.format("station:grill"), **{"If-None-Match": tag})

    assert answer.status_code == 200


def test_unchanged_board_costs_one_query(till: Caller, place: Place) -> None:
    place("grill")
    path = FEED.format("station:grill")
    tag = till.get(path)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        till.get(path, **{"If-None-Match": tag})

    assert len(queries) == 1


@pytest.mark.parametrize(
    "name",
    ["station:tearoom", "station", "status:void", "status:complete", "expo:hq:1", "kitchen",
     "station:%00", "station:GRILL", "a:b:c:d", ":", "station::grill"],
)  # fmt: skip
def test_feed_that_is_not_there_is_not_found(till: Caller, name: str) -> None:
    problem(till.get(FEED.format(name)), 404)


def test_feed_that_is_not_there_is_not_unchanged_either(till: Caller) -> None:
    problem(till.get(FEED.format("station:tearoom"), **{"If-None-Match": '"0"'}), 404)


def test_feed_of_another_location_is_refused(till: Caller) -> None:
    build_house("annex")

    problem(till.get(FEED.format("station:annex:grill")), 403)


def test_screen_reads_the_feed_it_was_paired_for(screen: Any) -> None:
    at_grill, guests = screen("station", "grill"), screen("guests")

    assert at_grill.get(FEED.format("station:grill")).status_code == 200
    assert guests.get(FEED.format("guests")).status_code == 200
    problem(at_grill.get(FEED.format("station:fry")), 403)
    problem(guests.get(FEED.format("expo")), 403)
