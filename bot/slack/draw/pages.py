"""Blocks on as many pages as they need: within Slack's limits, each card whole where it can be, and a way on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from bot.compact import compact
from bot.slack.draw.limits import BUTTON_VALUE, MESSAGE_BLOCKS, MESSAGE_SIZE, VIEW_BLOCKS, VIEW_BYTES
from bot.slack.draw.rich import Block
from bot.slack.draw.text import plain

FOOT_BLOCKS, FOOT_SIZE = 2, 700  # room kept on every page for where one is and the way on
PAGE = ".page"
WHOLE = "Read all of it"
AT_MOST = 3  # times its bytes that anything measures, whatever the paper
_PRESSED = 75


def characters(drawn: Any) -> int:
    """Return how long a block, or a list of them, is in characters of its JSON."""
    return len(compact(drawn).decode()) + 1


def in_bytes(drawn: Any) -> int:
    """Return how long a block, or a list of them, is in bytes of its JSON, at most: with escapes and spaces.

    An escape takes up to three times the bytes of its character; a space follows every comma and colon that is no text.
    """
    sent = compact(drawn)
    escaped = 0 if sent.isascii() else len(sent) - len(sent.decode("ascii", "ignore"))
    return len(sent) + sent.count(b",") + sent.count(b":") + 2 * escaped + 2


@dataclass(frozen=True, slots=True)
class Paper:
    """How much one page takes."""

    blocks: int
    size: int
    measure: Callable[[Any], int]

    def takes(self, drawn: list[Block]) -> bool:
        """Return whether blocks fit one page together."""
        if len(drawn) > self.blocks:
            return False
        return AT_MOST * len(compact(drawn)) <= self.size or self.measure(drawn) <= self.size


MESSAGE = Paper(MESSAGE_BLOCKS, MESSAGE_SIZE, characters)
VIEW = Paper(VIEW_BLOCKS, VIEW_BYTES - 20_000, in_bytes)  # less what stands around the blocks: titles, private_metadata


def paged(groups: Sequence[Sequence[Block]], paper: Paper, again: str = "") -> list[list[Block]]:
    """Return the blocks on pages. A group that fits one page is not torn; a line across does not begin a page.

    Where there are several, room is kept on each for what `leading_on` adds.
    """
    together = [block for group in groups for block in group]
    if paper.takes(together):  # as nearly always
        return [list(dropwhile(_across, together))]
    pages: list[list[Block]] = [[]]
    most_blocks, most_size = paper.blocks - FOOT_BLOCKS, paper.size - FOOT_SIZE - 2 * len(json.dumps(again))
    size = 0
    for group in groups:
        sizes = [paper.measure(block) for block in group]
        whole = sum(sizes) <= most_size and len(group) <= most_blocks
        torn = size + sum(sizes) > most_size or len(pages[-1]) + len(group) > most_blocks
        if pages[-1] and whole and torn:
            pages.append([])
            size = 0
        for block, one in zip(group, sizes, strict=True):
            if pages[-1] and (size + one > most_size or len(pages[-1]) == most_blocks):
                pages.append([])
                size = 0
            if pages[-1] or not _across(block):
                pages[-1].append(block)
                size += one
    return pages if pages[-1] or len(pages) == 1 else pages[:-1]


def _across(block: Block) -> bool:
    return bool(block["type"] == "divider")


def leading_on(pages: list[list[Block]], again: str, *, opens: bool = False) -> list[list[Block]]:
    """Return pages that each say which they are, with buttons to the ones beside it.

    `again` says how to draw the same once more ("act\\ntarget" or "words:..."). Where it is empty, or longer than a
    button can carry, the pages have no buttons and are meant to be sent one after another. `opens`: they stand where no
    page is turned, but everything opens in a modal: the first is left, with a button that does so.
    """
    if len(pages) == 1:
        return pages
    leads = bool(again) and len(again) + 10 <= BUTTON_VALUE
    if leads and opens:
        return [[*pages[0], {"type": "actions", "elements": [_way(1, WHOLE, again)]}]]
    return [[*page, *_foot(number, len(pages), again if leads else "")] for number, page in enumerate(pages, 1)]


def page_wanted(value: str) -> tuple[int, str]:
    """Return (page, again) from the value of a button that leads to a page; page 1 where it makes no sense."""
    number, _, again = value.partition("\n")
    return (int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1), again


def _foot(number: int, of: int, again: str) -> list[Block]:
    where: Block = {"type": "context", "elements": [plain(f"Page {number} of {of}", _PRESSED)]}
    if not again:
        return [where]
    ways = [(number - 1, f"Back ({number - 1} of {of})")] if number > 1 else []
    ways += [(number + 1, f"More ({number + 1} of {of})")] if number < of else []
    return [where, {"type": "actions", "elements": [_way(to, label, again) for to, label in ways]}]


def _way(to: int, label: str, again: str) -> Block:
    return {
        "type": "button",
        "text": plain(label, _PRESSED),
        "action_id": f"{PAGE}:{to}",
        "value": f"{to}\n{again}",
    }
