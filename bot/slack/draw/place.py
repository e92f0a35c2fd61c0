"""What a view of ours remembers: Slack keeps it as `private_metadata` and sends it back with every gesture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.compact import compact
from bot.slack.draw.limits import PRIVATE
from models.gesture import NOTHING

WORDS = "words:"  # before what was typed, where a button stands for it


class Place(NamedTuple):
    """Where a view stands: what it shows or asks, and what was answered before.

    `shown` is the digest of the form, `page` the page in view (from 1), `root` where the first view was opened from
    ("message", "home", "command"), `words` what was typed where no act says it, `answers` those of other pages.
    Nobody may rely on it for who or whether.
    """

    act: str = ""
    target: str = ""
    shown: str = ""
    page: int = 1
    root: str = ""
    words: str = ""
    answers: Mapping[str, Any] = NOTHING

    @property
    def again(self) -> str:
        """How to draw the same once more, as a button's value."""
        if self.words:
            return f"{WORDS}{self.words}"
        return f"{self.act}\n{self.target}" if self.act else ""

    @property
    def fits(self) -> bool:
        """Whether Slack keeps all of it."""
        return len(self.sealed()) <= PRIVATE

    def sealed(self) -> str:
        """Return it as text, without what says nothing; also where it is too long."""
        told = {name: value for name, value in zip(self._fields, self, strict=True) if value}
        if self.page == 1:
            del told["page"]
        return compact(told).decode() if told else ""


_KINDS = {"act": str, "target": str, "shown": str, "page": int, "root": str, "words": str, "answers": dict}


def standing(again: str) -> Place:
    """Return the place that a button's value names; see `Place.again`."""
    if again.startswith(WORDS):
        return Place(words=again.removeprefix(WORDS))
    act, _, target = again.partition("\n")
    return Place(act, target)


def opened(data: Mapping[str, Any]) -> Place:
    """Return the place that a view remembers; what has another shape than ours is left out."""
    known: dict[str, Any] = {name: data[name] for name, kind in _KINDS.items() if isinstance(data.get(name), kind)}
    return Place(**known)
