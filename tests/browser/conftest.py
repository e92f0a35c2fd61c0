"""A stage that a real browser visits: served in a thread of its own, with every complaint of the browser kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.company import ask, found, publish
from tests.support.stage import Stage, on_stage

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    """A demo in which Chidi owes two answers, one of them with his name typed, and Keisha one."""
    with on_stage(sqlite_url, company="Halden Instruments") as stage:
        found(stage)
        chapters = "\n\n".join(f"## Chapter {number}\n\n{'Use things well. ' * 60}" for number in range(1, 7))
        for title, typed in (("Acceptable Use", True), ("Access Control", False)):
            ask(stage, stage.person("Chidi"), publish(stage, title, chapters, typed_name=typed))
        ask(stage, stage.person("Keisha"), "POL-1")
        yield stage


@pytest.fixture
def site(browser: Browser, stage: Stage) -> Iterator[Page]:
    """A page on the stage; the browser must have had nothing to complain of in the end."""
    with browser.new_context(locale="en-GB", base_url=stage.address) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))  # the content policy speaks there too
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        # That a page answers "not found" is said to people; the browser says it again.
        assert [one for one in complaints if not one.startswith("Failed to load resource")] == []


def be(page: Page, name: str) -> None:
    """Pick whom to be in the demo."""
    page.goto("/demo")
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("heading", name="To do", exact=True).wait_for()
