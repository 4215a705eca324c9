"""Screens in Chromium, and what a person sees on them."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

LANDSCAPE = {"width": 1280, "height": 800}
PORTRAIT = {"width": 800, "height": 1280}
PHONE = {"width": 390, "height": 844}
PROMISE = 5.0  # seconds until a screen says that it is not live, or is right after a fault
SLACK = 1.0  # what a busy machine may add
THUMB = 48  # CSS pixels, the least that a thumb hits without looking
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Runs before the page's own scripts. Tells what the policy forbade, and notes, on the page's own
# clock, when the banner came and went.
WITNESS = """
addEventListener("securitypolicyviolation", (event) =>
  forbidden(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
window.banners = [];
new MutationObserver(() => {
  const banner = document.querySelector(".banner");
  const stands = Boolean(banner && !banner.hidden);
  const last = banners.at(-1);
  if (stands !== Boolean(last && last.stands)) banners.push({ stands, at: performance.now() });
}).observe(document, { subtree: true, childList: true, attributes: true });
"""

# Every open card as it is shown: its number, and of each ticket on it the state and version.
SHOWN = """() => [...document.querySelectorAll('[data-lane="open"] > .card')].map((card) => {
  const shares = [...card.querySelectorAll(".share")];
  const tickets = shares.length ? shares : [card];
  return [card.querySelector(".num").textContent,
          ...tickets.map(({ dataset }) => `${dataset.status} ${dataset.version}`)];
})"""
POST = """async (path) => {
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json" };
  return (await fetch(path, { method: "POST", headers, body: "{}" })).status;
}"""
# What Chromium itself says of a request that failed or was refused; many tests want just that.
UNANSWERED = ("Failed to load resource:", "WebSocket connection to")
AT_REST = """(target) => new Promise((rests) => {
  const card = target.closest(".card");
  const look = () => performance.now() - (card?.movedAt ?? -Infinity) > 400
    ? rests() : requestAnimationFrame(look);
  look();
})"""


def launch(chromium: BrowserType) -> Browser:
    """Start the machine's own Chromium."""
    binary = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not binary:
        pytest.skip("no Chromium: set CHROMIUM or install chromium")
    return chromium.launch(executable_path=binary, args=CHROMIUM_ARGS, chromium_sandbox=False)


class Device:
    """A tablet: a browser context with its cookies, its windows and what went wrong in them."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.errors: list[str] = []  # what failed in a script, or was complained of
        self.unanswered: list[str] = []  # requests that failed, in Chromium's words
        self.forbidden: list[str] = []  # by the content security policy
        self.strangers: list[str] = []  # requests to another host
        context.expose_function("forbidden", lambda what: self.forbidden.append(what))
        context.add_init_script(WITNESS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._asked)

    def open(self, path: str) -> Page:
        """Open a window on a page of the house."""
        page = self.context.new_page()
        answer = page.goto(self.url + path)
        assert answer, path
        assert answer.status == 200, f"{path}: {answer.status}"
        return page

    def screen(self, path: str) -> Page:
        """Open a board and wait until it is live."""
        page = self.open(path)
        live(page)
        return page

    def post(self, page: Page, path: str) -> int:
        """Let a page send a POST as its own scripts do; return the status."""
        return page.evaluate(POST, path)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            known = message.text.startswith(UNANSWERED)
            said = f"{message.location['url']}: {message.text}"
            (self.unanswered if known else self.errors).append(said)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.strangers.append(request.url)


@contextlib.contextmanager
def device(browser: Browser, url: str, **options: object) -> Iterator[Device]:
    """Open a tablet; whatever it did, no script failed or complained and the policy held."""
    context = browser.new_context(**{"viewport": LANDSCAPE, **options})  # type: ignore[arg-type]
    tablet = Device(context, url)
    yield tablet
    context.close()
    assert (tablet.errors, tablet.forbidden, tablet.strangers) == ([], [], [])


def live(page: Page) -> None:
    """Wait until the board has a live link."""
    page.wait_for_selector('body[data-link="live"]')


def card(page: Page, number: str) -> Locator:
    """Return the open card of an order or of its ticket."""
    return page.locator('[data-lane="open"] > .card').filter(
        has=page.locator(".num").get_by_text(number, exact=True)
    )


def shown(page: Page) -> list[list[str]]:
    """Return all that stands open on a board; see `Till.truth`."""
    return sorted(page.evaluate(SHOWN))


def tray(page: Page, number: str) -> Locator:
    """Return the card in the tray of what can be recalled."""
    return page.locator(".tray > .card").filter(
        has=page.locator(".num").get_by_text(number, exact=True)
    )


def item(page: Page, number: str, name: str) -> Locator:
    """Return an item's line on a ticket's card."""
    return card(page, number).locator(".item").filter(has_text=name)


def share(page: Page, number: str, station: str) -> Locator:
    """Return a station's share on an order's card."""
    return card(page, number).locator(".share").filter(has_text=station)


def tap(target: Locator) -> None:
    """Touch it once its card has come to rest: one that slid a moment ago takes no tap."""
    target.evaluate(AT_REST)
    target.click()


def thumb(target: Locator) -> None:
    """Touch it as a thumb does: it must be there to be seen, and large enough to be hit."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= THUMB, (target, box)
    target.tap()


def now(page: Page) -> float:
    """Return the page's own clock, in milliseconds."""
    return page.evaluate("performance.now()")


def seconds_until_banner(page: Page, since: float) -> float:
    """Wait for the banner to stand; return how long that took from `since`, on the page's clock."""
    expect(page.locator(".banner")).to_be_visible()
    return (page.evaluate("banners.at(-1).at") - since) / 1000
