"""One house for all of these tests, and tablets to look at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.live.world import PATIENCE

from . import glass
from .glass import Device
from .house import House
from .programs import Till
from .wire import Wire

Tablet = Callable[..., Device]


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    kitchen = House()
    try:
        kitchen.open()
        yield kitchen
    finally:
        kitchen.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; ends with this folder, since its loop would be in the others' way."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = glass.launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def manager(house: House, chromium: Browser) -> dict:
    """The cookies of a manager who came by the one-time link."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(house.url + house.sign_in_path())
    expect(page.get_by_role("heading", name="Choose a screen")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="package")
def _till(house: House) -> Iterator[Till]:
    till = Till(house.url, house.pos_token("till"))
    yield till
    till.http.close()


@pytest.fixture
def till(_till: Till) -> Iterator[Till]:
    """A POS; what it ordered is gone from the boards afterwards."""
    yield _till
    _till.clear()


@pytest.fixture
def wire(house: House) -> Iterator[Wire]:
    """The way between the tablets and the house, to be cut."""
    between = Wire(house.web.port)
    yield between
    between.close()


@pytest.fixture
def tablet(house: House, chromium: Browser, manager: dict) -> Iterator[Tablet]:
    """Open a tablet that a manager signed in on; `url` puts a wire in between."""
    with ExitStack() as stack:

        def open_one(url: str = house.url, **options: object) -> Device:
            signed_in = {"storage_state": manager, **options}
            return stack.enter_context(glass.device(chromium, url, **signed_in))

        yield open_one
