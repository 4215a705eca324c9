"""Every page, as browsers judge it: whole, quiet, alone, within reach of a keyboard."""

import pytest
from playwright.sync_api import Page, expect

from . import glass
from .conftest import Tablet
from .glass import Device, card, tap
from .programs import Till

BOARDS = [
    "/operations/stations/grill/",
    "/operations/stations/bar/",
    "/operations/status/pending/",
    "/operations/status/preparing/",
    "/operations/status/ready/",
    "/operations/expo/",
    "/operations/guests/",
]
DESK = [
    "/operations/stations/",
    "/operations/order/",
    "/operations/printers/",
    "/operations/screens/",
    "/operations/paper/",
    "/operations/log/",
    "/operations/reports/",
    "/password/",
    "/api/docs",
]
ADMIN = ["/admin/", "/admin/kitchen/stationprinter/", "/admin/kitchen/menuitem/"]
DOOR = ["/pair/", "/sign-in/"]
FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return { tag: at.tagName, name: at.className, outline: parseFloat(style.outlineWidth) || 0,
           style: style.outlineStyle, shadow: style.boxShadow };
}"""


def fits(page: Page) -> bool:
    """True if nothing sticks out of the screen's sides."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def look_at(device: Device, paths: list[str]) -> None:
    """Open each page, turn the tablet, and take a phone in its place."""
    page = device.open(paths[0])
    for path in paths:
        answer = page.goto(device.url + path)
        assert answer
        assert answer.status == 200, path
        if path in BOARDS:
            glass.live(page)
        for viewport in (glass.LANDSCAPE, glass.PORTRAIT, glass.PHONE):
            page.set_viewport_size(viewport)
            assert fits(page), (path, viewport)


def test_every_page_is_there_fits_and_complains_of_nothing(tablet: Tablet, till: Till):
    till.place({"station_code": "grill"}, {"station_code": "bar"}, notes="One in a wheelchair")
    office, door = tablet(), tablet(storage_state=None)

    look_at(office, BOARDS + DESK)
    look_at(door, DOOR)
    look_at(tablet(), ADMIN)  # Django's own pages, which name no icon

    assert office.unanswered + door.unanswered == []


@pytest.mark.parametrize("path", ["/operations/stations/grill/", "/operations/order/"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    tablet: Tablet, till: Till, path: str
):
    till.place({"station_code": "grill"})
    page = tablet().open(path)
    focusable = page.locator("button:visible:enabled, a[href]:visible, input:visible").count()

    seen = []
    for _ in range(min(focusable, 25)):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))

    assert [each for each in seen if each["tag"] == "BODY"] == []
    bare = [each for each in seen if each["outline"] < 2 and each["shadow"] == "none"]
    assert bare == []


def test_a_cook_without_a_mouse_can_start_and_finish(tablet: Tablet, till: Till):
    grill = tablet().screen("/operations/stations/grill/")
    order = till.place({"station_code": "grill"})
    mine = card(grill, order["number"])

    mine.get_by_role("button", name="Start").focus()
    grill.keyboard.press("Enter")
    expect(mine).to_have_attribute("data-version", "2")
    mine.get_by_role("button", name="Done", exact=True).focus()
    grill.keyboard.press("Enter")

    till.until_ticket(order, "grill", "ready")


def test_nothing_moves_for_those_who_want_no_motion(tablet: Tablet, till: Till):
    calm = tablet(reduced_motion="reduce")
    calm.context.add_init_script(
        "window.moves = 0; const animate = Element.prototype.animate; Element.prototype.animate ="
        " function (...all) { moves += 1; return animate.apply(this, all) }"
    )
    grill = calm.screen("/operations/stations/grill/")

    orders = [till.place({"station_code": "grill"}) for _ in range(3)]
    expect(card(grill, orders[-1]["number"])).to_be_visible()
    tap(card(grill, orders[0]["number"]).get_by_role("button", name="Start"))
    tap(card(grill, orders[0]["number"]).get_by_role("button", name="Done", exact=True))
    expect(glass.tray(grill, orders[0]["number"])).to_be_visible()

    assert grill.evaluate("moves") == 0
    assert grill.evaluate("document.getAnimations().length") == 0
