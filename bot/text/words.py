"""Words on their way to a screen: names for mentions, nothing that hides, and cuts that break no character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from models.message import clean, with_names

Names = Mapping[str, str]
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"  # what makes one sign of several
_BORDERS = ("\n\n", "\n", ". ", " ")


def readable(text: str, names: Names) -> str:
    """Return `text` with names for mentions, and without characters that hide or reorder."""
    if text.isascii() and text.isprintable():
        return text  # most texts: neither mentions nor anything to take out
    return clean(with_names(text, names))


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
