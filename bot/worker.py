"""The background process: at each tick the workflows' jobs, batch by batch, and the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.clock import start_clock
from bot.database import Database, NotSaved
from bot.delivery import Delivery
from bot.logs import place_of
from bot.plans import Plans
from config.settings import Settings
from models.desk import Meta, SeenGesture, SignInAttempt, SignInLink
from workflows.context import Context, insert_or_ignore
from workflows.workflow import REGISTRY, Job

log = structlog.get_logger()
JOBS_SECONDS = 1
PLANS_SECONDS = 1
DELIVERY_SECONDS = 1
TIDY_SECONDS = 3600
BEAT_SECONDS = 60
WORKER = "worker last seen"
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
KEPT = timedelta(days=7)  # no platform repeats a gesture that late, and no link lives that long
SHARE = 2  # seconds that a job may take before the others have their turn
PATIENCE = 20  # seconds: hosts kill half a minute after they asked to stop


@dataclass(frozen=True, slots=True)
class Errand:
    """Something outside the house that is looked after every so many seconds; `close` lets go of it at the end."""

    name: str
    seconds: int
    run: Callable[[], Awaitable[int]]
    close: Callable[[], Awaitable[None]] | None = None


class Worker:
    """Does what no person waits for, and lets those who wait go first."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        delivery: Delivery,
        clock: Callable[[], datetime],
        errands: Sequence[Errand] = (),
    ) -> None:
        self._database = database
        self._settings = settings
        self._delivery = delivery
        self._clock = clock
        self._plans = Plans(database, settings, clock)
        self._errands = errands
        self._stopping = False
        self._busy: set[asyncio.Task[None]] = set()
        self._resting: dict[str, tuple[datetime, timedelta]] = {}

    async def until_idle(self) -> None:
        """Run errands once, then jobs and deliveries until there is nothing left to do now. Raises what one raised."""
        for errand in self._errands:
            await errand.run()
        while await self._all() + await self._delivery.round():
            pass

    async def _all(self) -> int:
        thought = [await self._plans.carry_out(name) for name in REGISTRY.plans()]
        return sum(thought) + sum([await self._run(job) for job in REGISTRY.jobs().values()])

    async def jobs(self) -> None:
        """Run all jobs in turns until they are idle."""
        while sum([await self._chore(name, partial(self._run, job)) for name, job in REGISTRY.jobs().items()]):
            pass

    async def plans(self) -> None:
        """Carry out every plan."""
        for name in REGISTRY.plans():
            await self._chore(name, partial(self._plans.carry_out, name))

    async def _chore(self, name: str, run: Callable[[], Awaitable[int]]) -> int:
        """Do something and return how much was done; what breaks rests for a while, and the others go on."""
        if self._resting.get(name, (self._clock(),))[0] > self._clock():
            return 0
        try:
            done = await run()
        except Exception as error:  # noqa: BLE001 - one broken job must not stop the reminders of all others
            self._let_rest(name, error)
            return 0
        self._resting.pop(name, None)
        return done

    async def tidy(self) -> None:
        """Forget gestures, links and attempts that can have no effect any more."""
        now = self._clock()
        before = now - KEPT

        def work(session: Session) -> None:
            self._delivery.tidy(session, now)
            session.execute(delete(SeenGesture).where(SeenGesture.at < before))
            session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))
            session.execute(delete(SignInLink).where(SignInLink.expires_at < before))

        await self._database.write(work)

    async def beat(self) -> None:
        """Leave a sign of life, for `doctor`."""
        now = self._clock().isoformat()

        def work(session: Session) -> None:
            session.execute(insert_or_ignore(session, Meta), {"name": WORKER, "value": now})
            session.execute(update(Meta).where(Meta.name == WORKER).values(value=now))

        await self._database.write(work)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work in the background while the block runs; then finish what is under way and give back what is not."""
        clock = start_clock(
            {
                "jobs": (JOBS_SECONDS, partial(self._tick, self.jobs)),
                "plans": (PLANS_SECONDS, partial(self._tick, self.plans)),
                "tidy": (TIDY_SECONDS, partial(self._tick, self.tidy)),
                "beat": (BEAT_SECONDS, partial(self._tick, self.beat)),
                **{
                    name: (DELIVERY_SECONDS, partial(self._tick, tick)) for name, tick in self._delivery.ticks().items()
                },
                **{
                    one.name: (one.seconds, partial(self._tick, partial(self._chore, one.name, one.run)))
                    for one in self._errands
                },
            }
        )
        try:
            yield
        finally:
            clock.pause()
            self._stopping = True
            self._delivery.stop()
            self._plans.stop()
            if self._busy:
                await asyncio.wait(self._busy, timeout=PATIENCE)
            clock.shutdown()
            await self.close()

    async def close(self) -> None:
        """Let go of every connection."""
        for errand in self._errands:
            if errand.close:
                await errand.close()
        await self._delivery.close()

    async def _run(self, job: Job) -> int:
        """Run a job batch by batch until it is idle or its share of time is over; return how much was done.

        It rests as long as it worked, so that no answer waits.
        """
        total = 0
        loop = asyncio.get_running_loop()
        end = loop.time() + SHARE
        while not self._stopping and loop.time() < end:
            begun = loop.time()
            done = await self._database.write(partial(self._batch, job))
            if not done:
                break
            total += done
            await asyncio.sleep(min(loop.time() - begun, 1))
        return total

    def _batch(self, job: Job, session: Session) -> int:
        return job(self._context(session))

    def _context(self, session: Session) -> Context:
        return Context(session, self._settings, self._clock())

    def _let_rest(self, name: str, error: Exception) -> None:
        """Let a job rest that broke, longer each time."""
        rest = min(self._resting[name][1] * 2, LONGEST_REST) if name in self._resting else FIRST_REST
        self._resting[name] = (self._clock() + rest, rest)
        # No traceback: the text of an error may quote somebody's words.
        log.error("job broke", job=name, **place_of(error))

    async def _tick(self, what: Callable[[], Awaitable[object]]) -> None:
        """Run what a tick starts, where the end of the process can wait for it."""
        task = asyncio.current_task()
        if self._stopping or task is None:
            return
        self._busy.add(task)
        try:
            await what()
        except NotSaved as error:
            log.warning("not saved", cause=type(error.__cause__).__name__)
        finally:
            self._busy.discard(task)
