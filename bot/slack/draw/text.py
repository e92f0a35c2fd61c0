"""Texts for Slack: nothing that rings, and cuts that break no character.

Nobody is ever rung: what people typed stands either in rich text, whose texts Slack takes literally, or in plain text
objects, escaped. No markup of Slack's own is ever written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

KEPT = 1024  # labels and titles: few, and the same for everybody
_BROKEN = re.compile("&[a-z]{0,3}$")  # the beginning of an escape, whose end was cut off


def escape(text: str) -> str:
    """Return `text` with the three characters escaped that Slack would read as more than text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(KEPT)
def cut(text: str, limit: int) -> str:
    """Return `text` escaped and on one line, in at most `limit` characters; what is cut off shows as an ellipsis."""
    whole = escape(" ".join(text.split()))
    if len(whole) <= limit:
        return whole
    return _BROKEN.sub("", whole[: limit - 1]).rstrip(" \u200d") + "…"


@lru_cache(KEPT)
def fits(text: str, limit: int) -> bool:
    """Return whether `cut` would leave `text` as it is."""
    return len(text) * 5 <= limit or len(escape(text)) <= limit


def plain(text: str, limit: int) -> dict[str, Any]:
    """Return a plain text object; Slack takes none without a character, so an empty text is a dash."""
    return {"type": "plain_text", "text": cut(text, limit) or "-"}
