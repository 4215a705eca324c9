"""Screens paired with a code: their own board, for as long as they may."""

from playwright.sync_api import Page, expect

from . import glass
from .conftest import Tablet
from .glass import PROMISE, SLACK, Device, card, now, tap
from .house import House
from .programs import Till

GRILL = "/operations/stations/grill/"


def pair(office: Device, bare: Device, name: str, shows: str) -> Page:
    """Pair a tablet that nobody signed in on; return its window."""
    desk = office.open("/operations/screens/")
    desk.get_by_label("Shows").select_option(shows)
    desk.get_by_label("Its name").fill(name)
    desk.get_by_role("button", name="Pair a screen").click()
    code = desk.locator(".pairing .pair-code").inner_text()
    page = bare.open("/pair/")
    page.get_by_label("Enter the code").fill(code)
    page.get_by_role("button", name="Pair", exact=True).click()
    return page


def test_a_screen_paired_by_a_code_shows_its_station_and_no_other(tablet: Tablet, till: Till):
    bare = tablet(storage_state=None)

    page = pair(tablet(), bare, "Grill, left", "station:grill")

    page.wait_for_url("**" + GRILL)
    glass.live(page)
    order = till.place({"station_code": "grill"}, {"station_code": "cold"})
    tap(card(page, order["number"]).get_by_role("button", name="Start"))
    till.until_ticket(order, "grill", "preparing")
    assert "screen:Grill, left" in [row["actor"] for row in till.log(till.ticket(order, "grill"))]
    cold = till.ticket(order, "cold")["id"]
    assert bare.post(page, f"/operations/api/tickets/{cold}/start/") in (403, 404)
    for path in ("/operations/stations/cold/", "/operations/expo/", "/operations/screens/"):
        answer = page.goto(bare.url + path)
        assert answer
        assert answer.status == 403, path


def test_a_paired_screen_comes_back_after_the_server_was_restarted(
    tablet: Tablet, till: Till, house: House
):
    page = pair(tablet(), tablet(storage_state=None), "Cold", "station:cold")
    page.wait_for_url("**/operations/stations/cold/")
    glass.live(page)

    house.web.restart()
    order = till.place({"station_code": "cold"})

    expect(card(page, order["number"])).to_be_visible()
    page.reload()
    glass.live(page)
    expect(card(page, order["number"])).to_be_visible()


def test_a_screen_whose_access_is_withdrawn_says_so_in_time(tablet: Tablet, till: Till):
    office, bare = tablet(), tablet(storage_state=None)
    page = pair(office, bare, "Lost tablet", "station:fry")
    page.wait_for_url("**/operations/stations/fry/")
    glass.live(page)
    desk = office.open("/operations/screens/")
    since = now(page)

    desk.locator("tr", has_text="Lost tablet").get_by_role("button", name="Withdraw").click()

    assert glass.seconds_until_banner(page, since) < PROMISE + SLACK
    expect(page.locator(".banner")).to_contain_text("access was withdrawn")
    order = till.place({"station_code": "fry"})
    expect(desk.locator("tr", has_text="Lost tablet")).to_contain_text("Withdrawn")
    expect(card(page, order["number"])).to_have_count(0)
    assert bare.post(page, f"/operations/api/tickets/{order['tickets'][0]['id']}/start/") == 401
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_code_pairs_nothing_and_says_so(tablet: Tablet):
    page = tablet(storage_state=None).open("/pair/")

    page.get_by_label("Enter the code").fill("00000000")
    page.get_by_role("button", name="Pair", exact=True).click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert page.url.endswith("/pair/")


def test_who_is_not_let_in_is_sent_to_sign_in(tablet: Tablet):
    page = tablet(storage_state=None).open("/operations/expo/")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_sign_in_link_works_once(tablet: Tablet, house: House):
    path = house.sign_in_path()
    first, second = tablet(storage_state=None), tablet(storage_state=None)

    expect(first.open(path).get_by_role("heading", name="Choose a screen")).to_be_visible()

    page = second.context.new_page()
    assert page.goto(second.url + path).status == 410
    expect(page.get_by_role("alert")).to_contain_text("used already")
