"""Ana asks everybody: prepares, looks, launches, stops, pauses, moves, withdraws."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.canonical import canonical
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
    stage.person("Ana").says(f"campaign launch {code}").sees("is launched")
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


def test_ana_asks_everybody(stage: Stage) -> None:
    """Prepared, looked at, launched; the population is on record before anybody hears of it; answered; closed."""
    code = prepare(stage, audience="department:Engineering")
    ana = stage.person("Ana")
    ana.says(f"campaign preview {code}").sees("3 people will be asked", "Acceptable Use", "[Acknowledge]")
    assert said(stage) == []

    ana.says(f"campaign launch {code}").sees("C-1 is launched", "3 people").offers("Stop")
    stage.later(seconds=1)
    stage.works()
    ana.says(f"campaign show {code}").sees("Ready: sending starts at 09:10", "0 of 3 done")
    stage.person("Chidi").opens().sees("Nothing is waiting for you")
    assert said(stage) == []

    (assigned,) = stage.records("campaign.assigned")
    (population,) = stage.records("campaign.population")
    entries = sorted(assigned["facts"]["entries"])
    assert population["facts"]["count"] == 3
    assert population["facts"]["sha256"] == hashlib.sha256(canonical(entries)).hexdigest()
    assert {entry[0] for entry in entries} == {stage.person(name).ref for name in ("Bruno", "Chidi", "Keisha")}

    stage.later(minutes=10)
    stage.works()
    assert len(said(stage)) == 3
    for name in ("Bruno", "Chidi", "Keisha"):
        stage.person(name).opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    stage.works()
    ana.says(f"campaign show {code}").sees("Closed", "3 of 3 done")
    (closed,) = stage.records("campaign.closed")
    assert closed["facts"]["counts"] == {"done": 3}
    assert closed["population_ref"]["sha256"] == population["facts"]["sha256"]
