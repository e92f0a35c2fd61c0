"""Texts for Slack: names for mentions, nothing that hides, forges or rings, and cuts that break no character.

Nobody is ever rung: what people typed stands either in rich text, whose texts Slack takes literally, or in plain text
objects, escaped. No markup of Slack's own is ever written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from models.message import clean, with_names

Names = Mapping[str, str]
_BROKEN = re.compile("&[a-z]{0,3}$")  # the beginning of an escape, whose end was cut off
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"  # what makes one sign of several
_BORDERS = ("\n\n", "\n", ". ", " ")


def readable(text: str, names: Names) -> str:
    """Return `text` with names for mentions, and without characters that hide or reorder."""
    if text.isascii() and text.isprintable():
        return text  # most texts: neither mentions nor anything to take out
    return clean(with_names(text, names))


def escape(text: str) -> str:
    """Return `text` with the three characters escaped that Slack would read as more than text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Return `text` escaped and on one line, in at most `limit` characters; what is cut off shows as an ellipsis."""
    whole = escape(" ".join(text.split()))
    if len(whole) <= limit:
        return whole
    return _BROKEN.sub("", whole[: limit - 1]).rstrip(" \u200d") + "…"


def fits(text: str, limit: int) -> bool:
    """Return whether `cut` would leave `text` as it is."""
    return len(text) * 5 <= limit or len(escape(text)) <= limit


def plain(text: str, limit: int) -> dict[str, Any]:
    """Return a plain text object; Slack takes none without a character, so an empty text is a dash."""
    return {"type": "plain_text", "text": cut(text, limit) or "-"}


def pieces(text: str, limit: int) -> Iterator[str]:
    """Yield `text` in pieces of at most `limit` characters, which together are the text.

    A piece ends with a paragraph, a line, a sentence or a word, in this order, where one ends in its second half.
    """
    while len(text) > limit:
        end = _end(text, limit)
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _end(text: str, limit: int) -> int:
    for border in _BORDERS:
        found = text.rfind(border, limit // 2, limit)
        if found >= 0:
            return found + len(border)
    end = limit
    while end > limit // 2 and (_joined(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return end


def _joined(character: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return character in _JOINERS or unicodedata.combining(character) > 0 or "\U0001f3fb" <= character <= "\U0001f3ff"
