"""Shots of what somebody sees in Slack, page by page, as it stood when they saw it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from tests.support.seen import Way, find_way
from tests.support.slack.seen import Seen, plain, read
from tests.support.slack.world import Message, View


@dataclass
class Shot:
    """One page of what somebody sees, as it stood when they saw it: a message, a modal with those below it, a home."""

    seen: Seen
    title: str = ""
    submit: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    message: Message | None = None
    stack: list[View] = field(default_factory=list)
    home: View | None = None

    @property
    def on(self) -> View | Message:
        """What its buttons stand on."""
        found = self.message or self.home or self.stack[-1]
        assert found is not None
        return found

    @property
    def text(self) -> str:
        """All that can be read on it."""
        above = self.title if self.stack else ""
        return " ".join(part for part in (above, *self.errors.values(), self.seen.text, self.submit) if part)

    def way(self, label: str, on: str) -> Way | None:
        """Return what is labelled so, on the card that says `on`."""
        return find_way(self.seen.ways, self.seen.cards, label, on, self.text)


def of_view(stack: list[View]) -> Shot:
    """Return a shot of the modal on top of a stack."""
    view = stack[-1]
    seen = read(view.body["blocks"])
    title, submit = plain(view.body["title"]), plain(view.body.get("submit"))
    return Shot(seen, title, submit, dict(view.errors), stack=copy.deepcopy(stack))


def of_message(message: Message) -> Shot:
    """Return a shot of a message."""
    seen = read(message.blocks) if message.blocks else Seen(text=message.text, title=message.text)
    return Shot(seen, title=seen.title, message=copy.deepcopy(message))


def of_home(home: View) -> Shot:
    """Return a shot of an App Home."""
    seen = read(home.body["blocks"])
    return Shot(seen, title=seen.title, home=copy.deepcopy(home))
