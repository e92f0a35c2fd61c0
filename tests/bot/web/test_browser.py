"""The pages in a real browser, under the real content policy: phone, both themes, keyboard, no JavaScript, paper."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Request

from scripts.gallery import HOST, serve
from scripts.samples import pages

PAGES = dict(pages())
OURS = [name for name in PAGES if name != "mail"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

# Links in running text are exempt (WCAG 2.5.8); a box inside a card is as large as its card, which ticks it.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")]
  .filter(thing => !thing.closest(".prose, .skip, .typed") && thing.checkVisibility())
  .map(thing => [thing.closest(".pick") || thing, thing.textContent || thing.name])
  .filter(([thing]) => thing.getBoundingClientRect().height < 43.9)
  .map(([thing, words]) => `${thing.tagName} ${words.trim()}`)"""

# Every text against the nearest background behind it, by the formula of WCAG 1.4.3; no colour of ours is translucent.
TOO_FAINT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => channels(colour).slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = thing => {
    for (let at = thing; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
  };
  const faint = [];
  for (const thing of document.querySelectorAll("body *")) {
    const own = [...thing.childNodes].filter(node => node.nodeType === 3);
    const words = own.map(node => node.textContent).join("").trim();
    if (!words || !thing.checkVisibility() || thing.closest(".hidden, title, desc, datalist, option")) continue;
    const style = getComputedStyle(thing);
    const pair = [light(thing.closest("svg") ? style.fill : style.color), light(behind(thing))].sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${words.slice(0, 40)}`);
  }
  return faint;
}"""


def visit(page: Page, name: str) -> None:
    page.route("**/*", partial(serve, drawn=PAGES))
    page.goto(f"{HOST}/{name}")


@pytest.mark.parametrize("name", OURS)
def test_a_page_fits_a_phone_and_a_finger_and_breaks_no_rule_of_its_own(page: Page, name: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visit(page, name)
    assert complaints == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", OURS)
def test_every_text_can_be_read_in_both_themes(page: Page, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    visit(page, name)
    assert page.evaluate(TOO_FAINT) == []


def test_the_keyboard_reaches_the_content_first_and_the_command_box_by_one_key(page: Page) -> None:
    visit(page, "todo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Acknowledge"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "words"
    page.keyboard.type("status pol/3")
    assert page.input_value("#words") == "status pol/3"


def test_an_invalid_form_is_read_from_its_errors_on(page: Page) -> None:
    visit(page, "form-errors")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.get_by_role("link", name="There is nobody called Fernando").click()
    assert page.evaluate("document.activeElement.name") == "owner"


def test_everything_is_answered_without_javascript(browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        visit(page, "acknowledge")
        page.get_by_label("I have read the Information Security Policy").check()
        page.get_by_label("Your name, as you would sign it").fill("Ana Ferreira")
        sent: list[Request] = []
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        page.get_by_role("button", name="Acknowledge").click()
    [request] = sent
    answer = parse_qs(request.post_data or "", keep_blank_values=True)
    assert request.url == f"{HOST}/do/acknowledge/7"
    assert (answer["agree"], answer["name"], answer["csrf"]) == (["yes"], ["Ana Ferreira"], ["token"])
    assert len(answer["key"][0]) > 16
    assert "shown" in answer


def test_somebody_is_found_among_many(page: Page) -> None:
    visit(page, "whom")
    page.get_by_label("Find somebody").fill("tanaka")
    assert page.locator(".groups li:visible").all_inner_texts() == ["Goro Tanaka\nSoftware Engineer"]


def test_room_is_told_when_it_gets_tight(page: Page) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    visit(page, "form")
    page.get_by_label("What should people know?").fill("x" * 590)
    assert page.get_by_role("status").inner_text() == "10 characters left."


def test_paper_shows_the_text_and_no_buttons(page: Page) -> None:
    page.emulate_media(media="print")
    visit(page, "policy")
    assert page.get_by_role("heading", name="If it is not kept").is_visible()
    assert not page.get_by_text("Ask a question").is_visible()
    assert not page.locator("#words").is_visible()
