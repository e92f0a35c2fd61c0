"""A real headless Chromium for tests of what people see."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.needs import lacking

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# It talks to the machine it runs on and to nobody else: pages that ask other hosts are wrong, and so are updates.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, started for one module.

    While it runs, playwright's event loop runs in this thread: a test that uses it cannot call `asyncio.run`, so the
    site under test runs in a process or thread of its own.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        lacking("Chromium", "apt-get install chromium, dnf install chromium or brew install --cask chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page with its own cookies."""
    with browser.new_context(locale="en-GB", timezone_id="Europe/Lisbon") as context:
        yield context.new_page()
