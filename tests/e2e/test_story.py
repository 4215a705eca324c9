"""One order, all the way: from the order page to glass and paper, to its log, and back."""

from playwright.sync_api import Locator, Page, expect

from . import glass
from .conftest import Tablet
from .glass import card, item, share, tap, tray
from .house import House
from .programs import Till

GRILL, EXPO = "/operations/stations/grill/", "/operations/expo/"
OPEN_NUMBERS = '[data-lane="open"] > .card .num'


def order_by_hand(page: Page) -> str:
    """Order a steak, medium, and a beer for table 12; return the number it got."""
    page.locator(".dish").filter(has_text="Ribeye steak").click()
    sheet = page.locator("#sheet")
    sheet.get_by_text("Medium", exact=True).click()
    sheet.get_by_role("button", name="Add").click()
    page.locator(".dish").filter(has=page.locator(".station", has_text="Bar")).first.click()
    if sheet.is_visible():
        sheet.get_by_role("button", name="Add").click()
    page.get_by_label("Table").fill("12")
    page.locator(".basket").get_by_role("button", name="Place order").click()
    number = page.locator("#placed-number")
    expect(number).not_to_be_empty()
    return number.inner_text()


def right_edge(cells: Locator) -> float:
    return max(cell.bounding_box()["x"] + cell.bounding_box()["width"] for cell in cells.all())


def left_edge(cells: Locator) -> float:
    return min(cell.bounding_box()["x"] for cell in cells.all())


def test_an_order_goes_all_the_way_from_the_order_page_to_its_log(tablet: Tablet, till: Till):
    kitchen, office = tablet(), tablet()
    grill = kitchen.screen(GRILL)
    expo = kitchen.screen(EXPO)
    paper = office.open("/operations/paper/")
    waiter = office.open("/operations/order/")

    number = order_by_hand(waiter)

    # The grill sees it without a reload, with what the guest chose.
    expect(card(grill, number)).to_have_attribute("data-status", "pending")
    expect(item(grill, number, "Ribeye steak").locator(".mod")).to_have_text(["Medium"])
    # The bar's chit is on paper, and the expo knows that it is, from the printer itself.
    chit = paper.get_by_label("Printer bar").locator(".chit", has_text=number)
    expect(chit).to_have_count(1)
    expect(share(expo, number, "Bar").locator(".chit-state")).to_contain_text("Printed on bar")
    expect(share(expo, number, "Bar")).to_have_attribute("data-status", "preparing")

    # A tap starts it, a tap makes it ready.
    tap(card(grill, number).get_by_role("button", name="Start"))
    expect(share(expo, number, "Grill")).to_have_attribute("data-status", "preparing")
    tap(card(grill, number).get_by_role("button", name="Done", exact=True))
    expect(share(expo, number, "Grill")).to_have_attribute("data-status", "ready")
    expect(tray(grill, number)).to_be_visible()
    expect(card(grill, number)).to_have_count(0)

    # The expo gathers it.
    tap(share(expo, number, "Bar").get_by_role("button", name="Bar: ready"))
    tap(card(expo, number).get_by_role("button", name="Complete"))
    expect(card(expo, number)).to_have_count(0)
    expect(tray(expo, number)).to_be_visible()

    # Its log has the grill's taps and its printer side by side.
    waiter.locator("#placed").get_by_role("link", name="Its log").click()
    expect(waiter.locator("h1")).to_contain_text(number)
    log = office.open(f"/operations/log/?number={number}")
    log.locator("tr", has_text="Grill").first.get_by_role("link", name=number).click()
    taps, prints = log.locator(".by-screen div"), log.locator(".by-printer div")
    expect(taps.locator("b")).to_have_text(["Created", "Start", "Bump", "Complete"])
    expect(prints.locator("b")).to_have_text(["Print start", "Print success"])
    expect(prints.last).to_contain_text("grill (127.0.0.1:")
    assert right_edge(taps) <= left_edge(prints)

    # It was a mistake: the expo takes it back from the tray.
    tap(tray(expo, number).get_by_role("button", name="Recall"))
    expect(card(expo, number)).to_be_visible()
    expect(card(grill, number)).to_have_attribute("data-status", "preparing")
    expect(card(grill, number).locator(".flag-recalled")).to_be_visible()


def test_a_ticket_recalled_from_the_grills_tray_keeps_its_clock(tablet: Tablet, till: Till):
    grill = tablet().screen(GRILL)
    order = till.place({"station_code": "grill"})
    since = card(grill, order["number"]).get_attribute("data-clock")
    tap(card(grill, order["number"]).get_by_role("button", name="Start"))
    tap(card(grill, order["number"]).get_by_role("button", name="Done", exact=True))

    tap(tray(grill, order["number"]).get_by_role("button", name="Recall"))

    expect(card(grill, order["number"])).to_have_attribute("data-status", "preparing")
    assert card(grill, order["number"]).get_attribute("data-clock") == since


def test_items_ticked_on_one_screen_are_seen_on_the_other(tablet: Tablet, till: Till):
    left = tablet().screen(GRILL)
    right = tablet(viewport=glass.PORTRAIT).screen(GRILL)
    order = till.place(
        {"name": "Burger", "station_code": "grill"}, {"name": "Salmon", "station_code": "grill"}
    )

    tap(item(left, order["number"], "Burger").get_by_role("button", name="Burger: done"))

    expect(item(right, order["number"], "Burger")).to_have_attribute("data-status", "ready")
    expect(item(right, order["number"], "Salmon")).to_have_attribute("data-status", "pending")
    tap(item(right, order["number"], "Salmon").get_by_role("button", name="Salmon: done"))
    expect(tray(left, order["number"])).to_be_visible()


def test_a_dish_voided_by_the_till_is_shown_until_the_cook_has_seen_it(tablet: Tablet, till: Till):
    grill = tablet().screen(GRILL)
    order = till.place(
        {"name": "Burger", "station_code": "grill"}, {"name": "Salmon", "station_code": "grill"}
    )
    [burger, _] = order["tickets"][0]["items"]

    till.http.post(
        f"/api/orders/{order['id']}/items/{burger['id']}/void/", json={"reason": "Guest left"}
    ).raise_for_status()

    mine = card(grill, order["number"])
    expect(item(grill, order["number"], "Burger")).to_have_attribute("data-status", "void")
    expect(mine.locator(".reason")).to_have_text("Guest left")
    expect(mine.locator(".flag-changed")).to_be_visible()
    tap(mine.get_by_role("button", name="Seen"))
    expect(mine.locator(".flag-changed")).to_have_count(0)
    expect(mine.get_by_role("button", name="Start")).to_be_visible()


def test_an_order_walks_through_the_status_screens_and_past_the_guests(tablet: Tablet, till: Till):
    pending, preparing, ready = (
        tablet().screen(f"/operations/status/{status}/")
        for status in ("pending", "preparing", "ready")
    )
    guests = tablet().screen("/operations/guests/")

    order = till.place({"station_code": "grill"}, {"station_code": "cold"}, customer_name="Ana")
    tap(card(pending, order["number"]).get_by_role("button", name="Start"))

    expect(guests.locator('[data-lane="preparing"] .call')).to_contain_text(order["number"])
    tap(card(preparing, order["number"]).get_by_role("button", name="Ready"))
    expect(card(ready, order["number"])).to_be_visible()
    expect(guests.locator('[data-lane="ready"] .call')).to_contain_text(order["number"])
    for page in (pending, preparing):
        expect(card(page, order["number"])).to_have_count(0)
    assert {one["status"] for one in till.order(order["id"])["tickets"]} == {"ready"}


def test_the_expo_rushes_one_order_and_fires_another(tablet: Tablet, till: Till):
    grill, expo = tablet().screen(GRILL), tablet().screen(EXPO)
    orders = [till.place({"station_code": "grill"}) for _ in range(3)]
    first, held, hurried = (order["number"] for order in orders)
    till.move(till.ticket(orders[1], "grill"), "hold").raise_for_status()
    expect(card(grill, held)).to_have_attribute("data-status", "held")

    tap(card(expo, hurried).get_by_role("button", name="Rush"))

    expect(grill.locator(OPEN_NUMBERS).first).to_have_text(hurried)
    expect(card(grill, hurried).locator(".flag-rush")).to_be_visible()
    tap(share(expo, held, "Grill").get_by_role("button", name="Fire"))
    expect(card(grill, held)).to_have_attribute("data-status", "pending")
    expect(grill.locator(OPEN_NUMBERS)).to_have_text([hurried, first, held])


def test_a_program_that_knows_only_the_contract_sees_what_the_screens_show(
    tablet: Tablet, till: Till, house: House
):
    cold = tablet().screen("/operations/stations/cold/")
    with till.watch("/ws/stations/cold/") as frames:
        assert frames.next("orders_update")["orders"] == []

        order = till.place({"station_code": "cold"})
        news = frames.next("order_update")
        tap(card(cold, order["number"]).get_by_role("button", name="Start"))
        move, change = frames.next("status_change"), frames.next("order_update")

    assert (news["action"], news["order"]["number"]) == ("new_order", order["number"])
    assert (move["old_status"], move["new_status"]) == ("pending", "preparing")
    assert (move["rev"], change["rev"]) == (news["rev"] + 1, news["rev"] + 1)
    assert till.board("station:hq:cold")["rev"] == change["rev"]
