"""Rich text as it grows: sections, lists, quotes and code, in as few blocks as hold them.

A run is one rich text element: a stretch of text with a style, or a link. Slack takes its text literally.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.slack.draw.limits import TEXT
from bot.text.runs import EACH, Run, join, length, run, split
from bot.text.words import pieces

Block = dict[str, Any]
_INDENT = 8  # the deepest list Slack draws
_MOST = 10_000  # the highest number of an ordered list


class Flow:
    """Texts on their way into blocks: neighbours share a block while there is room."""

    columns = 64  # a phone turned sideways

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._room = 0

    def say(self, said: Iterable[Run]) -> None:
        """Add a line."""
        self._flowing("rich_text_section", said, "\n")

    def caption(self, said: Iterable[Run]) -> None:
        """Add a line that stands apart from a list, a table or a quotation above it, and close to a text."""
        self._flowing("rich_text_section", said, "\n", apart=True)

    def paragraph(self, said: Iterable[Run]) -> None:
        """Add a paragraph that stands apart from what is above it."""
        self._flowing("rich_text_section", said, "\n\n", apart=True)

    def quote(self, said: Iterable[Run]) -> None:
        """Add a paragraph of a quotation."""
        self._flowing("rich_text_quote", said, "\n\n")

    def code(self, lines: Iterable[str]) -> None:
        """Add lines that are aligned, in a fixed-width font; what does not fit goes on in a box of its own."""
        box = ""
        for line in (piece for one in lines for piece in pieces(one or " ", TEXT - EACH)):
            if box and len(box) + len(line) >= TEXT - EACH:
                self._add("rich_text_preformatted", [run(box)])
                box = ""
            box += f"\n{line}" if box else line
        if box:
            self._add("rich_text_preformatted", [run(box)])

    def item(self, said: Iterable[Run], indent: int = 0, number: int = 0) -> None:
        """Add an item of a list; `number` is its number in an ordered one."""
        first, *rest = split(said) or [[]]
        if number > _MOST:
            first, number = join([run(f"{number}. ")], first), 0
        if first:
            self._item(first, min(indent, _INDENT), number)
        for piece in rest:
            self.say(piece)

    def more(self, said: Iterable[Run]) -> None:
        """Add another paragraph to the last item of a list."""
        last = self._last()
        for piece in split(said):
            if last and last["type"] == "rich_text_list" and length(piece) < self._room:
                join(last["elements"][-1]["elements"], [run("\n"), *piece])
                self._room -= length(piece) + 1
            else:
                self.say(piece)

    def rule(self) -> None:
        """Add a line across."""
        self.blocks.append({"type": "divider"})

    def _flowing(self, kind: str, said: Iterable[Run], gap: str, *, apart: bool = False) -> None:
        for piece in split(said):
            last, size = self._last(), length(piece)
            if last and last["type"] == kind and size + len(gap) <= self._room:
                join(last["elements"], [run(gap), *piece])
                self._room -= size + len(gap)
            elif last and last["type"] != kind and apart and size < self._room:
                self._add(kind, join([run("\n")], piece))
            else:
                self._add(kind, piece)

    def _item(self, said: list[Run], indent: int, number: int) -> None:
        style = "ordered" if number else "bullet"
        section = {"type": "rich_text_section", "elements": said}
        last = self._last()
        if (
            last
            and (last["type"], last.get("style"), last.get("indent")) == ("rich_text_list", style, indent)
            and (not number or last.get("offset", 0) + len(last["elements"]) == number - 1)
            and length(said) <= self._room
        ):
            last["elements"].append(section)
            self._room -= length(said)
            return
        offset = {"offset": number - 1} if number > 1 else {}
        self._add("rich_text_list", said, elements=[section], style=style, indent=indent, **offset)

    def _add(self, kind: str, said: list[Run], **more: Any) -> None:
        part = {"type": kind, "elements": said, **more}
        size = length(said)
        if size <= self._room and self._last():
            self.blocks[-1]["elements"].append(part)
            self._room -= size
        else:
            self.blocks.append({"type": "rich_text", "elements": [part]})
            self._room = TEXT - size

    def _last(self) -> dict[str, Any] | None:
        """Return the part to which something can be added, if the last block has any."""
        if self.blocks and self.blocks[-1]["type"] == "rich_text":
            part: dict[str, Any] = self.blocks[-1]["elements"][-1]
            return part
        return None
