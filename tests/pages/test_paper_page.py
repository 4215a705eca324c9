"""The virtual printers' paper, and its cheap answer when nothing new was printed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen.models import PaperChit, StationPrinter

pytestmark = pytest.mark.django_db
PAGE = "/operations/paper/"
CHITS = "/operations/paper/chits"


def chit(name="bar", port=9101, number=1):
    line = {
        "kind": "text",
        "align": "left",
        "runs": [{"text": f"{name} <{number}>", "wide": 1, "high": 1, "style": []}],
    }
    return PaperChit.objects.create(
        printer_name=name, port=port, number=number, lines=[line], raw=b"",
        printed_at=timezone.now(),
    )  # fmt: skip


def paper(client, page=PAGE):
    return {slot["name"]: slot for slot in client.get(page).context["printers"]}


def numbers(slot):
    return [chit.number for chit in slot["chits"]]


def test_each_printers_newest_chit_is_on_top(browser, hq):
    for number in (1, 2, 3):
        chit(number=number)
    chit("bakery", 9102, 7)

    found = paper(browser("cook"))

    assert numbers(found["bar"]) == [3, 2, 1]
    assert numbers(found["bakery"]) == [7]


def test_a_printer_that_printed_nothing_has_its_slot(browser, hq):
    answer = browser("cook").get(PAGE)

    assert {slot["name"] for slot in answer.context["printers"]} == {
        "bar", "bakery", "grill", "spare",
    }  # fmt: skip
    assert answer.content.count(b"Nothing printed yet") == 4


def test_a_printer_that_the_house_does_not_know_shows_its_paper_too(browser, hq):
    chit("bench", 9199)

    assert paper(browser("cook"))["bench"]["port"] == 9199


def test_only_the_newest_twenty_of_each_are_shown(browser, hq):
    for number in range(25):
        chit(number=number)
    chit("bakery", 9102, 1)

    found = paper(browser("cook"))

    assert numbers(found["bar"]) == list(range(24, 4, -1))
    assert numbers(found["bakery"]) == [1]


def test_unchanged_paper_is_answered_with_204(browser, hq):
    have = chit().id
    client = browser("cook")

    assert client.get(CHITS, {"have": have}).status_code == 204
    assert client.get(CHITS, {"have": have - 1}).status_code == 200


def test_a_new_chit_is_answered_with_the_paper(browser, hq):
    have = chit().id
    new = chit(number=2).id

    answer = browser("cook").get(CHITS, {"have": have})

    assert answer.context["have"] == new
    assert f'id="chit-{new}"' in answer.content.decode()
    assert b"<html" not in answer.content


def test_blank_paper_is_unchanged_too(browser, hq):
    assert browser("cook").get(CHITS, {"have": 0}).status_code == 204


@pytest.mark.parametrize("have", ["", "x", "-1", "9" * 30, "²"])
def test_an_odd_question_gets_the_paper(browser, hq, have):
    chit()

    assert browser("cook").get(CHITS, {"have": have}).status_code == 200


def test_with_several_locations_each_sees_the_paper_of_its_own_printers(browser, hq, annex):
    StationPrinter.objects.create(
        location=annex, code="bar", name="Annex bar", host="127.0.0.1", port=9201
    )
    chit(number=1)
    chit(port=9201, number=2)
    chit("bench", 9199)

    assert {name: numbers(slot) for name, slot in paper(browser("cook")).items()} == {
        "bar": [1], "bakery": [], "grill": [], "spare": [],
    }  # fmt: skip
    assert numbers(paper(browser("cook", annex))["bar"]) == [2]


def test_what_is_on_paper_is_shown_as_text(browser, hq):
    chit(number=1)

    assert b"<1>" not in browser("cook").get(PAGE).content


def test_polling_costs_the_same_for_much_paper(browser, hq):
    chit()
    client = browser("cook")
    client.get(CHITS)
    with CaptureQueriesContext(connection) as small:
        client.get(CHITS)
    for number in range(60):
        chit(f"p{number % 12}", 9101, number)

    with CaptureQueriesContext(connection) as big:
        client.get(CHITS)

    assert len(big) == len(small) <= 8
