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
NO_PART: dict[str, Any] = {"type": ""}
_INDENT = 8  # the deepest list Slack draws
_MOST = 10_000  # the highest number of an ordered list


class Flow:
    """Texts on their way into blocks: neighbours share a block while there is room."""

    columns = 40  # a phone held upright

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._part: dict[str, Any] = NO_PART  # the last, to which something can be added
        self._room = 0  # in its block

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
                self._box(box)
                box = ""
            box += f"\n{line}" if box else line
        if box:
            self._box(box)

    def _box(self, text: str) -> None:
        said = [run(text)]
        self._add({"type": "rich_text_preformatted", "elements": said}, length(said))

    def item(self, said: Iterable[Run], indent: int = 0, number: int = 0) -> None:
        """Add an item of a list; `number` is its number in an ordered one."""
        (first, size), *rest = split(said) or [([], 0)]
        if number > _MOST:
            first, number = join([run(f"{number}. ")], first), 0
            size = length(first)
        if first:
            self._item(first, size, min(indent, _INDENT), number)
        for piece, _ in rest:
            self.say(piece)

    def more(self, said: Iterable[Run]) -> None:
        """Add another paragraph to the last item of a list."""
        last = self._part
        for piece, size in split(said):
            if last["type"] == "rich_text_list" and size < self._room:
                join(last["elements"][-1]["elements"], [run("\n"), *piece])
                self._room -= size + 1
            else:
                self.say(piece)

    def rule(self) -> None:
        """Add a line across."""
        self.put({"type": "divider"})

    def put(self, block: Block) -> None:
        """Add a block as it is."""
        self.blocks.append(block)
        self._part = NO_PART

    def _flowing(self, kind: str, said: Iterable[Run], gap: str, *, apart: bool = False) -> None:
        for piece, size in split(said):
            last = self._part
            if last["type"] == kind and size + len(gap) <= self._room:
                join(last["elements"], [run(gap), *piece])
                self._room -= size + len(gap)
            elif apart and last["type"] not in ("", kind) and size < self._room:
                self._add({"type": kind, "elements": join([run("\n")], piece)}, length(piece))
            else:
                self._add({"type": kind, "elements": piece}, size)

    def _item(self, said: list[Run], size: int, indent: int, number: int) -> None:
        style = "ordered" if number else "bullet"
        section = {"type": "rich_text_section", "elements": said}
        last = self._part
        if (
            (last["type"], last.get("style"), last.get("indent")) == ("rich_text_list", style, indent)
            and (not number or last.get("offset", 0) + len(last["elements"]) == number - 1)
            and size <= self._room
        ):
            last["elements"].append(section)
            self._room -= size
            return
        offset = {"offset": number - 1} if number > 1 else {}
        self._add({"type": "rich_text_list", "elements": [section], "style": style, "indent": indent, **offset}, size)

    def _add(self, part: dict[str, Any], size: int) -> None:
        """Add a part that takes `size` of room: to the last block where that has it, else in a block of its own."""
        if size <= self._room and self._part is not NO_PART:
            self.blocks[-1]["elements"].append(part)
            self._room -= size
        else:
            self.blocks.append({"type": "rich_text", "elements": [part]})
            self._room = TEXT - size
        self._part = part
