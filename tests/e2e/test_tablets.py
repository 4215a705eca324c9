"""All kinds of tablets: with a wrong clock, asleep, in one hand."""

import contextlib
import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from . import glass
from .conftest import Tablet
from .glass import PHONE, PROMISE, SLACK, Device, card, item, shown, thumb
from .house import House, until
from .programs import Till

GRILL = "/operations/stations/grill/"
WRONG_CLOCK = """
const Right = Date, wrong = %d * 3600 * 1000;
globalThis.Date = class extends Right {
  constructor(...given) { given.length ? super(...given) : super(Right.now() + wrong); }
  static now() { return Right.now() + wrong; }
};
"""


@pytest.mark.parametrize("hours", [-1, 1], ids=["behind", "ahead"])
def test_a_tablet_whose_clock_is_an_hour_wrong_shows_the_right_ages(
    tablet: Tablet, till: Till, house: House, hours: int
):
    old = till.place({"station_code": "grill"})
    six_minutes = "UPDATE kitchen_kitchenticket SET clock_from = now() - interval '6 minutes'"
    house.sql(f"{six_minutes} WHERE order_id = %s", old["id"])
    wrong = tablet()
    wrong.context.add_init_script(WRONG_CLOCK % hours)
    grill = wrong.screen(GRILL)

    new = till.place({"station_code": "grill"})

    expect(card(grill, new["number"]).locator("[data-timer]")).to_have_text(re.compile(r"^0:\d\d$"))
    expect(card(grill, new["number"])).to_have_attribute("data-due", "ok")
    expect(card(grill, old["number"]).locator("[data-timer]")).to_have_text(re.compile(r"^6:\d\d$"))
    expect(card(grill, old["number"])).to_have_attribute("data-due", "warn")


@pytest.fixture
def sleepy(house: House, chromium: Browser, manager: dict) -> Iterator[Device]:
    """A tablet that is a browser of its own, so that it can be put to sleep."""
    browser = glass.launch(chromium.browser_type)
    with glass.device(browser, house.url, storage_state=manager) as device:
        yield device
    browser.close()


@contextlib.contextmanager
def asleep(device: Device) -> Iterator[None]:
    """Stop the processes that run its pages."""
    browser = device.context.browser
    assert browser
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [each["id"] for each in found if each["type"] == "renderer"]
    assert renderers
    for pid in renderers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in renderers:
            os.kill(pid, signal.SIGCONT)


def test_a_tablet_that_slept_through_a_restart_is_right_when_it_wakes(
    sleepy: Device, till: Till, house: House
):
    grill = sleepy.screen(GRILL)
    grill.evaluate("window.loaded = 'once'")

    with asleep(sleepy):
        till.rush_hour()
        house.web.restart()
        till.rush_hour()

    until(lambda: shown(grill) == till.truth("station:hq:grill"), patience=PROMISE + SLACK)
    glass.live(grill)
    assert grill.evaluate("window.loaded") == "once"


def test_an_order_with_choices_and_notes_is_placed_with_one_thumb(tablet: Tablet, till: Till):
    grill = tablet().screen(GRILL)
    hand = tablet(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=3)
    page = hand.open("/operations/order/")
    sheet, basket = page.locator("#sheet"), page.locator(".basket")
    place = page.locator(".bar").get_by_role("button", name="Place order")

    thumb(page.locator(".dish").filter(has_text="House burger"))
    for choice in ("Medium rare", "Bacon", "No onion", "Fries"):
        thumb(sheet.locator("label").filter(has=page.get_by_text(choice, exact=True)))
    sheet.get_by_label("Note for the kitchen").fill("Cut in half")
    sheet.get_by_label("Allergy of the guest").fill("nuts")
    thumb(sheet.get_by_role("button", name="One more"))
    thumb(sheet.get_by_role("button", name="Add"))
    thumb(page.locator(".bar-open"))
    expect(basket.locator(".line-mods")).to_have_text(
        "Medium rare, Bacon, No onion, Fries, Cut in half"
    )
    basket.get_by_label("Table").fill("4")
    basket.get_by_label("Note for the whole order").fill("All at once")
    assert place.bounding_box()["y"] > PHONE["height"] * 2 / 3
    thumb(place)

    expect(page.locator("#placed-number")).to_have_text(re.compile(r"^A\d+$"))
    number = page.locator("#placed-number").inner_text()
    burger = item(grill, number, "House burger")
    expect(burger.locator(".qty")).to_have_text("2")
    expect(burger.locator(".mod")).to_have_text(["Medium rare", "Bacon", "No onion", "Fries"])
    expect(burger.locator(".note")).to_have_text("Cut in half")
    expect(burger.locator(".allergy")).to_contain_text("nuts")
    expect(card(grill, number).locator(".order-note")).to_have_text("All at once")
    expect(card(grill, number).locator(".where")).to_have_text("4")
