"""Shots of what somebody sees in Teams, page by page, as it stood when they saw it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from tests.support.seen import find_way
from tests.support.teams.seen import Seen, Way, read
from tests.support.teams.world import Dialog, Said

NOT_SENT = "Not sent yet"


@dataclass
class Shot:
    """One page of what somebody sees, as it stood when they saw it: a message, a dialog, or words beside a card."""

    seen: Seen
    title: str = ""
    message: Said | None = None
    dialog: Dialog | None = None

    @property
    def text(self) -> str:
        """All that can be read on it."""
        above = self.dialog.title if self.dialog is not None else ""
        return f"{above} {self.seen.text}".strip()

    @property
    def asks(self) -> dict[str, dict[str, Any]]:
        """The inputs on it."""
        return self.seen.questions

    @property
    def submit(self) -> Way | None:
        """What sends the form on it."""
        return next((way for way in self.seen.ways if way.sends), None)

    @property
    def refused(self) -> bool:
        """Whether it is a form that came back with something to correct."""
        return self.submit is not None and NOT_SENT in self.text

    def way(self, label: str, on: str) -> Way | None:
        """Return what is labelled so, on the card that says `on`."""
        return find_way(self.seen.ways, self.seen.cards, label, on, self.text)


def of_dialog(dialog: Dialog) -> Shot:
    """Return a shot of a dialog."""
    seen = read(dialog.card)
    return Shot(seen, title=seen.title, dialog=dialog.copied())


def of_message(said: Said) -> Shot:
    """Return a shot of a message."""
    seen = read(said.card) if said.card is not None else Seen(title=said.text, cards=[said.text])
    return Shot(seen, title=seen.title, message=copy.deepcopy(said))


def of_words(words: str) -> Shot:
    """Return a shot of what stands beside a card for a moment."""
    return Shot(Seen(title=words, cards=[words]), title=words)
