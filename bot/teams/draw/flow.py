"""Texts as elements of a card. Only rich text is used for words that people wrote: it knows no markup at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.text.runs import Run, run, split

Element = dict[str, Any]
_INDENT = "\u2003"  # an em space: lists have no indentation of their own


class Flow:
    """Texts on their way into a card, one element a line."""

    columns = 0  # a card's width is its reader's

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._ruled = False
        self._depth = 0

    def say(self, said: Iterable[Run]) -> None:
        """Add a line."""
        self._add(said, "Small")

    def caption(self, said: Iterable[Run]) -> None:
        """Add a line that stands apart from what is above it."""
        self._add(said, "Medium")

    def paragraph(self, said: Iterable[Run]) -> None:
        """Add a paragraph that stands apart from what is above it."""
        self._add(said, "Medium")

    def quote(self, said: Iterable[Run]) -> None:
        """Add a paragraph of a quotation."""
        for piece, _ in split(said):
            self.put({"type": "Container", "style": "emphasis", "items": [_text(piece)], "spacing": "Small"})

    def code(self, lines: Iterable[str]) -> None:
        """Add lines in a fixed-width font."""
        for line in lines:
            # Renderers fold plain spaces into one.
            self._add([run(line.replace(" ", "\u00a0") or "\u00a0", "code")], "None")

    def item(self, said: Iterable[Run], indent: int = 0, number: int = 0) -> None:
        """Add an item of a list; `number` is its number in an ordered one."""
        self._depth = indent
        self._add([run(f"{_INDENT * indent}{f'{number}.' if number else '•'} "), *said], "Small")

    def more(self, said: Iterable[Run]) -> None:
        """Add another paragraph to the last item of a list."""
        self._add([run(_INDENT * (self._depth + 1)), *said], "Small")

    def rule(self) -> None:
        """Let a line across stand above what comes next."""
        self._ruled = True

    def put(self, element: Element) -> None:
        """Add an element as it is."""
        if self._ruled:
            element = {**element, "separator": True, "spacing": "Medium"}
            self._ruled = False
        self.elements.append(element)

    def _add(self, said: Iterable[Run], spacing: str) -> None:
        for piece, _ in split(said):
            self.put({**_text(piece), "spacing": spacing})


def heading(text: str, size: str = "Medium") -> Element:
    """Return a title."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, "weight": "Bolder", "size": size}]}


def _text(said: Iterable[Run]) -> Element:
    return {"type": "RichTextBlock", "inlines": [_inline(one) for one in said]}


def _inline(one: Run) -> Element:
    """Return a run as a card draws it."""
    styles = one.get("style", {})
    drawn: Element = {"type": "TextRun", "text": one["text"]}
    if styles.get("bold"):
        drawn["weight"] = "Bolder"
    if styles.get("italic"):
        drawn["italic"] = True
    if styles.get("strike"):
        drawn["strikethrough"] = True
    if styles.get("code"):
        drawn["fontType"] = "Monospace"
    if one["type"] == "link":
        drawn["selectAction"] = {"type": "Action.OpenUrl", "url": one["url"]}
        drawn["underline"] = True
    return drawn
