"""A chat that is down: who is told, what comes after it, and what it made late."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.chat import Outage
from models.outbox import Delivery, OutboxMessage
from models.person import Identity
from tests.dialogues.workspaces import (
    HALDEN,
    asks,
    copies,
    link,
    meets,
    pauses,
    says,
    sendable,
    stage,
)
from tests.support.company import publish
from tests.support.stage import Stage
from workflows import export
from workflows.workflow import REGISTRY
from workflows.workspace import standing

__all__ = ["stage"]


def test_what_is_down_is_told_to_those_who_can_help(stage: Stage) -> None:
    """Not through the chat that is down, once, and an answer that still comes in from there counts."""
    stage.write(lambda session: standing.meet(stage.context(session), HALDEN).id)
    ana = stage.person("Ana")

    def link(session: Session) -> None:
        session.add(
            Identity(
                person_id=ana.row.id, platform="slack", workspace="T0HALDEN", platform_id="U1", recorded_at=stage.now
            )
        )

    stage.write(link)
    for _ in range(2):
        pauses(stage, HALDEN, "account_inactive")
    assert not sendable(stage, HALDEN)
    assert stage.read(lambda session: standing.admitted(session, "T0HALDEN")) is not None

    def channels(session: Session) -> set[tuple[int, str]]:
        rows = session.execute(
            select(OutboxMessage.person_id, Delivery.channel).join(Delivery, Delivery.message_id == OutboxMessage.id)
        )
        return {(person, channel) for person, channel in rows}

    tomasz = stage.person("Tomasz")
    assert stage.read(channels) == {(ana.row.id, "web"), (tomasz.row.id, "web")}
    ana.says("inbox").sees("can say nothing in “Halden”", "uninstalled")
    ana.says("workspace show W-1").sees("paused", "still")
    assert [one["facts"] for one in stage.records("workspace.paused")] == [{"cause": "account_inactive"}]

    stage.later(hours=5)
    stage.write(lambda session: standing.meet(stage.context(session), HALDEN).id)
    assert [one["facts"] for one in stage.records("workspace.resumed")] == [{"outages": ["O-1"]}]
    outage = stage.read(lambda session: session.get_one(Outage, 1))
    assert outage.ended_at == stage.now


def test_after_an_outage_everybody_gets_one_message(stage: Stage) -> None:
    """Most urgent first and with buttons; who has one thing waiting gets just that."""
    meets(stage)
    link(stage, "Chidi", "Bruno", "Keisha")
    first, second = publish(stage, "Acceptable Use", "Use things well."), publish(stage, "Clean Desk", "Tidy up.")
    pauses(stage, HALDEN, "uninstalled")
    asks(stage, "Chidi", second, date(2026, 12, 20))
    asks(stage, "Chidi", first, date(2026, 12, 1))
    says(stage, "Chidi", "Your question was answered")
    says(stage, "Bruno", "The report is ready")
    asks(stage, "Keisha", first, date(2026, 12, 1))
    says(stage, "Keisha", "Good news")
    stage.later(days=2)
    stage.works()  # reminders go on being written
    assert not sendable(stage, HALDEN)
    meets(stage)
    assert not sendable(stage, HALDEN), "first the backlog is dealt with"
    stage.works()
    assert sendable(stage, HALDEN)

    *waited, last = copies(stage, "Chidi")
    assert {kind for kind, _, _ in waited} == {"assigned", "reminder", "notice"}
    assert {(channel, state) for _, channel, state in waited} == {("slack", "dropped")}
    assert last == ("digest", "slack", "queued")
    assert copies(stage, "Bruno") == [("notice", "slack", "queued")]
    assert copies(stage, "Keisha")[-1] == ("digest", "slack", "queued")
    chidi = stage.person("Chidi").says("inbox").sees("While we were away: 2 things wait for you", "Your question was")
    text = chidi.text[chidi.text.index("While we were away") :]
    assert text.index("Acceptable Use") < text.index("Clean Desk")
    chidi.offers("Acknowledge: Acceptable Use", "Acknowledge: Clean Desk", "See everything")
    mine = [one for one in stage.records("digest.written") if one["subject"]["ref"] == stage.person("Chidi").ref]
    facts = mine[0]["facts"]
    assert (facts["outage"], facts["assignments"], len(facts["messages"])) == ("O-1", ["A-2", "A-1"], len(waited))
    assert len(stage.records("digest.written")) == 2
    stage.works()
    assert len(stage.records("digest.written")) == 2


def test_our_outage_stands_beside_what_it_made_late(stage: Stage) -> None:
    meets(stage)
    link(stage, "Chidi")
    code = publish(stage, "Acceptable Use", "Use things well.")
    for name in ("Chidi", "Callum"):
        asks(stage, name, code, date(2026, 11, 27))
    stage.later(days=1)
    pauses(stage, HALDEN, "token_revoked")
    stage.later(days=7)
    meets(stage)
    ana = stage.person("Ana")
    ana.says("status overdue").sees("Chidi", "Callum", "the chat was down")
    for name in ("Chidi", "Callum"):
        stage.person(name).says("ack A-1" if name == "Chidi" else "ack A-2").fills(agree=True)
    late = {record["facts"]["assignment"]: record for record in stage.records("policy.acknowledged")}
    assert not late["A-1"]["on_time"]
    assert late["A-1"]["facts"]["outages"] == ["O-1"]
    assert "outages" not in late["A-2"]["facts"], "Callum is in no chat"
    stage.person("Chidi").says("status").sees("the chat was down")
    stage.person("Callum").says("status").misses("the chat was down")
    rows = stage.read(lambda session: list(export.rows(stage.context(session, ana.row), REGISTRY.workflow("policy"))))
    assert [row[-1] for row in rows] == ["outages", "O-1", ""]


def test_an_outage_is_not_theirs_who_came_to_the_chat_after_it(stage: Stage) -> None:
    """Callum was asked on the web all the time, and is linked a week after the chat was down."""
    meets(stage)
    link(stage, "Chidi")
    code = publish(stage, "Acceptable Use", "Use things well.")
    asks(stage, "Callum", code, date(2026, 11, 27))
    stage.later(days=1)
    pauses(stage, HALDEN, "token_revoked")
    stage.later(days=1)
    meets(stage)
    stage.later(days=7)
    link(stage, "Callum")
    stage.person("Ana").says("status overdue").sees("Callum").misses("the chat was down")
    stage.person("Callum").says("ack A-1").fills(agree=True)
    (late,) = stage.records("policy.acknowledged")
    assert not late["on_time"]
    assert "outages" not in late["facts"]


def test_an_outage_that_ends_with_the_workspace_stands_beside_what_it_made_late(stage: Stage) -> None:
    """The links of its people end as well, and what cut their time short stays true."""
    meets(stage)
    link(stage, "Chidi")
    code = publish(stage, "Acceptable Use", "Use things well.")
    for name in ("Chidi", "Callum"):
        asks(stage, name, code, date(2026, 11, 27))
    stage.later(days=1)
    pauses(stage, HALDEN, "uninstalled")
    stage.later(days=6)
    ana = stage.person("Ana")
    ana.says("status overdue").sees("the chat was down")
    ana.says("workspace disconnect W-1 Slack is gone")
    stage.works()
    assert len(stage.records("identity.unlinked")) == 1
    stage.later(hours=1)
    ana.says("status overdue").sees("the chat was down")
    stage.person("Chidi").says("ack A-1").fills(agree=True)
    stage.person("Callum").says("ack A-2").fills(agree=True)
    late = {record["facts"]["assignment"]: record["facts"] for record in stage.records("policy.acknowledged")}
    assert late["A-1"]["outages"] == ["O-1"]
    assert "outages" not in late["A-2"], "Callum was in no chat"
