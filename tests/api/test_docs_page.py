"""The page of the description, in Chromium and under the house's own policy."""

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WITNESS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_docs_page_shows_the_api_and_breaks_no_policy(live_server: Any) -> None:
    binary = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not binary:
        pytest.skip("no Chromium: set CHROMIUM or install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        page = browser.new_page()
        asked: list[str] = []
        errors: list[str] = []
        page.add_init_script(WITNESS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))

        answer = page.goto(f"{live_server.url}/api/docs")
        page.get_by_text("Place an order").click()
        page.get_by_text("One ticket per station.").wait_for()

        assert answer
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert page.evaluate("violations") == []
        assert errors == []
        assert all(url.startswith((live_server.url, "data:")) for url in asked)
        browser.close()
