"""The clock: APScheduler ticks, and nothing else. What is due is a question to the database, asked at each tick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Tick = Callable[[], Awaitable[None]]


def start_clock(ticks: Mapping[str, tuple[float, Tick]]) -> AsyncIOScheduler:
    """Start a clock in the running loop that calls each tick every so many seconds, the first time at once.

    A tick that is still running is not started again, one that was missed is made up for once, and none is dropped for
    being late (the library's own grace is one second).
    """
    clock = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for name, (seconds, tick) in ticks.items():
        clock.add_job(tick, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC))
    clock.start()
    return clock
