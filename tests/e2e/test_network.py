"""Whatever happens to the network, the screens say so, keep the board right and lose no tap."""

import pytest
from playwright.sync_api import Page, expect

from . import glass
from .conftest import Tablet
from .glass import card, item, now, seconds_until_banner, tap, tray
from .house import House
from .programs import Till
from .wire import Wire

GRILL = "/operations/stations/grill/"
PROMISE = 5.0  # seconds until a screen that is not live says so
SLACK = 0.5  # what a busy machine may take to paint it


def spans_the_screen(page: Page) -> bool:
    box = page.locator(".banner").bounding_box()
    assert box
    return box["x"] <= 0 and box["width"] >= page.viewport_size["width"] and box["height"] > 30


@pytest.mark.parametrize("way", ["cut", "black_hole"])
def test_a_screen_that_is_not_live_says_so_in_time(
    tablet: Tablet, till: Till, wire: Wire, way: str
):
    grill = tablet(wire.url).screen(GRILL)
    since = now(grill)

    getattr(wire, way)()

    assert seconds_until_banner(grill, since) < PROMISE + SLACK
    assert spans_the_screen(grill)
    expect(grill.locator(".banner")).to_contain_text("Not live since")
    # Nothing on it looks like a quiet evening.
    expect(grill.get_by_text("All caught up")).to_be_hidden()
    expect(grill.get_by_text("This screen is not live")).to_be_visible()
    wire.mend()
    glass.live(grill)
    expect(grill.locator(".banner")).to_be_hidden()
    expect(grill.get_by_text("All caught up")).to_be_visible()


def test_without_its_socket_a_screen_polls_and_says_so(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)

    wire.refuse_sockets()

    expect(grill.locator(".banner")).to_contain_text("board refreshed every 3 s")
    expect(grill.get_by_text("All caught up")).to_be_hidden()
    order = till.place({"station_code": "grill"})
    expect(card(grill, order["number"])).to_have_attribute("data-status", "pending")
    tap(card(grill, order["number"]).get_by_role("button", name="Start"))
    expect(card(grill, order["number"])).to_have_attribute("data-version", "2")
    expect(grill.locator("body")).to_have_attribute("data-link", "polling")
    wire.mend()
    glass.live(grill)
    expect(grill.locator(".banner")).to_be_hidden()


def test_taps_made_while_cut_off_are_marked_and_count_once(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)
    order = till.place(
        {"name": "Burger", "station_code": "grill"}, {"name": "Salmon", "station_code": "grill"}
    )
    mine = card(grill, order["number"])
    expect(mine).to_be_visible()
    wire.black_hole()

    tap(item(grill, order["number"], "Burger").get_by_role("button", name="Burger: done"))
    tap(mine.get_by_role("button", name="Start"))

    expect(mine.get_by_text("Not shared yet")).to_be_visible()
    expect(grill.locator(".unsent")).to_have_text("2 taps not shared yet")
    assert till.taps(order["tickets"][0]) == []
    wire.mend()
    expect(grill.locator(".unsent")).to_be_hidden()
    expect(mine.get_by_text("Not shared yet")).to_be_hidden()
    assert till.taps(order["tickets"][0]).count("item_bump") == 1


def test_a_tap_whose_answer_was_lost_counts_once(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)
    order = till.place({"station_code": "grill"})
    start = card(grill, order["number"]).get_by_role("button", name="Start")
    expect(start).to_be_visible()
    wire.swallow_answers()

    tap(start)

    till.until_ticket(order, "grill", "preparing")
    expect(card(grill, order["number"]).get_by_text("Not shared yet")).to_be_visible()
    wire.mend()
    expect(grill.locator(".unsent")).to_be_hidden()
    expect(grill.locator(".toast")).to_have_count(0)
    expect(card(grill, order["number"])).to_have_attribute("data-status", "preparing")
    assert till.taps(order["tickets"][0]) == ["start"]


def test_a_tap_made_while_cut_off_outlives_a_reload(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)
    order = till.place({"station_code": "grill"})
    expect(card(grill, order["number"])).to_be_visible()
    wire.cut()
    tap(card(grill, order["number"]).get_by_role("button", name="Start"))
    expect(grill.locator(".unsent")).to_be_visible()

    wire.mend()
    grill.reload()

    till.until_ticket(order, "grill", "preparing")
    glass.live(grill)
    expect(card(grill, order["number"])).to_have_attribute("data-status", "preparing")
    expect(grill.locator(".unsent")).to_be_hidden()
    assert till.taps(order["tickets"][0]) == ["start"]


def test_of_two_screens_that_tap_one_ticket_one_is_put_right_in_words(
    tablet: Tablet, till: Till, wire: Wire
):
    late = tablet(wire.url).screen(GRILL)
    quick = tablet().screen(GRILL)
    order = till.place({"station_code": "grill"})
    expect(card(late, order["number"])).to_be_visible()
    wire.black_hole()

    tap(card(late, order["number"]).get_by_role("button", name="Start"))
    tap(card(quick, order["number"]).get_by_role("button", name="Start"))
    tap(card(quick, order["number"]).get_by_role("button", name="Done", exact=True))
    expect(tray(quick, order["number"])).to_be_visible()
    wire.mend()

    expect(late.locator(".toast")).to_contain_text("it is ready now")
    expect(tray(late, order["number"])).to_be_visible()
    expect(card(late, order["number"])).to_have_count(0)
    assert till.taps(order["tickets"][0]) == ["start", "bump"]


def test_two_screens_that_tap_at_once_agree(tablet: Tablet, till: Till):
    left, right = tablet().screen(GRILL), tablet().screen(GRILL)
    order = till.place({"station_code": "grill"})
    for page in (left, right):
        expect(card(page, order["number"])).to_be_visible()

    for page in (left, right):
        page.evaluate("document.querySelector('.card .start').click()")

    for page in (left, right):
        expect(card(page, order["number"])).to_have_attribute("data-version", "2")
    assert till.taps(order["tickets"][0]) == ["start"]


def test_redis_killed_and_restarted_stops_no_screen(tablet: Tablet, till: Till, house: House):
    grill = tablet().screen(GRILL)
    expo = tablet().screen("/operations/expo/")

    house.redis.kill()
    away = till.place({"station_code": "grill"})
    expect(card(grill, away["number"])).to_be_visible()
    tap(card(grill, away["number"]).get_by_role("button", name="Start"))
    expect(glass.share(expo, away["number"], "Grill")).to_have_attribute("data-status", "preparing")
    house.redis.restart()
    back = till.place({"station_code": "grill"})

    for page in (grill, expo):
        expect(card(page, back["number"])).to_be_visible()
        assert page.evaluate("banners.some((each) => each.stands)") is False


def test_web_killed_and_restarted_brings_every_screen_back_by_itself(
    tablet: Tablet, till: Till, house: House
):
    grill = tablet().screen(GRILL)
    order = till.place({"station_code": "grill"})
    expect(card(grill, order["number"])).to_be_visible()
    since = now(grill)

    house.web.kill()
    tap(card(grill, order["number"]).get_by_role("button", name="Start"))
    assert seconds_until_banner(grill, since) < PROMISE + SLACK
    expect(card(grill, order["number"])).to_be_visible()
    house.web.restart()

    glass.live(grill)
    expect(grill.locator(".banner")).to_be_hidden()
    expect(grill.locator(".unsent")).to_be_hidden()
    till.until_ticket(order, "grill", "preparing")
    assert till.taps(order["tickets"][0]) == ["start"]


def test_a_frozen_server_is_noticed_and_forgiven(tablet: Tablet, till: Till, house: House):
    grill = tablet().screen(GRILL)
    since = now(grill)

    house.web.freeze()
    took = seconds_until_banner(grill, since)
    house.web.thaw()

    assert took < PROMISE + SLACK
    order = till.place({"station_code": "grill"})
    expect(card(grill, order["number"])).to_be_visible()
    glass.live(grill)
