"""Every page that navigation and cards lead to, on a phone, in both themes, for eyes, fingers and screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.bot.web.test_browser import TOO_FAINT, TOO_SMALL
from tests.browser.conftest import PHONE, be
from tests.support.stage import Stage

# What each rule finds wrong, as sentences; an empty list is what we want.
UNNAMED = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary, [role=region]")]
  .filter(thing => thing.checkVisibility() && thing.type !== "hidden")
  .filter(thing => !(thing.innerText || "").trim() && !thing.labels?.length
    && !thing.getAttribute("aria-label") && !thing.getAttribute("aria-labelledby"))
  .map(thing => thing.outerHTML.slice(0, 120))"""
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(heading => Number(heading.tagName[1]))"""
LANDMARKS = """() => ["body > header", "main", "footer", "h1", ".inside nav[aria-label=Main]"]
  .filter(part => document.querySelectorAll(part).length !== 1)"""
TWINS = """() => { const ids = [...document.querySelectorAll("[id]")].map(thing => thing.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at); }"""
BROKEN = """() => ["aria-labelledby", "aria-describedby", "for", "list"].flatMap(way =>
  [...document.querySelectorAll(`[${way}]`)].flatMap(thing => thing.getAttribute(way).trim().split(/\\s+/))
  .filter(id => !document.getElementById(id)))"""
WIDE = "() => document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : []"
RULES = {"no name": UNNAMED, "landmarks": LANDMARKS, "id twice": TWINS, "leads nowhere": BROKEN, "too wide": WIDE,
         "too small": TOO_SMALL, "too faint": TOO_FAINT}  # fmt: skip


def places(page: Page) -> Iterator[str]:
    """Yield every address that the pages in the navigation lead to."""
    seen: set[str] = set()
    waiting = ["/go/todo", "/sessions", "/nowhere", "/say?words=help"]
    while waiting:
        place = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        page.goto(place)
        yield place
        found = page.evaluate(
            "[...document.querySelectorAll('a[href^=\"/go/\"]')].map(link => link.getAttribute('href'))"
        )
        waiting += [one for one in found if one not in seen]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["Chidi Okafor", "Ana Duarte"])
def test_every_page_can_be_used_by_everybody(site: Page, stage: Stage, name: str, scheme: str) -> None:
    """On a phone; the page's title, headings, landmarks and labels included."""
    site.set_viewport_size(PHONE)  # type: ignore[arg-type]
    site.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    be(site, name)
    titles: dict[str, str] = {}
    for place in places(site):
        for rule, script in RULES.items():
            assert site.evaluate(script) == [], f"{place}: {rule}"
        levels = site.evaluate(LEVELS)
        assert levels[0] == 1, place
        assert all(after <= before + 1 for before, after in pairwise(levels)), f"{place}: {levels}"
        titles[place] = site.title()
    assert all(title.endswith("· Comply") for title in titles.values())
    assert len(titles) > 8
