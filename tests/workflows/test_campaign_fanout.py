"""Two thousand people, two workers, work lost at random: everybody is asked once, and nobody before the count."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.database import Database, open_database
from config.settings import Settings
from evidence.canonical import canonical
from models.campaign import Assignment, Campaign
from models.outbox import OutboxMessage
from models.person import Person
from models.policy import Policy, PolicyVersion
from models.record import Record
from workflows.campaign import announce, begin, fanout, launch
from workflows.context import Context
from workflows.drafts import draft
from workflows.workflow import REGISTRY, Job, Topic

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = 2000
LEFT = 40  # every fiftieth has left
JOBS: tuple[Job, ...] = (fanout.fan_out, begin.begin, announce.announce)


class Lost(Exception):
    """The process died before it could commit."""


class Clock:
    """Twenty seconds later whenever somebody asks, so that the wait passes and every record has its own time."""

    def __init__(self) -> None:
        self._now = BEGIN
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(seconds=20)
            return self._now


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A database with two thousand people and one policy in force."""
    database = open_database(migrated_url)
    asyncio.run(database.write(_found))
    yield database
    database.close()


def _found(session: Session) -> None:
    for number in range(PEOPLE):
        left = date(2026, 10, 1) if number % 50 == 0 else None
        session.add(Person(name=f"Employee {number}", department=f"D{number % 7}", end_on=left, recorded_at=BEGIN))
    session.flush()
    owner = session.scalars(select(Person).limit(1)).one()
    policy = Policy(slug="use", title="Acceptable Use", owner_id=owner.id, created_at=BEGIN)
    session.add(policy)
    session.flush()
    version = PolicyVersion(
        policy_id=policy.id, number=1, state="published", title="Acceptable Use", text="Use it.", sha256="0" * 64,
        answers_as=1, author_id=owner.id, created_at=BEGIN, published_at=BEGIN,
    )  # fmt: skip
    session.add(version)
    session.flush()
    policy.in_force_id = version.id


def _launch(session: Session) -> None:
    ctx = Context(session, Settings(), BEGIN)
    topic = Topic("POL-1v1", "POL-1", "Acceptable Use", 14)
    campaign = draft(ctx, REGISTRY.workflow("policy"), [topic], due_on=date(2026, 12, 7))
    launch.start(ctx, campaign, PEOPLE - LEFT)


def _work(database: Database, clock: Callable[[], datetime], luck: random.Random, faults: list[Exception]) -> None:
    """Run the jobs until the messages are written; about every third piece of work is lost before it is committed."""

    def piece(job: Job, session: Session) -> bool:
        job(Context(session, Settings(), clock()))
        if luck.random() < 0.3:
            raise Lost
        campaign = session.scalars(select(Campaign)).one()
        said = session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "assigned"))
        assert not said or campaign.population_sha256, "something was said before the population was on record"
        return campaign.announced_at is not None

    done = False
    while not done:
        try:
            done = asyncio.run(database.write(partial(piece, luck.choice(JOBS))))
        except Lost:
            continue
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test fails with it
            faults.append(fault)
            return


def test_everybody_is_asked_exactly_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is lost and whoever works beside, the population is complete, on record first, and said once."""
    monkeypatch.setattr(fanout, "BATCH", 61)
    asyncio.run(database.write(_launch))
    clock, faults = Clock(), list[Exception]()
    workers = [
        threading.Thread(target=_work, args=(database, clock, random.Random(seed), faults))  # noqa: S311 - no secret
        for seed in (1, 2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(100)
    assert faults == []
    asyncio.run(database.read(_check))


def _check(session: Session) -> None:
    """Assert that rows, records and messages tell the same story."""
    asked = Counter(session.scalars(select(Assignment.owed_by_id)))
    assert len(asked) == PEOPLE - LEFT
    assert set(asked.values()) == {1}
    assert Counter(session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "assigned"))) == asked

    batches = [json.loads(body)["facts"] for body in session.scalars(_records("campaign.assigned"))]
    entries = [entry for batch in batches for entry in batch["entries"]]
    excluded = [entry for batch in batches for entry in batch["excluded"]]
    assert sorted(entry[1] for entry in entries) == sorted(f"A-{id_}" for id_ in session.scalars(select(Assignment.id)))
    assert Counter(entry[2] for entry in excluded) == {"left": LEFT}

    (population,) = [json.loads(body) for body in session.scalars(_records("campaign.population"))]
    campaign = session.scalars(select(Campaign)).one()
    assert population["facts"]["count"] == campaign.population_count == PEOPLE - LEFT
    sha256 = hashlib.sha256(canonical(sorted(entries))).hexdigest()
    assert population["facts"]["sha256"] == campaign.population_sha256 == sha256
    first = session.scalars(select(func.min(OutboxMessage.created_at)).where(OutboxMessage.kind == "assigned")).one()
    assert datetime.fromisoformat(population["recorded_at"]) < first
    assert campaign.send_after is not None
    assert campaign.send_after <= first


def _records(type_: str) -> Select[bytes]:
    return select(Record.body).where(Record.type == type_)
