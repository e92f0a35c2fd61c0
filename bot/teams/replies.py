"""Where a reply goes: into the response to a press, a dialog, or the conversation. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.teams.draw.card import Card, Look, home_cards, message_cards, summary
from bot.teams.draw.form import dialog, form_card
from bot.teams.draw.place import Place
from bot.text.parts import above, first_line
from bot.text.words import readable
from handlers.answers import digest
from models import message as m
from models.gesture import Reply

CARD = "application/vnd.microsoft.card.adaptive"
WORDS = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True, slots=True)
class Showing:
    """A reply with what drawing it needs; `place` says how to draw the same once more, if that changes nothing.

    `again`: it answers a copy of what was answered before, and need not be said.
    """

    reply: Reply
    look: Look
    place: Place | None = None
    again: bool = False


def drawn(showing: Showing) -> list[Card]:
    """Return a reply as cards: all of them, or where pages can be turned, the one in view."""
    reply, look, place = showing.reply, showing.look, showing.place
    match reply.said:
        case m.Form():
            return [form_card(reply.said, look, digest(reply.said), reply.values, reply.errors)]
        case m.Home():
            found = home_cards(reply.said, look, place)
        case _:
            found = message_cards(reply.said, look, place)
    return found if place is None else found[max(1, min(place.page, len(found))) - 1 :][:1]


def activities(showing: Showing) -> list[dict[str, Any]]:
    """Return a reply as messages of a conversation."""
    said = showing.reply.said
    lines = above(said) if isinstance(said, m.Home) else said.lines
    notice = summary(said.title, first_line(lines), showing.look.names)
    return [activity(card, notice) for card in drawn(showing)]


def activity(card: Card, notice: str) -> dict[str, Any]:
    """Return a card as a message; `notice` is what a notification says."""
    return {"type": "message", "summary": notice, "attachments": [{"contentType": CARD, "content": card}]}


def to_press(showing: Showing) -> dict[str, Any]:
    """Return the answer to a press on a card: the card that takes its place, or words that leave it as it is."""
    reply = showing.reply
    if reply.status in ("refused", "missing") and isinstance(reply.said, m.Message):
        return {"statusCode": 200, "type": WORDS, "value": sentence(reply.said, showing.look.names)}
    return {"statusCode": 200, "type": CARD, "value": drawn(showing)[0]}


def to_dialog(showing: Showing) -> dict[str, Any]:
    """Return the answer to what was pressed in, or opened, a dialog: what it shows next."""
    inside = replace(showing, look=replace(showing.look, dialog=True))
    shown = dialog(showing.reply.said.title, drawn(inside)[0], showing.look.names)
    return {"task": {"type": "continue", "value": shown}}


def sentence(said: m.Message, names: Mapping[str, str]) -> str:
    """Return a message as plain words."""
    return readable(" ".join((said.title, *said.lines)), names)
