"""Runs: stretches of text with a style, or links. Chats take their text literally, so that nothing in it can ring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from bot.text.words import Names, pieces, readable

Run = dict[str, Any]
ROOM = 3_000  # characters of one block, whatever the chat
EACH = 60  # characters that a run counts for beside its text: what its JSON takes
LONGEST_URL = 3_000
_COMMAND = re.compile(r"`([^`\s](?:[^`\n]{0,198}[^`\s])?)`")
_LEADS = re.compile(r"https?://[^\s/?#:@]|mailto:[^\s?]", re.IGNORECASE)


class Flow(Protocol):
    """Where texts go, one after another; each chat makes its own blocks of them."""

    columns: int  # of fixed-width text that stand beside each other; 0 where nothing keeps its width

    def say(self, said: Iterable[Run]) -> None:
        """Add a line."""
        ...

    def caption(self, said: Iterable[Run]) -> None:
        """Add a line that stands apart from a list, a table or a quotation above it, and close to a text."""
        ...

    def paragraph(self, said: Iterable[Run]) -> None:
        """Add a paragraph that stands apart from what is above it."""
        ...

    def quote(self, said: Iterable[Run]) -> None:
        """Add a paragraph of a quotation."""
        ...

    def code(self, lines: Iterable[str]) -> None:
        """Add lines that are aligned, in a fixed-width font."""
        ...

    def item(self, said: Iterable[Run], indent: int = 0, number: int = 0) -> None:
        """Add an item of a list; `number` is its number in an ordered one."""
        ...

    def more(self, said: Iterable[Run]) -> None:
        """Add another paragraph to the last item of a list."""
        ...

    def rule(self) -> None:
        """Add a line across."""
        ...


def run(text: str, *styles: str) -> Run:
    """Return a stretch of text, e.g. run("Due", "bold")."""
    if styles:
        return {"type": "text", "text": text, "style": dict.fromkeys(styles, True)}
    return {"type": "text", "text": text}


def link(text: str, url: str, *styles: str) -> Run:
    """Return a link to a page of the web or a mail address; anything else, or one to nowhere, is only text."""
    if not _LEADS.match(url) or len(url) > LONGEST_URL:
        return run(text, *styles)
    found = {"type": "link", "url": url, "text": text}
    return {**found, "style": dict.fromkeys(styles, True)} if styles else found


def runs(text: str, names: Names, *styles: str) -> list[Run]:
    """Return `text` as runs, in which what stands between backticks is code."""
    known = readable(text, names)
    if "`" not in known:
        return [run(known, *styles)] if known else []
    parts = enumerate(_COMMAND.split(known))
    return [run(part, *styles, *(("code",) if number % 2 else ())) for number, part in parts if part]


def split(said: Iterable[Run]) -> list[tuple[list[Run], int]]:
    """Return runs in groups that each fit a block, each with the room it takes."""
    whole = [one for one in said if one["text"]]
    size = length(whole)
    if size <= ROOM:  # as nearly always
        return [(whole, size)] if whole else []
    return [(group, length(group)) for group in _split(whole)]


def _split(said: Iterable[Run]) -> Iterator[list[Run]]:
    group: list[Run] = []
    room = ROOM
    for one in said:
        for text in pieces(one["text"], ROOM - EACH):
            if len(text) + EACH > room and group:
                yield group
                group, room = [], ROOM
            join(group, [{**one, "text": text}])
            room -= len(text) + EACH
    if group:
        yield group


def join(said: list[Run], more: Iterable[Run]) -> list[Run]:
    """Add runs to others, neighbours of one style as one, and return them."""
    for one in more:
        last = said[-1] if said else one
        if last is not one and last["type"] == one["type"] == "text" and last.get("style") == one.get("style"):
            last["text"] += one["text"]
        else:
            said.append(one)
    return said


def length(said: list[Run]) -> int:
    """Return how much room runs take."""
    return sum([len(one["text"]) for one in said]) + EACH * len(said)
