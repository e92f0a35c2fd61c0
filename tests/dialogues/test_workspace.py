"""Workspaces: confirmed before they are used, paused when they are down, let go of with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.chat import Outage, Workspace
from models.outbox import Delivery, OutboxMessage
from models.person import Identity
from tests.support.stage import Stage
from workflows.workspace import standing
from workflows.workspace.standing import Kept, Seen

# They begin where no chat is connected yet, so they cannot be had in one.
pytestmark = pytest.mark.parametrize("stage", ["web"], indirect=True)
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
