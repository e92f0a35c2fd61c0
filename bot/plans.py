"""Carrying out a plan: the thinking in a process of its own, then each of its jobs in a transaction of this one.

In a thread of this process the thinking would hold the interpreter, and every answer beside it would wait for seconds.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import structlog
from sqlalchemy.orm import Session

from bot import logs
from bot.database import Database, open_database
from config.settings import Settings
from workflows.context import Context
from workflows.workflow import REGISTRY, Job

log = structlog.get_logger()
COURTESY = 5  # how much the thinking stands back where processors are scarce (nice)
_SPAWN = multiprocessing.get_context("spawn")  # a fork would inherit locks that other threads hold


class Unfinished(Exception):
    """The process that thought ended before it was done; it has logged why, unless it was killed."""


class Plans:
    """Carries out plans, one process of thinking at a time."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._thinking: BaseProcess | None = None
        self._stopping = False

    async def carry_out(self, name: str) -> int:
        """Think, then do what came of it up to the first job that returns 0; return how many jobs did something.

        It rests after each job as long as the job took, so that no answer waits. Raises Unfinished.
        """
        plan = REGISTRY.plans()[name]
        waits = await self._database.read(lambda session: plan.waits(self._context(session)))
        if self._stopping or not waits:
            return 0
        total = 0
        loop = asyncio.get_running_loop()
        async with aclosing(self._thought(name)) as jobs:
            async for job in jobs:
                begun = loop.time()
                if not await self._database.write(partial(self._run, job)):
                    break
                total += 1
                await asyncio.sleep(min(loop.time() - begun, 1))
        return total

    @property
    def thinking(self) -> int | None:
        """The id of the process that thinks, while there is one."""
        return self._thinking.pid if self._thinking else None

    def stop(self) -> None:
        """Think no further; whoever carries out the plan next begins it anew."""
        self._stopping = True
        if self._thinking:
            self._thinking.kill()

    async def _thought(self, name: str) -> AsyncGenerator[Job]:
        """Yield the jobs that come of a plan as another process hands them over."""
        ours, theirs = _SPAWN.Pipe(duplex=False)
        arguments = (self._settings, name, self._clock(), theirs)
        self._thinking = _SPAWN.Process(target=think, args=arguments, name=name, daemon=True)
        self._thinking.start()
        theirs.close()
        try:
            while (job := await asyncio.to_thread(ours.recv)) is not None:
                yield job
        except (EOFError, OSError):  # it has ended, perhaps in the middle of a job
            if not self._stopping:
                raise Unfinished(name) from None
        finally:
            self._thinking.kill()
            self._thinking.join()
            self._thinking = None

    def _run(self, job: Job, session: Session) -> int:
        return job(self._context(session))

    def _context(self, session: Session) -> Context:
        return Context(session, self._settings, self._clock())


def think(settings: Settings, name: str, now: datetime, way: Connection) -> None:
    """Think about what a plan finds waiting, and hand over its jobs and then None; the body of the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this, and they end it
    os.nice(COURTESY)
    gc.disable()  # millions of objects are made, and they all stay until the end
    logs.configure()
    try:
        for job in (*_jobs(settings, name, now), None):
            way.send(job)
    except BrokenPipeError:
        pass  # nobody waits for it any more
    except Exception as error:  # noqa: BLE001 - its text may quote somebody's words, so it is not left to be printed
        log.error("plan broke", plan=name, **logs.place_of(error))  # noqa: TRY400


def _jobs(settings: Settings, name: str, now: datetime) -> list[Job]:
    """Return every job that comes of a plan."""
    database = open_database(settings.database)
    plan = REGISTRY.plans()[name]
    try:
        return asyncio.run(database.read(lambda session: list(plan.think(Context(session, settings, now)))))
    finally:
        database.close()
