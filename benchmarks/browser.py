"""Chromium on a slow tablet: python -m benchmarks.browser, asked through its input."""

import contextlib
import os
import shutil

from playwright.sync_api import Browser, sync_playwright

from benchmarks.peers import obey

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANDSCAPE = {"width": 1280, "height": 800}
PAINTED = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return { paint: paint.startTime, cards: document.querySelectorAll("#board .card").length };
}"""


def binary() -> str:
    """Return where Chromium is, "" if it is not installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or ""


def paint(browser: Browser, url: str, token: str, slower: float) -> dict[str, float]:
    """Open a board with empty caches; return the ms to its first paint, and its cards."""
    headers = {"Authorization": f"Bearer {token}"}
    context = browser.new_context(viewport=LANDSCAPE, extra_http_headers=headers)
    with contextlib.closing(context):
        page = context.new_page()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(url)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        return page.evaluate(PAINTED)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary(), args=FLAGS, chromium_sandbox=False
        )
        obey({"paint": lambda **values: paint(browser, **values)})
        browser.close()


if __name__ == "__main__":
    main()
