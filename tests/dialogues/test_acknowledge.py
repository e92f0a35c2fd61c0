"""Chidi is asked to acknowledge a policy."""

from __future__ import annotations

from sqlalchemy import select

from models.record import VaultItem
from tests.support.company import ask, publish
from tests.support.stage import Stage

TYPED_NAME = VaultItem.domain == "countersign/v1/typed_name"


def test_chidi_reads_and_acknowledges(stage: Stage) -> None:
    """The box must be ticked; then one record stands, and doing it again changes nothing."""
    policy = publish(stage, "Acceptable Use", "## Purpose\n\nUse things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)

    chidi.opens().sees("Acceptable Use", "Mon 7 Dec 2026").offers(
        "Read", "Acknowledge", "Ask a question", "I can't agree"
    )
    text = chidi.opens().presses("Read", on="Acceptable Use").sees("Use things well.")
    text.offers("Acknowledge", "Ask a question", "I can't agree")

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

    told = chidi.opens().presses("I can't agree").fills(reason="It forbids what my job needs")
    assert told.sees("The owner has your reason").status == 200, "nothing went wrong"
    assert "⚠️" not in told.title
    (record,) = stage.records("policy.objected")
    assert "job needs" not in str(record)
    chidi.says("ack").fills(agree=True).sees("You acknowledged this")


def test_what_an_auditor_tests_stands_in_the_record(stage: Stage) -> None:
    """The right version, the person themself, on time, an approved text; and their name as they type it."""
    policy = publish(stage, "Acceptable Use", "Use things well.", typed_name=True)
    chidi, margit = stage.person("Chidi"), stage.person("Margit")
    ask(stage, chidi, policy)
    chidi.says("ack").fills(agree=True, typed_name="C. E. Okafor (Emeka)").sees("You acknowledged this")

    (record,) = stage.records("policy.acknowledged")
    assert record["subject"] == {"kind": "policy", "ref": policy, "version": 1, "sha256": record["subject"]["sha256"]}
    assert len(record["subject"]["sha256"]) == 64
    assert record["actor"] == {"kind": "person", "ref": chidi.ref}
    assert record["control_ids"] == ["CC1.1", "CC5.3"]
    assert record["due_at"] == "2026-12-07T22:59:59.999999Z"  # the end of 7 December in Lagos
    facts = record["facts"]
    assert (facts["owed_by"], facts["approver"], facts["reason"]) == (chidi.ref, margit.ref, "new version")
    assert facts["hire_date"] == "2024-01-01"
    assert facts["approved_at"] == facts["effective_from"] == "2026-11-23T09:00:00.000000Z"
    assert {one["name"] for one in record["commitments"]} == {"typed_name"}
    assert {"shown", "consent_sha256"} <= record.keys()
    assert "Okafor" not in str(record)
    typed = stage.read(lambda session: session.scalar(select(VaultItem.payload).where(TYPED_NAME)))
    assert typed == b'"C. E. Okafor (Emeka)"'
