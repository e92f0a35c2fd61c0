"""A stage beside Slack workspaces: what happens to them, who is in them, and what is said there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.message import Message
from models.outbox import Delivery, OutboxMessage
from models.person import Identity, Person
from tests.support.company import found
from tests.support.stage import Stage, on_stage
from tests.support.web import WebSurface
from workflows import duty
from workflows.workflow import REGISTRY
from workflows.workspace import standing
from workflows.workspace.standing import Kept, Seen

HALDEN = Seen("T0HALDEN", "Halden", "U0COMPLY", ("chat:write", "commands"))
ACQUIRED = Seen("T0ACQ", "Acquired", "U0COMPLY", ("chat:write", "commands"))


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A stage on the web beside a Slack that nobody answers: what is to be said there waits in the outbox."""
    slack = {"slack_api_url": "http://127.0.0.1:9/api/", "slack_bot_token": "xoxb-of-halden"}
    with on_stage(migrated_url, company="Halden Instruments", **slack) as stage:
        stage.surface = WebSurface(stage)
        found(stage)
        yield stage
        explained = {name for flow in REGISTRY.all() for name in flow.records}
        assert {record["type"] for record in stage.records()} <= explained, "add it to `records=` of the workflow"


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
