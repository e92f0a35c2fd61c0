"""Where somebody comes home to in a chat: what they owe, and the numbers for those who answer for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from handlers.dispatch import answer
from models import message as m
from models.gesture import Gesture
from models.person import Person
from workflows.context import Context
from workflows.who import overseers_or_managers


def at_home(session: Session, gesture: Gesture, settings: Settings, now: datetime) -> m.Said:
    """Return what the actor of a gesture owes, and below it how far others have come. Raises `dispatch.Refused`."""
    owed = answer(session, gesture._replace(act="todo"), settings, now, look=True).said
    ctx = Context(session, settings, now, session.get(Person, gesture.actor_id), gesture.auth)
    if not isinstance(owed, m.Home) or not overseers_or_managers(ctx, None):
        return owed
    numbers = answer(session, gesture._replace(act="status"), settings, now, look=True).said
    if not isinstance(numbers, m.Home):
        return owed
    first = m.Message(numbers.title, lines=numbers.lines or ((numbers.empty,) if not numbers.cards else ()))
    above = owed.lines if owed.cards else (owed.empty,)
    return replace(owed, lines=above, cards=(*owed.cards, first, *numbers.cards), buttons=numbers.buttons)
