"""What the buttons and forms of a card carry, and bring back. Nobody may rely on it for who or whether."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.message import clean

ACT, TARGET, WORDS, SHOWN, PAGE, WAY, STEP = "act", "target", "words", "shown", "page", "way", "step"
CARD, BACK = "card", "back"
OPEN, SEND, TURN = "open", "send", "page"  # ways: open it in a dialog, send a form, turn a page
FIELD = "f."  # before the name of every field, so that none is taken for something of ours


@dataclass(frozen=True, slots=True)
class Place:
    """What a card shows or asks: an act on a target, or typed words, and which page of it.

    `step` is the same for everything pressed on one drawing: Teams may send a press again under a new id. `back` is
    what the card showed from which this was opened, and `card` the message where that stands.
    """

    act: str = ""
    target: str = ""
    words: str = ""
    page: int = 1
    shown: str = ""
    way: str = ""
    step: str = ""
    card: str = ""
    back: Place | None = None

    def data(self, **more: Any) -> dict[str, Any]:
        """Return it as the data of an action, without what says nothing."""
        told = {
            ACT: self.act,
            TARGET: self.target,
            WORDS: self.words,
            SHOWN: self.shown,
            WAY: self.way,
            STEP: self.step,
            CARD: self.card,
            BACK: self.back.data() if self.back else None,
        }
        page = {PAGE: self.page} if self.page != 1 else {}
        return {**{name: value for name, value in told.items() if value}, **page, **more}


def place_in(data: Mapping[str, Any]) -> Place:
    """Return the place that came back with a gesture; what has another shape than ours is left out."""
    back = data.get(BACK)
    return replace(_place(data), back=_place(back) if isinstance(back, dict) else None)


def _place(data: Mapping[str, Any]) -> Place:
    names = (ACT, TARGET, WORDS, SHOWN, WAY, STEP, CARD)
    text: dict[str, Any] = {name: clean(data[name]) for name in names if isinstance(data.get(name), str)}
    page = data.get(PAGE)
    return Place(**text, page=page if isinstance(page, int) and 0 < page < 10_000 else 1)


def values_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that came back, by the names of their fields."""
    return {name.removeprefix(FIELD): value for name, value in data.items() if name.startswith(FIELD)}
