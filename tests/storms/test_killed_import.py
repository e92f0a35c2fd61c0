"""kill -9 while a roster is read, staged, applied and reversed: everything happens exactly once all the same."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.app import utc_now
from bot.worker import WORKER
from evidence.tree import tree_hash
from models.desk import Meta
from models.gesture import Upload
from models.person import Person, RosterImport, RosterLine
from scripts.bench.roster import roster
from tests.storms.deployment import process, real
from tests.support.company import found
from tests.support.mail import MailServer
from tests.support.stage import Stage, on_stage
from tests.support.truth import contradictions
from workflows.people.reading import CLAIM
from workflows.workflow import REGISTRY

PATIENCE = 60  # seconds for a process to come as far as it is to be killed


@dataclass(frozen=True)
class Storm:
    """One import and its killings."""

    stage: Stage
    settings: dict[str, str]
    people: int
    kills: int
    chance: random.Random

    def does(self, name: str, target: str = "", **answers: Any) -> None:
        """Let Ana do something."""

        def work(session: Session) -> None:
            ana = session.scalars(select(Person).where(Person.name == "Ana Duarte")).one()
            ctx, act = self.stage.context(session, ana), REGISTRY.acts()[name]
            act.run(ctx, act.find(ctx, target), answers)

        self.stage.now = utc_now()
        self.stage.write(work)

    def stands(self) -> tuple[str, int, int]:
        """Return the import's state, how many lines of it are staged, and how many were dealt with."""

        def look(session: Session) -> tuple[str, int, int]:
            imported = session.scalars(select(RosterImport)).one()
            lines = select(func.count()).select_from(RosterLine)
            done = lines.where(RosterLine.id <= imported.cursor)
            return imported.state, session.scalar(lines) or 0, session.scalar(done) or 0

        return self.stage.read(look)

    def beat(self) -> str | None:
        """Return the last sign of life of a worker."""
        return self.stage.read(lambda session: session.scalar(select(Meta.value).where(Meta.name == WORKER)))

    def kill_when(self, reached: Callable[[], bool], after: float = 0) -> None:
        """Start a process and kill it some time after it has come so far."""
        with process(self.settings) as running:
            end = time.monotonic() + PATIENCE
            while not reached():
                assert running.poll() is None, "the process ended by itself"
                assert time.monotonic() < end, f"it came no further than {self.stands()}"
                time.sleep(0.005)
            time.sleep(after)

    def forget_claims(self) -> None:
        """Let the time of a dead reader's claim pass."""
        past = utc_now() - CLAIM
        quietly = update(RosterImport).values(claimed_until=past).where(RosterImport.claimed_until.is_not(None))
        self.stage.write(lambda session: session.execute(quietly))

    def kill_reading(self) -> None:
        """Kill processes that think about the file, then processes that stage what they thought."""
        for _ in range(self.kills):
            before = self.beat()
            self.kill_when(lambda before=before: self.beat() != before, self.chance.random())  # type: ignore[misc]
            self.forget_claims()
        for _ in range(self.kills):
            some = self.chance.randrange(1, self.people)
            self.kill_when(lambda some=some: self.stands()[0] != "reading" or self.stands()[1] >= some)  # type: ignore[misc]
            self.forget_claims()

    def kill_changing(self, state: str) -> None:
        """Kill processes while they apply the import, or take it back."""
        for number in range(self.kills):
            some = self.people * (number + self.chance.random()) / (self.kills + 1)
            self.kill_when(lambda some=some: self.stands()[0] != state or self.stands()[2] >= some)  # type: ignore[misc]

    def finish(self, state: str) -> None:
        """Let whoever comes after finish it."""
        self.stage.now = utc_now() + timedelta(minutes=1)
        self.stage.works()
        assert self.stands()[0] == state
        assert contradictions(self.stage.database.engine) == []


def check_storm(url: str, people: int, kills: int, seed: int) -> None:
    """Import a roster and reverse that, while processes are killed, and look at what is left after each."""
    with MailServer().running() as mail:
        settings = real(url, smtp_url=mail.url)
        with on_stage(**settings) as stage:
            found(stage)
            check_every_act(Storm(stage, settings, people, kills, random.Random(seed)))  # noqa: S311 - the same storm again


def check_every_act(storm: Storm) -> None:
    """Play every act of a storm."""
    stage = storm.stage
    storm.does("people.import", file=Upload("people.csv", "text/csv", roster(storm.people)), full=False)
    storm.kill_reading()
    storm.finish("staged")
    assert storm.stands() == ("staged", storm.people, 0)

    storm.does("people.apply", "IMP-1")
    storm.kill_changing("applying")
    storm.finish("applied")
    batches = stage.records("roster.batch")
    leaves = Counter((one["name"], one["sha256"]) for batch in batches for one in batch["commitments"])
    assert set(leaves.values()) == {1}
    assert (
        tree_hash([bytes.fromhex(leaf) for _, leaf in sorted(leaves)])
        == stage.records("roster.staged")[-1]["facts"]["root"]
    )
    assert sum(batch["facts"]["people"] for batch in batches) == storm.people
    assert here(stage) == storm.people
    assert len(stage.records("roster.applied")) == 1

    storm.does("people.reverse", "IMP-1", reason="The wrong file")
    storm.kill_changing("reversing")
    storm.finish("reversed")
    assert sum(batch["facts"]["people"] for batch in stage.records("roster.undone")) == storm.people
    assert here(stage) == 0
    assert len(stage.records("roster.taken_back")) == 1


def here(stage: Stage) -> int:
    """Return how many of those in the file belong to the company."""
    new = select(func.count()).where(Person.employee_id.like("N%"), Person.end_on.is_(None))
    return stage.read(lambda session: session.scalar(new)) or 0


@pytest.mark.timeout(300)
def test_killed_once_at_each_step(sqlite_url: str) -> None:
    check_storm(sqlite_url, people=1400, kills=1, seed=1)


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2))
def test_killed_six_times_at_each_step(migrated_url: str, seed: int) -> None:
    check_storm(migrated_url, people=4000, kills=6, seed=seed)
