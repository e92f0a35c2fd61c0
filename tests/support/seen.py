"""What a person sees, on any surface: texts that are there or not, and things that can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar


class Reading:
    """A screen of which somebody reads the text."""

    text: str

    def sees(self, *texts: str) -> Self:
        """See Screen.sees."""
        for text in texts:
            assert text in self.text, f"{text!r} is not in: {self.text}"
        return self

    def misses(self, *texts: str) -> Self:
        """See Screen.misses."""
        for text in texts:
            assert text not in self.text, f"{text!r} is in: {self.text}"
        return self


@dataclass
class Way:
    """Something to press: what sends `action`, or a link that leads to `url`."""

    label: str
    action: dict[str, Any]
    url: str = ""
    card: int = 0

    def called(self, label: str) -> bool:
        """Return whether a person would say that this is labelled so; long labels are cut."""
        return self.label == label or (self.label.endswith("…") and label.startswith(self.label[:-1]))


W = TypeVar("W", bound=Way)


def find_way(ways: Sequence[W], cards: Sequence[str], label: str, on: str, text: str) -> W | None:
    """Return what is labelled so on the card that says `on`; the only one counts where the whole `text` says it."""
    there = [way for way in ways if way.called(label)]
    named = [way for way in there if on in cards[way.card]]
    return next(iter(named or (there if len(there) == 1 and on in text else [])), None)
