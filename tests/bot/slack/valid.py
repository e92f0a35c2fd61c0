"""What Slack would say to a drawing: the rules of the stand-in, Slack's own library, and what we hold ourselves to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.slack.draw import limits
from tests.support.slack.rules.blocks import things
from tests.support.slack.rules.surfaces import wrong_message, wrong_view


def check_page(page: Mapping[str, Any]) -> None:
    """Assert that Slack takes a page as a chat message."""
    assert page.keys() == {"text", "blocks"}
    assert len(page["text"]) <= limits.NOTICE
    assert len(json.dumps(page["blocks"], ensure_ascii=False, separators=(",", ":"))) <= limits.MESSAGE_SIZE
    assert wrong_message(dict(page)) == ("", [])
    _check(page["blocks"])


def check_view(view: Mapping[str, Any]) -> None:
    """Assert that Slack takes a modal or a home."""
    assert wrong_view(view, view["type"]) == ("", [])
    _check(view["blocks"])


def _check(blocks: Any) -> None:
    """Assert that rich text, whose limit nobody publishes, stays below that of a section, and rows are short."""
    for block in blocks:
        if block["type"] == "rich_text":
            assert sum(len(one["text"]) for one in things(block) if "text" in one) <= limits.TEXT
        if block["type"] == "actions":
            assert len(block["elements"]) <= limits.ROW
