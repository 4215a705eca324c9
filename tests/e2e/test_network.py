"""Whatever happens to the network, the screens say so, keep the board right and lose no tap."""

from playwright.sync_api import Page, Route, expect

from tests.live.world import PATIENCE

from . import glass
from .conftest import Tablet
from .glass import PROMISE, SLACK, card, item, now, seconds_until_banner, share, shown, tap, tray
from .house import House, until
from .programs import Till
from .wire import Wire

GRILL, EXPO = "/operations/stations/grill/", "/operations/expo/"


def open_boards(tablet: Tablet) -> dict[str, Page]:
    """Open a station's, a state's and the expo's board, each on a tablet of its own."""
    return {
        "station:hq:grill": tablet().screen(GRILL),
        "status:hq:pending": tablet().screen("/operations/status/pending/"),
        "expo:hq": tablet().screen(EXPO),
    }


def all_equal(boards: dict[str, Page], till: Till, *, patience: float = PATIENCE) -> None:
    """Wait until every board shows just what the database has."""
    until(
        lambda: all(shown(page) == till.truth(feed) for feed, page in boards.items()),
        patience=patience,
    )


def spans_the_screen(page: Page) -> bool:
    box = page.locator(".banner").bounding_box()
    assert box
    return box["x"] <= 0 and box["width"] >= page.viewport_size["width"] and box["height"] > 30


def test_a_screen_that_is_not_live_says_so_in_time(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)
    since = now(grill)

    wire.black_hole()

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


def test_a_tablet_that_lost_its_wifi_knows_at_once_and_catches_up(tablet: Tablet, till: Till):
    grill = tablet().screen(GRILL)
    since = now(grill)

    grill.context.set_offline(True)
    assert seconds_until_banner(grill, since) < PROMISE + SLACK
    till.rush_hour()
    grill.context.set_offline(False)

    all_equal({"station:hq:grill": grill}, till, patience=PROMISE + SLACK)
    glass.live(grill)
    expect(grill.locator(".banner")).to_be_hidden()


def test_an_order_is_followed_from_the_till_to_the_pass_and_through_a_cut_network(
    tablet: Tablet, till: Till, wire: Wire
):
    grill, expo = tablet(wire.url).screen(GRILL), tablet().screen(EXPO)
    grill.evaluate("window.loaded = 'once'")

    # It appears, is made, and the pass sees it.
    first = till.place({"station_code": "grill"})
    expect(card(grill, first["number"])).to_have_attribute("data-status", "pending")
    tap(card(grill, first["number"]).get_by_role("button", name="Start"))
    tap(card(grill, first["number"]).get_by_role("button", name="Done", exact=True))
    expect(share(expo, first["number"], "Grill")).to_have_attribute("data-status", "ready")

    # The network goes away.
    since = now(grill)
    wire.cut()
    assert seconds_until_banner(grill, since) < PROMISE + SLACK

    # It comes back, but lets no socket through: the board is polled, is right, and can be used.
    wire.refuse_sockets()
    expect(grill.locator(".banner")).to_contain_text("board refreshed every 3 s")
    expect(grill.get_by_text("All caught up")).to_be_hidden()
    second = till.place({"station_code": "grill"})
    expect(card(grill, second["number"])).to_have_attribute("data-status", "pending")
    tap(card(grill, second["number"]).get_by_role("button", name="Start"))
    until(lambda: till.taps(second["tickets"][0]) == ["start"])
    until(lambda: shown(grill) == till.truth("station:hq:grill"))
    expect(grill.locator("body")).to_have_attribute("data-link", "polling")

    # The socket comes back.
    wire.mend()
    glass.live(grill)
    expect(grill.locator(".banner")).to_be_hidden()
    third = till.place({"station_code": "grill"})
    expect(card(grill, third["number"])).to_be_visible()
    assert shown(grill) == till.truth("station:hq:grill")
    assert grill.evaluate("window.loaded") == "once"


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
    tap(mine.get_by_role("button", name="Done", exact=True))

    expect(mine.get_by_text("Not shared yet")).to_be_visible()
    expect(grill.locator(".unsent")).to_have_text("3 taps not shared yet")
    assert till.taps(order["tickets"][0]) == []
    wire.mend()
    expect(grill.locator(".unsent")).to_be_hidden()
    # The first dish that is done starts the ticket: the tap on Start found nothing left to do.
    assert grill.locator(".toast").count() == 0
    expect(tray(grill, order["number"])).to_be_visible()
    assert till.taps(order["tickets"][0]) == ["item_bump", "bump"]


def test_a_tap_counts_though_the_news_of_the_one_before_is_late(
    tablet: Tablet, till: Till, wire: Wire
):
    grill = tablet(wire.url).screen(GRILL)
    order = till.place({"station_code": "grill"})
    mine = card(grill, order["number"])
    expect(mine).to_be_visible()
    wire.hold_news()

    with grill.expect_response("**/start/"):
        tap(mine.get_by_role("button", name="Start"))
    tap(mine.get_by_role("button", name="Done", exact=True))

    till.until_ticket(order, "grill", "ready")
    wire.mend()
    expect(tray(grill, order["number"])).to_be_visible()


def test_a_tap_whose_answer_was_lost_counts_once(tablet: Tablet, till: Till, wire: Wire):
    grill = tablet(wire.url).screen(GRILL)
    order = till.place({"station_code": "grill"})
    start = card(grill, order["number"]).get_by_role("button", name="Start")
    expect(start).to_be_visible()
    wire.swallow_answers()

    tap(start)

    till.until_ticket(order, "grill", "preparing")
    expect(card(grill, order["number"]).get_by_text("Not shared yet")).to_be_visible()
    # Chromium itself sends it again on another line; only when that fails do our scripts.
    with grill.expect_event("requestfailed", lambda request: "/start/" in request.url):
        wire.cut()
    wire.mend()
    expect(grill.locator(".unsent")).to_be_hidden()
    assert grill.locator(".toast").count() == 0  # toasts go by themselves: looked at once
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


def test_of_two_screens_that_tap_at_once_one_hears_what_the_other_did(tablet: Tablet, till: Till):
    pages = [tablet().screen(GRILL) for _ in range(2)]
    order = till.place({"station_code": "grill"})
    held: list[Route] = []
    for page in pages:
        page.route("**/start/", lambda route: held.append(route))

    for page in pages:
        tap(card(page, order["number"]).get_by_role("button", name="Start"))
    until(lambda: [page.evaluate("0") for page in pages] and len(held) == 2)
    for route in held:
        route.continue_()

    until(lambda: sum(page.locator(".toast").count() for page in pages) == 1)
    [told] = [page for page in pages if page.locator(".toast").count()]
    expect(told.locator(".toast")).to_contain_text("it is preparing now")
    for page in pages:
        expect(card(page, order["number"])).to_have_attribute("data-version", "2")
        expect(card(page, order["number"])).to_have_attribute("data-status", "preparing")
    assert till.taps(order["tickets"][0]) == ["start"]


def test_redis_killed_while_orders_flow_stops_no_screen(tablet: Tablet, till: Till, house: House):
    boards = open_boards(tablet)
    till.rush_hour()

    house.redis.kill()
    till.rush_hour()
    all_equal(boards, till)
    house.redis.restart()
    till.rush_hour()

    all_equal(boards, till, patience=PROMISE + SLACK)
    for page in boards.values():
        assert page.evaluate("banners.some((each) => each.stands)") is False


def test_web_killed_and_restarted_brings_every_screen_back_by_itself(
    tablet: Tablet, till: Till, house: House
):
    boards = open_boards(tablet)
    grill = boards["station:hq:grill"]
    till.rush_hour()
    order = till.place({"station_code": "grill"})
    expect(card(grill, order["number"])).to_be_visible()

    house.web.kill()
    tap(card(grill, order["number"]).get_by_role("button", name="Start"))
    house.web.restart()

    all_equal(boards, till, patience=PROMISE + SLACK)
    for page in boards.values():
        glass.live(page)
        expect(page.locator(".banner")).to_be_hidden()
    expect(grill.locator(".unsent")).to_be_hidden()
    till.until_ticket(order, "grill", "preparing")
    all_equal(boards, till)
    assert till.taps(order["tickets"][0]) == ["start"]
