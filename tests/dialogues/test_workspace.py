"""Workspaces: confirmed before they are used, looked through at night, let go of with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.chat import Workspace
from tests.dialogues.workspaces import (
    ACQUIRED,
    HALDEN,
    copies,
    installs,
    link,
    meets,
    pauses,
    says,
    sendable,
    stage,
)
from tests.support.stage import Stage
from workflows.workspace import roll, standing
from workflows.workspace.links import Member, meet
from workflows.workspace.standing import Seen

__all__ = ["stage"]


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
    with pytest.raises(AssertionError):
        ana.offers("Show")  # it is what stands there
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
