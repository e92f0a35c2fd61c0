"""Carrying out a plan: the thinking on a reader, then each of its jobs in a transaction of its own."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy.orm import Session

from bot.database import Database
from workflows.context import Context
from workflows.workflow import Job, Plan


async def carry_out(database: Database, context: Callable[[Session], Context], plan: Plan) -> int:
    """Think, then do what came of it up to the first job that returns 0; return how much was done.

    It rests after each job as long as the job took, so that no answer waits.
    """

    def think(session: Session) -> Sequence[Job]:
        return plan(context(session))

    def run(job: Job, session: Session) -> int:
        return job(context(session))

    total = 0
    loop = asyncio.get_running_loop()
    with _undisturbed():
        jobs = deque(await database.read(think))
        gc.freeze()
    try:
        while jobs:
            begun = loop.time()
            done = await database.write(partial(run, jobs.popleft()))
            if not done:
                break
            total += done
            await asyncio.sleep(min(loop.time() - begun, 1))
    finally:
        gc.unfreeze()
    return total


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector from stopping every thread while millions of objects are made that all stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
