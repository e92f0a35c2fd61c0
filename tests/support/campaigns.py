"""Preparing and launching campaigns on the stage, and what they have said."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaign import Campaign
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.company import publish
from tests.support.stage import Stage


def prepare(stage: Stage, *titles: str, audience: str = "") -> str:
    """Ana prepares a campaign for policies in force, due two weeks from now; returns its id."""
    codes = [publish(stage, title, f"{title}: do it well.") for title in titles or ("Acceptable Use",)]
    ana = stage.person("Ana")
    form = ana.says("campaign new") if len(codes) > 1 else ana.says(f"campaign new {codes[0]}")
    topics = {"topics": ",".join(codes)} if len(codes) > 1 else {}
    form.fills(**topics, due="2026-12-07", audience=audience).sees("will be asked")
    return f"C-{stage.read(lambda session: session.scalars(select(Campaign.id).order_by(Campaign.id.desc())).first())}"


def run(stage: Stage, code: str) -> None:
    """Launch a campaign and let the waiting time pass."""
    stage.person("Ana").says(f"campaign launch {code}").presses("Launch").sees("is launched")
    stage.later(seconds=1)
    stage.works()
    stage.later(minutes=11)
    stage.works()


def said(stage: Stage, name: str = "") -> list[OutboxMessage]:
    """Return what campaigns have said (to one person)."""
    rows = select(OutboxMessage).join(Person).where(OutboxMessage.kind == "assigned", Person.name.startswith(name))
    return list(stage.read(lambda session: session.scalars(rows.order_by(OutboxMessage.id)).all()))


def change(stage: Stage, name: str, **columns: object) -> None:
    """Change somebody's roster row."""

    def work(session: Session) -> None:
        person = session.scalars(select(Person).where(Person.name.startswith(name))).one()
        for column, value in columns.items():
            setattr(person, column, value)

    stage.write(work)
