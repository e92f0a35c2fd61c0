"""Chidi is asked to acknowledge a policy."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models.person import Person
from tests.support.company import publish
from tests.support.stage import Player, Stage
from workflows import duty
from workflows.workflow import REGISTRY


def ask(stage: Stage, player: Player, policy: str) -> None:
    """Ask one person to acknowledge a policy."""

    def work(session: Session) -> None:
        ctx = stage.context(session)
        person = session.get_one(Person, player.row.id)
        duty.assign(
            ctx, REGISTRY.workflow("policy"), person, f"{policy}v1", reason="new version", due_on=date(2026, 12, 7)
        )

    stage.write(work)


def test_chidi_reads_and_acknowledges(stage: Stage) -> None:
    """The box must be ticked; then one record stands, and doing it again changes nothing."""
    policy = publish(stage, "Acceptable Use", "## Purpose\n\nUse things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)

    chidi.opens().sees("Acceptable Use", "Mon 7 Dec 2026").offers(
        "Read", "Acknowledge", "Ask a question", "I can't agree"
    )
    chidi.opens().presses("Read", on="Acceptable Use").sees("Use things well.")

    form = chidi.opens().presses("Acknowledge", on="Acceptable Use")
    form.fills(agree=False).sees("Tick this box to go on.")
    assert stage.records() == []
    form.fills(agree=True).sees("You acknowledged this on Mon 23 Nov 2026")

    (record,) = stage.records("policy.acknowledged")
    assert record["actor"]["ref"] == chidi.ref
    assert record["subject"]["ref"] == policy
    assert record["on_time"] is True
    assert "shown" in record

    form.fills(agree=True).sees("You acknowledged this on Mon 23 Nov 2026")
    assert len(stage.records("policy.acknowledged")) == 1
    chidi.opens().sees("Nothing is waiting for you")


def test_nobody_acknowledges_for_chidi(stage: Stage) -> None:
    """The assignment's id in somebody else's hands opens nothing."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ask(stage, stage.person("Chidi"), policy)
    bruno = stage.person("Bruno")

    bruno.says("ack A-1").sees("There is nothing like that for you")
    assert stage.records() == []


def test_chidi_cannot_agree(stage: Stage) -> None:
    """The reason goes to the owner; the words themselves stand in no record."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)

    chidi.opens().presses("I can't agree").fills(reason="It forbids what my job needs").sees(
        "The owner has your reason"
    )
    (record,) = stage.records("policy.objected")
    assert "job needs" not in str(record)
    chidi.says("ack").fills(agree=True).sees("You acknowledged this")
