"""Two transactions at the same time, as only PostgreSQL has them: neither forgets what the other did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import outbox
from bot.channel import Sent, WebInbox
from models.message import Message
from models.outbox import Delivery, OutboxMessage
from tests.dialogues.workspaces import HALDEN, copies, link, meets, pauses, says
from tests.support.company import found
from tests.support.stage import Stage, on_stage
from workflows.redraw import draw
from workflows.workspace.backlog import digest

Work = Callable[[Session], object]
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def stage(postgres_url: str) -> Iterator[Stage]:
    """The people of `tests.support.company`, on PostgreSQL, beside a Slack that nobody answers."""
    slack = {"slack_api_url": "http://127.0.0.1:9/api/", "slack_oauth_client_id": "1.2"}
    with on_stage(postgres_url, company="Halden Instruments", **slack) as stage:
        found(stage)
        yield stage


def overlap(stage: Stage, first: Work, second: Work) -> None:
    """Do `second` while `first` is done and not committed yet, as far as the database lets it."""

    def work() -> None:
        with Session(stage.database.engine) as session, session.begin():
            second(session)

    with ThreadPoolExecutor(1) as pool:
        with Session(stage.database.engine) as session, session.begin():
            first(session)
            session.flush()
            other = pool.submit(work)
            while not other.done() and not stage.read(lambda session: session.scalar(WAITS)):
                time.sleep(0.01)
        other.result()


def chat() -> WebInbox:
    """Return a channel that stands for Slack."""
    channel = WebInbox()
    channel.name = "slack"
    return channel


@pytest.mark.parametrize("first", ["settled", "drawn"])
def test_a_card_that_changes_while_its_copy_is_settled_is_drawn_anew(stage: Stage, first: str) -> None:
    meets(stage)
    link(stage, "Ana")
    says(stage, "Ana", "Please read")
    parcels, _ = stage.write(lambda session: outbox.claim(session, stage.settings, chat(), 1, stage.now, "a worker"))

    def settled(session: Session) -> None:
        assert outbox.settle(session, stage.settings, parcels[0].copy, Sent("T1/D1/1"), stage.now)

    def drawn(session: Session) -> None:
        draw(stage.context(session), session.scalars(select(OutboxMessage)).one(), Message("Thank you"))

    overlap(stage, *((settled, drawn) if first == "settled" else (drawn, settled)))
    assert stage.read(lambda session: session.scalars(select(Delivery.state)).all()) == ["queued"]


@pytest.mark.parametrize("claimed", [1, 3])
def test_what_a_worker_takes_meanwhile_is_not_said_in_the_digest_as_well(stage: Stage, claimed: int) -> None:
    meets(stage)
    link(stage, "Chidi")
    pauses(stage, HALDEN, "uninstalled")
    says(stage, "Chidi", "First", "Second", "Third")
    stage.later(hours=1)
    meets(stage)

    def claim(session: Session) -> None:
        assert outbox.claim(session, stage.settings, chat(), claimed, stage.now, "a worker")[1] == claimed

    overlap(stage, claim, lambda session: digest(stage.context(session)))
    waited = [state for kind, _, state in copies(stage, "Chidi") if kind == "notice"]
    assert waited == ["claimed"] * claimed + ["dropped"] * (3 - claimed)
    told = [one["facts"]["messages"] for one in stage.records("digest.written")]
    assert [len(one) for one in told] == [2] * (claimed == 1)
