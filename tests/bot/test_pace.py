"""Slots: shared by all workers, never two for the same moment, void after a 429."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot import pace
from bot.pace import Pacer, Slot
from bot.slack.channel import CHANGING, KINDS, LOOKING
from models.chat import Pace
from tests.support.stage import MONDAY, Stage, on_stage

SPACING = timedelta(seconds=1 / 8)
SECOND = timedelta(seconds=1)


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A stage with nobody on it."""
    with on_stage(migrated_url) as stage:
        yield stage


def reserve(stage: Stage, pacer: Pacer, user: str, workspace: str = "T1", now: datetime = MONDAY) -> Slot | datetime:
    """Reserve a slot in a transaction of its own."""
    return stage.write(lambda session: pacer.reserve(session, workspace, user, now))


def begins(stage: Stage, pacer: Pacer, user: str, workspace: str = "T1", now: datetime = MONDAY) -> timedelta:
    """Reserve a slot and return how long after Monday it begins."""
    slot = reserve(stage, pacer, user, workspace, now)
    assert isinstance(slot, Slot)
    return slot.starts_at - MONDAY


def hold(stage: Stage, pacer: Pacer, name: str, seconds: int) -> None:
    """Hold a bucket, as a worker does that was answered 429."""
    pacer.note(name, MONDAY + seconds * SECOND)
    stage.write(lambda session: pacer.write_down(session, name, MONDAY))


def test_eight_a_second_in_a_workspace_and_each_has_its_own(stage: Stage) -> None:
    mine, other = Pacer("slack", 8, 1, KINDS), Pacer("slack", 8, 1, KINDS)  # two workers
    found = [begins(stage, (mine, other)[number % 2], f"U{number}") for number in range(8)]
    assert found == [number * SPACING for number in range(8)]
    assert begins(stage, mine, "U1", "T2") == timedelta()


def test_one_a_second_to_one_person_and_nobody_waits_for_that(stage: Stage) -> None:
    pacer = Pacer("slack", 8, 1, KINDS)
    assert begins(stage, pacer, "U1") == timedelta()
    assert reserve(stage, pacer, "U1") == MONDAY + SECOND
    assert begins(stage, pacer, "U2") == SPACING
    assert begins(stage, pacer, "U1", now=MONDAY + SECOND) == SECOND


def test_slots_are_given_out_only_a_little_ahead(stage: Stage) -> None:
    """A claim that waits longer would run out while it waits."""
    pacer = Pacer("slack", 8, 1, KINDS)
    number = 0
    while isinstance(found := reserve(stage, pacer, f"U{number}"), Slot):
        assert found.starts_at <= MONDAY + pace.HORIZON
        number += 1
    assert number == 41
    assert MONDAY < found < MONDAY + pace.HORIZON
    assert reserve(stage, pacer, "U-1") == found  # and what was refused took nothing


def test_idle_time_is_not_saved_up(stage: Stage) -> None:
    pacer = Pacer("slack", 8, 1, KINDS)
    begins(stage, pacer, "U1")
    later = MONDAY + timedelta(minutes=1)
    assert [begins(stage, pacer, f"U{number}", now=later) for number in (2, 3)] == [
        timedelta(minutes=1), timedelta(minutes=1) + SPACING
    ]  # fmt: skip


def test_a_hold_voids_what_was_given_out_and_new_slots_begin_after_it(stage: Stage) -> None:
    mine, other = Pacer("slack", 8, 1, KINDS), Pacer("slack", 8, 1, KINDS)
    slot, theirs = reserve(stage, mine, "U1"), reserve(stage, other, "U2")
    assert isinstance(slot, Slot)
    assert isinstance(theirs, Slot)
    until = MONDAY + 2 * SECOND
    mine.note("slack:T1", until)
    assert mine.void(slot, stage.read(lambda session: pace.held(session, slot.buckets))) == until  # at once
    assert other.void(theirs, stage.read(lambda session: pace.held(session, theirs.buckets))) is None
    stage.write(lambda session: mine.write_down(session, "slack:T1", MONDAY))
    assert other.void(theirs, stage.read(lambda session: pace.held(session, theirs.buckets))) == until
    found = [begins(stage, (mine, other)[number % 2], f"U{number}") for number in range(3, 6)]
    assert found == [2 * SECOND + number * SPACING for number in range(3)]
    after = reserve(stage, mine, "U9")
    assert isinstance(after, Slot)
    assert mine.void(after, stage.read(lambda session: pace.held(session, after.buckets))) is None
    assert other.void(after, stage.read(lambda session: pace.held(session, after.buckets))) is None


def test_a_shorter_hold_does_not_end_a_longer_one(stage: Stage) -> None:
    mine, other = Pacer("slack", 8, 1, KINDS), Pacer("slack", 8, 1, KINDS)
    hold(stage, mine, "slack:T1", 4)
    hold(stage, other, "slack:T1", 2)
    assert begins(stage, other, "U1") == 4 * SECOND


def test_a_hold_that_is_over_and_forgotten_elsewhere_voids_nothing(stage: Stage) -> None:
    mine, other = Pacer("slack", 8, 1, KINDS), Pacer("slack", 8, 1, KINDS)
    hold(stage, mine, "slack:T1", 2)
    later = MONDAY + timedelta(minutes=30)
    stage.write(lambda session: other.tidy(session, later))
    slot = reserve(stage, mine, "U1", now=later)
    assert isinstance(slot, Slot)
    assert slot.starts_at == later
    assert mine.void(slot, stage.read(lambda session: pace.held(session, slot.buckets))) is None


def test_changes_and_looks_have_holds_of_their_own(stage: Stage) -> None:
    pacer = Pacer("slack", 8, 1, KINDS)
    name = f"slack:T1:{CHANGING}"
    hold(stage, pacer, name, 3)
    assert begins(stage, pacer, "U1") == timedelta()
    assert reserve(stage, pacer, CHANGING) == MONDAY + 3 * SECOND
    assert begins(stage, pacer, LOOKING) == SPACING


def test_buckets_that_are_full_again_are_forgotten(stage: Stage) -> None:
    pacer = Pacer("slack", 8, 1, KINDS)
    begins(stage, pacer, "U1")
    hold(stage, pacer, "slack:T2", 3600)
    stage.write(lambda session: pacer.tidy(session, MONDAY + timedelta(minutes=5)))
    assert names(stage) == ["hold:slack:T2", "slack", "slack:T1", "slack:T1:U1"]
    stage.write(lambda session: pacer.tidy(session, MONDAY + timedelta(minutes=30)))
    assert names(stage) == ["hold:slack:T2", "slack"]
    stage.write(lambda session: pacer.tidy(session, MONDAY + timedelta(hours=2)))
    assert (names(stage), pacer._holds) == (["slack"], {})


def names(stage: Stage) -> list[str]:
    """Return which buckets are remembered."""
    return list(stage.read(lambda session: session.scalars(select(Pace.bucket).order_by(Pace.bucket)).all()))


def test_workers_at_the_same_time_never_share_a_slot(postgres_url: str) -> None:
    """Each in transactions of its own, with two workspaces in either order, beginning with no rows at all."""
    with on_stage(postgres_url) as stage:
        engine = create_engine(stage.database.engine.url)

        def worker(number: int) -> list[tuple[str, datetime]]:
            pacer, found = Pacer("slack", 200, 200, KINDS), []
            for turn in range(10):
                with Session(engine) as session, session.begin():
                    for workspace in ("T1", "T2") if (turn + number) % 2 else ("T2", "T1"):
                        slot = pacer.reserve(session, workspace, f"U{number}-{turn}", MONDAY)
                        assert isinstance(slot, Slot)
                        found.append((workspace, slot.starts_at))
            return found

        with ThreadPoolExecutor(4) as pool:
            every = [one for found in pool.map(worker, range(4)) for one in found]
        engine.dispose()
    assert len(every) == 80
    assert len(set(every)) == 80
