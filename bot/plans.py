"""Carrying out a plan: the thinking on a reader, then each of its jobs in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from bot.database import Database
from workflows.context import Context
from workflows.workflow import Job, Plan


async def carry_out(database: Database, context: Callable[[Session], Context], plan: Plan) -> int:
    """Think, then do what came of it up to the first job that returns 0; return how much was done.

    It rests after each job as long as the job took, so that no answer waits.
    """

    def think(session: Session) -> list[Job]:
        return list(plan(context(session)))

    def run(job: Job, session: Session) -> int:
        return job(context(session))

    total = 0
    loop = asyncio.get_running_loop()
    for job in await database.read(think):
        begun = loop.time()
        done = await database.write(partial(run, job))
        if not done:
            break
        total += done
        await asyncio.sleep(min(loop.time() - begun, 1))
    return total
