"""A newcomer's first minute, in a real browser on the real server."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import be
from tests.support.stage import Stage


def press(page: Page, label: str, *, whole: bool = False) -> None:
    """Go to something by the keyboard alone and press it: what begins with `label`, or is it as a `whole`."""
    for _ in range(80):
        page.keyboard.press("Tab")
        words = page.evaluate("(document.activeElement.innerText || '').trim().split(/\\s+/).join(' ')")
        if words == label or (words.startswith(label) and not whole):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {label!r}")


def test_chidi_reads_and_acknowledges_with_the_keyboard_alone(site: Page, stage: Stage) -> None:
    """From picking whom to be to the next thing that waits."""
    site.goto("/")
    expect(site).to_have_title(re.compile("Whom would you like to be"))
    press(site, "Be Chidi Okafor")
    expect(site.get_by_role("heading", level=1)).to_have_text("To do")
    press(site, "Read", whole=True)
    expect(site.get_by_role("heading", level=1)).to_have_text("Acceptable Use")
    press(site, "Acknowledge")
    expect(site.get_by_role("heading", level=1)).to_have_text(re.compile("Acknowledge"))
    for _ in range(80):
        site.keyboard.press("Tab")
        if site.evaluate("document.activeElement.type") == "checkbox":
            break
    site.keyboard.press("Space")
    site.keyboard.press("Tab")
    site.keyboard.type("Chidi Okafor")
    site.keyboard.press("Enter")
    expect(site.get_by_text("You acknowledged this on Mon 23 Nov 2026")).to_be_visible()
    (record,) = stage.records("policy.acknowledged")
    assert record["actor"]["ref"] == stage.person("Chidi").ref

    site.reload()
    expect(site.get_by_text("You acknowledged this on")).to_be_visible()
    assert len(stage.records("policy.acknowledged")) == 1
    press(site, "Back to what is waiting: 1 more")
    expect(site.get_by_role("heading", level=2)).to_have_text(["Access Control"])


def test_going_back_sends_nothing_again(site: Page, stage: Stage) -> None:
    """Neither back nor reload asks to send a form once more."""
    be(site, "Chidi Okafor")
    site.get_by_role("link", name="Acknowledge").last.click()
    site.get_by_label("I have read and will follow").check()
    site.get_by_role("button", name="Acknowledge").click()
    expect(site.get_by_text("You acknowledged this on")).to_be_visible()
    site.go_back()
    # The form as it was, or, where the browser asks again, how it stands by now.
    expect(site.get_by_role("heading", level=1)).to_have_text(re.compile("Acknowledge|In order"))
    site.go_forward()
    expect(site.get_by_text("You acknowledged this on")).to_be_visible()
    assert len(stage.records("policy.acknowledged")) == 1


def test_a_double_click_counts_once(site: Page, stage: Stage) -> None:
    """The second of two clicks finds the button gone or the answer given."""
    be(site, "Chidi Okafor")
    site.get_by_role("link", name="Ask a question").first.click()
    site.get_by_label("Your question").fill("May I use my own phone?")
    site.get_by_role("button", name="Ask").dblclick()
    expect(site.get_by_role("heading", level=1)).to_have_text(re.compile("Your question is on its way"))
    assert len(stage.records("policy.question")) == 1


def test_a_lead_types_status(site: Page) -> None:
    """One key goes to the box; the answer has an address, so that going on and back works."""
    be(site, "Ana Duarte")
    site.keyboard.press("/")
    site.keyboard.type("status")
    site.keyboard.press("Enter")
    expect(site.get_by_role("heading", level=1)).to_have_text(re.compile("Status"))
    expect(site.get_by_role("table").first).to_be_visible()
    expect(site.locator("svg.chart").first).to_be_visible()
    address = site.url
    site.get_by_role("link", name="Policies", exact=True).click()
    site.go_back()
    expect(site.get_by_role("heading", level=1)).to_have_text(re.compile("Status"))
    assert site.url == address


def test_a_mistyped_command_stays_in_the_box(site: Page) -> None:
    """With what to do about it."""
    be(site, "Chidi Okafor")
    site.get_by_label("Type a command").fill("polcy list")
    site.keyboard.press("Enter")
    expect(site.get_by_label("Type a command")).to_have_value("polcy list")
    expect(site.get_by_role("main")).to_contain_text("policy")


def test_everything_goes_without_javascript(browser: Browser, stage: Stage) -> None:
    """The same minute, with scripts switched off."""
    with browser.new_context(java_script_enabled=False, base_url=stage.address) as context:
        page = context.new_page()
        be(page, "Chidi Okafor")
        page.get_by_role("link", name=re.compile("^Acknowledge")).first.click()
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_role("alert")).to_contain_text("Tick this box to go on.")
        page.get_by_label("I have read and will follow").check()
        page.get_by_label("Your name").fill("Chidi Okafor")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_text("You acknowledged this on")).to_be_visible()
        page.get_by_label("Type a command").fill("todo")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(["Access Control"])
        page.get_by_text("Chidi Okafor").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Whom would you like to be?")
    assert len(stage.records("policy.acknowledged")) == 1
