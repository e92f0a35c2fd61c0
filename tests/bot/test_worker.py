"""What the background process does with its time: large files are read beside it, and every job has its turn."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import make_worker
from bot.plans import Plans, Unfinished
from models.gesture import Upload
from models.person import Person, RosterImport
from scripts.bench.roster import roster
from tests.support.stage import KEYS, Stage, on_stage
from workflows.context import Context
from workflows.first_steps import install
from workflows.workflow import REGISTRY

READING = "people: read rosters"


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A company of one, who handed in a roster that is too large to be read while she waits."""
    with on_stage(migrated_url, company="Halden Instruments") as stage:
        stage.write(lambda session: install(stage.context(session), "vera@halden.example"))
        upload = Upload("people.csv", "text/csv", roster(3000))

        def receive(session: Session) -> None:
            vera = session.scalars(select(Person)).one()
            REGISTRY.acts()["people.import"].run(stage.context(session, vera), "", {"file": upload, "full": False})

        stage.write(receive)
        yield stage


def state(stage: Stage) -> str:
    """Return how the import stands."""
    return stage.read(lambda session: session.scalars(select(RosterImport.state)).one())


async def _begun(plans: Plans) -> tuple[asyncio.Task[int], int]:
    """Begin to carry out the plan; return that and the process that thinks."""
    carrying = asyncio.create_task(plans.carry_out(READING))
    while plans.thinking is None:  # noqa: ASYNC110 - nobody tells when it is there
        await asyncio.sleep(0.01)
    return carrying, plans.thinking


async def _killed(plans: Plans) -> None:
    """Carry out the plan, and kill the process that thinks as the kernel does where memory is short."""
    carrying, thinking = await _begun(plans)
    os.kill(thinking, signal.SIGKILL)
    await carrying


def test_a_large_file_is_read_by_another_process(stage: Stage) -> None:
    """Whoever kills that one stops nothing: the file is read again."""
    plans = Plans(stage.database, stage.settings, stage.clock)
    assert state(stage) == "reading"
    with pytest.raises(Unfinished):
        stage.loop.run(_killed(plans))
    assert state(stage) == "reading"
    while stage.loop.run(plans.carry_out(READING)):
        pass
    assert state(stage) == "staged"


def test_who_is_told_to_stop_does_not_wait_for_the_thinking(stage: Stage) -> None:
    """A process that must end within seconds kills the one that thinks, and says nothing of it."""
    plans = Plans(stage.database, stage.settings, stage.clock)

    async def stopped() -> int:
        carrying, _ = await _begun(plans)
        plans.stop()
        return await carrying

    begun = time.monotonic()
    assert stage.loop.run(stopped()) == 0
    assert time.monotonic() - begun < 10
    assert state(stage) == "reading"


def test_thinking_that_breaks_is_logged_without_words(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    """The other process says the kind and place of its error itself."""
    nowhere = stage.settings.model_copy(update={"database_url": "sqlite:////nowhere/countersign.db"})
    plans = Plans(stage.database, nowhere, stage.clock)
    with pytest.raises(Unfinished):
        stage.loop.run(plans.carry_out(READING))
    said = capfd.readouterr().err
    assert "plan broke" in said
    assert "Traceback" not in said


def test_a_job_without_an_end_leaves_the_others_their_turn(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much one job finds to do, the next is not kept waiting for more than its share of time."""
    monkeypatch.setattr("bot.worker.SHARE", 0.2)
    flow = REGISTRY.workflow("policy")
    done: list[str] = []

    def endless(ctx: Context) -> int:
        done.append("endless")
        return "after it" not in done

    def after_it(ctx: Context) -> int:
        done.append("after it")
        return 0

    monkeypatch.setitem(flow.jobs, "endless", endless)
    monkeypatch.setitem(flow.jobs, "after it", after_it)
    worker = make_worker(stage.database, stage.settings, KEYS, stage.clock)
    stage.loop.run(worker.jobs())
    assert done.count("endless") > 2
    stage.loop.run(worker.close())
