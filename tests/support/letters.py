"""Saying things on the stage, and what became of their copies."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.message import Button, Message
from models.outbox import Delivery
from models.person import Person
from tests.support.mail import MailServer
from tests.support.stage import Player, Stage
from workflows import duty
from workflows.workflow import REGISTRY


def say(stage: Stage, player: Player, title: str, **more: object) -> None:
    """Write down something that should be said to somebody."""

    def work(session: Session) -> None:
        message = Message(title, buttons=(Button("To do", "todo"),))
        person = session.get_one(Person, player.row.id)
        stage.context(session).say(person, message, **{"kind": "notice", "dedupe": title, **more})  # type: ignore[arg-type]

    stage.write(work)


def states(stage: Stage) -> Counter[str]:
    """Return how many copies stand in which state."""
    return Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))


def server(stage: Stage) -> MailServer:
    """Return the stage's mail server."""
    assert stage.mail is not None
    return stage.mail


def asked(stage: Stage, player: Player, kind: str = "reminder", campaign_id: int | None = None) -> int:
    """Ask somebody for something, write a message about it and return the assignment's id."""

    def work(session: Session) -> int:
        ctx = stage.context(session)
        person = session.get_one(Person, player.row.id)
        flow = REGISTRY.workflow("policy")
        due = date(2026, 12, 7)
        one = duty.assign(ctx, flow, person, "POL-1v1", reason="campaign", due_on=due, campaign_id=campaign_id)
        about = {"kind": kind, "dedupe": f"{one.code}:{kind}", "topic": one.code, "campaign_id": campaign_id}
        ctx.say(person, Message("Please read"), **about)  # type: ignore[arg-type]
        return one.id

    return stage.write(work)
