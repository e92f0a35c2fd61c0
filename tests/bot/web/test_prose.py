"""A policy's Markdown becomes HTML that can do no harm and is pleasant to find one's way in."""

from __future__ import annotations

import pytest

from bot.web.prose import prose
from models.message import mention
from tests.bot.web.reader import Reader

SAFE = {"href", "rel", "class", "scope", "role", "tabindex", "aria-label"}


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://spy.example/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        '<a href="https://x.example" style="position:fixed">x</a>',
        '[x](https://x.example "\\" onmouseover=alert(1) ")',
        "|a|\n|:-:|\n|<svg onload=alert(1)>|",
    ],
)
def test_hostile_markdown_is_text_or_a_plain_link(markdown: str) -> None:
    page = Reader(prose(markdown)[0])
    assert {tag for tag, _ in page.tags} <= {"p", "a", "div", "table", "thead", "tbody", "tr", "th", "td"}
    assert {name for _, attrs in page.tags for name in attrs} <= SAFE
    assert all(link["href"].startswith("https://") for link in page.all("a"))


def test_links_out_tell_nobody_where_they_were_followed_from() -> None:
    html, _ = prose("[guide](https://example.com/a)")
    assert html.strip() == '<p><a href="https://example.com/a" rel="noopener noreferrer">guide</a></p>'


@pytest.mark.parametrize(
    ("markdown", "levels"), [("# A\n## B\n# C", [2, 3, 2]), ("### A\n#### B", [2, 3]), ("## A", [2])]
)
def test_headings_begin_right_under_the_title_of_the_page(markdown: str, levels: list[int]) -> None:
    assert [heading.level for heading in prose(markdown)[1]] == levels


def test_headings_have_ids_of_their_own() -> None:
    html, headings = prose("## Scope\n## Scope\n## Scope 2\n## Прочее\n## main")
    assert [heading.ident for heading in headings] == ["s-scope", "s-scope-2", "s-scope-2-2", "s-section", "s-main"]
    assert all(f'id="{heading.ident}"' in html for heading in headings)


def test_a_person_in_a_heading_leaves_no_reference_in_the_address() -> None:
    _, [heading] = prose(f"## For {mention('a' * 32)}")
    assert heading.ident == "s-for-somebody"


def test_columns_keep_their_alignment_without_a_style() -> None:
    html, _ = prose("|a|b|\n|:-:|--:|\n|1|2|")
    assert '<th class="center" scope="col">' in html.replace('scope="col" class="center"', 'class="center" scope="col"')
    assert '<td class="right">2</td>' in html
    assert html.count('role="region"') == 1
