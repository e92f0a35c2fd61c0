"""Workspaces: confirmed before they are used, paused when they are down, let go of with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.chat import Outage, Workspace
from models.message import Message
from models.outbox import Delivery, OutboxMessage
from models.person import Identity, Person
from tests.support.company import found, publish
from tests.support.stage import Stage, on_stage
from tests.support.web import WebSurface
from workflows import duty, export
from workflows.workflow import REGISTRY
from workflows.workspace import roll, standing
from workflows.workspace.links import Member, meet
from workflows.workspace.standing import Kept, Seen


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A stage on the web beside a Slack that nobody answers: what is to be said there waits in the outbox."""
    slack = {"slack_api_url": "http://127.0.0.1:9/api/", "slack_oauth_client_id": "1.2"}
    with on_stage(migrated_url, company="Halden Instruments", **slack) as stage:
        stage.surface = WebSurface(stage)
        found(stage)
        yield stage
        explained = {name for flow in REGISTRY.all() for name in flow.records}
        assert {record["type"] for record in stage.records()} <= explained, "add it to `records=` of the workflow"


HALDEN = Seen("T0HALDEN", "Halden", "U0COMPLY", ("chat:write", "commands"))
ACQUIRED = Seen("T0ACQ", "Acquired", "U0COMPLY", ("chat:write", "commands"))


def installs(stage: Stage, seen: Seen, name: str = "Tomasz") -> None:
    """Let an admin install the app in a workspace."""
    by = stage.person(name).row
    stage.write(lambda session: standing.install(stage.context(session, by), seen, Kept(b"closed")).id)


def pauses(stage: Stage, seen: Seen, cause: str) -> None:
    """Let Slack take nothing from us any more."""

    def work(session: Session) -> None:
        row = standing.by_ref(session, seen.ref)
        assert row is not None
        standing.pause(stage.context(session), row, cause)

    stage.write(work)


def sendable(stage: Stage, seen: Seen) -> bool:
    """Return whether something may be sent there."""
    return stage.read(lambda session: standing.sendable(session, seen.ref))


def test_the_operators_token_connects_one_workspace(stage: Stage) -> None:
    tomasz = stage.person("Tomasz")
    tomasz.says("workspace list").sees("No chat is connected yet")
    for _ in range(3):  # every process asks once when it starts
        stage.write(lambda session: standing.meet(stage.context(session), HALDEN).id)
    tomasz.says("workspace list").sees("Halden", "connected", "W-1")
    assert [record["outcome"] for record in stage.records("workspace.connected")] == ["by the operator's token"]
    assert sendable(stage, HALDEN)

    stage.write(lambda session: standing.meet(stage.context(session), ACQUIRED).id)
    assert not sendable(stage, HALDEN)
    assert sendable(stage, ACQUIRED)
    tomasz.says("workspace show W-1").sees("disconnected")


def test_a_new_workspace_waits_for_an_admin(stage: Stage) -> None:
    installs(stage, ACQUIRED)
    assert not sendable(stage, ACQUIRED)
    assert stage.read(lambda session: standing.admitted(session, "T0ACQ")) is None
    stage.person("Chidi").says("workspace confirm W-1").sees("not yours")
    stage.person("Greta").says("workspace confirm W-1").sees("not yours")
    stage.person("Ana").says("workspace show W-1").sees("waits for an admin's confirmation")
    stage.person("Ana").says("workspace confirm W-1").sees("“Acquired” is connected")
    assert sendable(stage, ACQUIRED)
    stage.person("Tomasz").says("workspace confirm W-1").sees("There is nothing to confirm")
    written = stage.records("workspace.installed") + stage.records("workspace.connected")
    assert [(one["actor"]["kind"], one["outcome"]) for one in written] == [
        ("person", "pending"),
        ("person", "confirmed"),
    ]
    assert "T0ACQ" not in str(written)
    assert "Acquired" not in str(written)


def test_an_organisation_speaks_for_its_teams(stage: Stage) -> None:
    installs(stage, Seen("E0HALDEN", "Halden Group", "U0COMPLY"))
    stage.person("Ana").says("workspace confirm W-1").sees("is connected")

    def found(session: Session, team: str, organisation: str) -> str:
        row = standing.admitted(session, team, organisation)
        return row.ref if row else ""

    assert stage.read(lambda session: found(session, "T0OSLO", "E0HALDEN")) == "E0HALDEN"
    assert stage.read(lambda session: found(session, "T0OSLO", "E0OTHER")) == ""
    installs(stage, Seen("T0OSLO", "Oslo", "U0COMPLY"))
    stage.person("Ana").says("workspace confirm W-2").sees("is connected")
    assert stage.read(lambda session: found(session, "T0OSLO", "E0HALDEN")) == "T0OSLO"


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


def test_letting_go_needs_a_reason_and_deletes_the_token(stage: Stage) -> None:
    installs(stage, ACQUIRED)
    ana = stage.person("Ana")
    ana.says("workspace confirm W-1")
    pauses(stage, ACQUIRED, "token_revoked")
    ana.says("workspace disconnect W-1").offers("Disconnect").fills(reason="We moved out").sees("is disconnected")
    row = stage.read(lambda session: session.get_one(Workspace, 1))
    assert (row.state, row.token, row.problem) == ("gone", None, "")
    ana.says("workspace disconnect W-1 Again").sees("Nothing was changed")
    assert len(stage.records("workspace.disconnected")) == 1

    installs(stage, ACQUIRED)  # whoever installs it again has to be asked again
    assert stage.read(lambda session: standing.admitted(session, "T0ACQ")) is None
    ana.says("workspace show W-1").sees("waits for an admin's confirmation")


def link(stage: Stage, *names: str, workspace: str = "T0HALDEN") -> None:
    """Let people be in the workspace."""
    people = [stage.person(name).row.id for name in names]

    def work(session: Session) -> None:
        for id_ in people:
            account = {"platform": "slack", "workspace": workspace, "platform_id": f"U{id_}", "recorded_at": stage.now}
            session.add(Identity(person_id=id_, **account))

    stage.write(work)


def meets(stage: Stage) -> None:
    """Let the operator's token work."""
    stage.write(lambda session: standing.meet(stage.context(session), HALDEN).id)


def copies(stage: Stage, name: str) -> list[tuple[str, str, str]]:
    """Return (kind, channel, state) of everything said to somebody."""
    person_id = stage.person(name).row.id
    rows = (
        select(OutboxMessage.kind, Delivery.channel, Delivery.state)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .where(OutboxMessage.person_id == person_id)
        .order_by(OutboxMessage.id)
    )
    found = stage.read(lambda session: session.execute(rows).all())
    return [(kind, channel, state) for kind, channel, state in found]


def says(stage: Stage, name: str, *titles: str) -> None:
    """Write down notices for somebody."""
    person_id = stage.person(name).row.id

    def work(session: Session) -> None:
        person = session.get_one(Person, person_id)
        for title in titles:
            stage.context(session).say(person, Message(title), kind="notice", dedupe=f"{title}:{name}")

    stage.write(work)


def asks(stage: Stage, name: str, subject: str, due_on: date) -> None:
    """Ask somebody for something, and say it."""
    person_id = stage.person(name).row.id

    def work(session: Session) -> None:
        ctx, flow = stage.context(session), REGISTRY.workflow("policy")
        person = session.get_one(Person, person_id)
        one = duty.assign(ctx, flow, person, subject, reason="new hire", due_on=due_on)
        ctx.say(person, flow.card(ctx, one, person), kind="assigned", dedupe=one.code, topic=one.code)

    stage.write(work)


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


def test_who_is_missing_on_either_side_is_shown_to_the_lead(stage: Stage) -> None:
    meets(stage)
    row_id = stage.read(lambda session: session.scalars(select(Workspace.id)).one())

    def night(session: Session) -> None:
        ctx, row = stage.context(session), session.get_one(Workspace, row_id)
        members = [
            Member("U1", "Chidi", "chidi@halden.example"),
            Member("U2", "Wanda Nowak", "wanda@halden.example"),
            Member("U3", "Visitor", "visitor@elsewhere.example", confirmed=False),
        ]
        meet(ctx, row, members)
        roll.complete(ctx, row, {"U1", "U2", "U3"}, stage.now)

    stage.write(night)
    ana = stage.person("Ana").says("workspace show W-1")
    ana.sees("In the chat, not on the roster: 2", "Wanda Nowak", "not on the roster", "address not confirmed")
    ana.sees("On the roster, not in the chat: 8", "Bruno Keller").misses("Chidi Okafor")
    stage.person("Chidi").says("workspace show W-1").sees("not yours")


def test_disconnecting_lets_people_be_reached_another_way(stage: Stage) -> None:
    meets(stage)
    link(stage, "Chidi", "Bruno")
    says(stage, "Chidi", "The report is ready")
    stage.person("Ana").says("workspace disconnect W-1").fills(reason="We moved out")
    says(stage, "Bruno", "The report is ready")
    stage.works()
    assert copies(stage, "Chidi") == [("notice", "slack", "dropped"), ("notice", "web", "sent")]
    assert copies(stage, "Bruno") == [("notice", "web", "sent")]
    assert [one["facts"]["why"] for one in stage.records("identity.unlinked")] == ["workspace disconnected"] * 2
