"""The README's pictures, taken of the product itself: .venv/bin/python -m docs.pictures

A demo kitchen on engines that are thrown away afterwards, an evening's orders, and Chromium.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

from olgfeast import embedded
from tests.e2e import glass

if TYPE_CHECKING:
    from tests.e2e.house import House
    from tests.e2e.programs import Till

FOLDER = Path(__file__).parent / "pictures"
SETTLED_MS = 700  # cards have come to rest, and fonts are there

Item = dict[str, Any]


def main() -> None:
    """Take them all."""
    with embedded.throw_away() as engines:
        os.environ |= {
            "DATABASE_URL": engines.database_url,
            "REDIS_URL": engines.redis_url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DJANGO_SETTINGS_MODULE": "olgfeast.settings",
        }
        django.setup()  # what the tests' house is made of holds models
        from tests.e2e.house import House

        house = House()
        try:
            house.open()
            take(house)
        finally:
            house.close()


def take(house: "House") -> None:
    from tests.e2e.programs import Till

    FOLDER.mkdir(exist_ok=True)
    till = Till(house.url, house.pos_token("till"))
    first = play_evening(house, till)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=glass.CHROMIUM_ARGS,
            chromium_sandbox=False,
        )
        state = signed_in(browser, house)
        take_boards(browser, house, state, first)
        take_phone(browser, house, state)
        browser.close()


def signed_in(browser: Browser, house: "House") -> Any:
    context = browser.new_context()
    context.new_page().goto(house.url + house.sign_in_path())
    state = context.storage_state()
    context.close()
    return state


def play_evening(house: "House", till: "Till") -> int:
    """Place orders of every kind and age, and bring them to where the pictures want them.

    Return the id of the first one's ticket at the grill.
    """
    from tests.e2e.house import until

    ages = (540, 400, 330, 205, 150, 95, 40, 15)
    orders = [till.place(*items, **fields) for items, fields in evening()]
    first, second, rush = orders[0], orders[1], orders[3]
    till.http.post(
        f"/api/orders/{second['id']}/items/",
        json={"items": [{"name": "House burger", "quantity": 1, "station_code": "grill"}]},
    ).raise_for_status()
    gone = till.ticket(orders[2], "grill")["items"][-1]
    till.http.post(
        f"/api/orders/{orders[2]['id']}/items/{gone['id']}/void/", json={"reason": "Guest left"}
    ).raise_for_status()
    for order, station, action in (
        (first, "grill", "start"),
        (first, "cold", "bump"),
        (rush, "fry", "bump"),
        (orders[6], "grill", "bump"),
    ):
        ticket = till.ticket(order, station)
        till.http.post(
            f"/operations/api/tickets/{ticket['id']}/{action}/", json={}
        ).raise_for_status()
    until(lambda: not house.sql("SELECT FROM kitchen_printjob WHERE status <> 'printed'"))
    for order, seconds in zip(orders, ages, strict=True):
        house.sql(
            "UPDATE kitchen_kitchenticket SET clock_from = now() - make_interval(secs => %s)"
            " WHERE order_id = %s",
            seconds,
            order["id"],
        )
        house.sql(
            "UPDATE kitchen_order SET placed_at = now() - make_interval(secs => %s) WHERE id = %s",
            seconds,
            order["id"],
        )
    return till.ticket(first, "grill")["id"]


def evening() -> list[tuple[list[Item], dict[str, Any]]]:
    return [
        ([
            {"name": "Ribeye steak", "quantity": 2, "station_code": "grill",
             "modifiers": ["Medium rare", "Mashed potatoes"], "notes": "Sauce apart"},
            {"name": "Caesar salad", "quantity": 1, "station_code": "cold"},
            {"name": "Glass of wine", "quantity": 2, "station_code": "bar"},
        ], {"table": "12", "server": "Ana"}),
        ([
            {"name": "Grilled salmon", "quantity": 1, "station_code": "grill",
             "modifiers": ["No butter"], "allergens": ["milk"]},
            {"name": "French fries", "quantity": 1, "station_code": "fry"},
        ], {"table": "4", "server": "Luis"}),
        ([
            {"name": "Veggie burger", "quantity": 1, "station_code": "grill"},
            {"name": "House burger", "quantity": 1, "station_code": "grill"},
        ], {"table": "7", "server": "Ana"}),
        ([
            {"name": "House burger", "quantity": 4, "station_code": "grill",
             "modifiers": ["Extra cheese", "No onions"]},
            {"name": "Sweet potato fries", "quantity": 4, "station_code": "fry"},
        ], {"order_type": "takeout", "customer_name": "Mei", "priority": "rush"}),
        ([
            {"name": "Half roast chicken", "quantity": 1, "station_code": "grill",
             "allergens": ["nuts"], "notes": "Carries an adrenaline pen"},
            {"name": "Garlic flatbread", "quantity": 2, "station_code": "bakery"},
        ], {"table": "21", "server": "Sam"}),
        ([
            {"name": "Lamb chops with rosemary", "quantity": 3, "station_code": "grill",
             "modifiers": ["Pink"]},
            {"name": "Gin and tonic", "quantity": 3, "station_code": "bar",
             "modifiers": ["No ice"], "notes": "Lime, not lemon"},
        ], {"table": "3", "server": "Luis"}),
        ([{"name": "Sirloin steak", "quantity": 1, "station_code": "grill"}],
         {"table": "9", "server": "Sam"}),
        ([
            {"name": "Veggie burger", "quantity": 1, "station_code": "grill"},
            {"name": "Chocolate fondant", "quantity": 1, "station_code": "dessert"},
        ], {"order_type": "delivery", "customer_name": "Priya"}),
    ]  # fmt: skip


def take_boards(browser: Browser, house: "House", state: Any, ticket_id: int) -> None:
    dark = browser.new_context(
        storage_state=state, viewport=glass.LANDSCAPE, color_scheme="dark", device_scale_factor=1
    )
    page = open_live(dark.new_page(), house, "/operations/stations/grill/")
    save(page, "grill")
    dark.set_offline(True)
    page.locator(".banner").wait_for()
    save(page, "not-live")
    dark.close()
    light = browser.new_context(storage_state=state, viewport=glass.LANDSCAPE, color_scheme="light")
    save(open_live(light.new_page(), house, "/operations/expo/"), "expo")
    page = light.new_page()
    page.goto(f"{house.url}/operations/log/?ticket={ticket_id}")
    save(page, "log")
    page.goto(f"{house.url}/operations/paper/")
    save(page, "paper")
    light.close()


def take_phone(browser: Browser, house: "House", state: Any) -> None:
    phone = browser.new_context(
        storage_state=state, viewport=glass.PHONE, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    page.goto(f"{house.url}/operations/order/")
    page.get_by_text("Ribeye steak").tap()
    page.get_by_text("Medium rare").tap()
    page.get_by_text("Grilled vegetables").tap()
    save(page, "order")
    phone.close()


def open_live(page: Page, house: "House", path: str) -> Page:
    page.goto(house.url + path)
    glass.live(page)
    return page


def save(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
