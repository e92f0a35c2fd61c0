"""Blocks on pages: what fits one is not parted, and what does not loses nothing."""

from __future__ import annotations

import pytest

from bot.slack.draw.pages import MESSAGE, VIEW, Paper, paged
from bot.slack.draw.rich import Block


def lines(many: int, characters: int = 1) -> list[Block]:
    """Return so many blocks with a text of that length."""
    return [{"type": "header", "text": {"type": "plain_text", "text": "é" * characters}} for _ in range(many)]


@pytest.mark.parametrize("paper", [MESSAGE, VIEW])
def test_what_fills_a_page_needs_no_second_and_one_block_more_does(paper: Paper) -> None:
    full = lines(paper.blocks)
    assert paged([full], paper) == [full]
    pages = paged([full, lines(1)], paper)
    assert len(pages) == 2
    assert [block for page in pages for block in page] == lines(paper.blocks + 1)


@pytest.mark.parametrize("paper", [MESSAGE, VIEW])
def test_what_is_too_long_for_one_page_is_on_several_that_each_take_it(paper: Paper) -> None:
    long = lines(12, paper.size // 10)
    pages = paged([long], paper)
    assert len(pages) > 1
    assert [block for page in pages for block in page] == long
    assert all(paper.takes(page) for page in pages)


def test_no_line_across_begins_a_page() -> None:
    assert paged([[{"type": "divider"}, *lines(1)]], MESSAGE) == [lines(1)]
