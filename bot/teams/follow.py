"""What follows an answer: calls that nobody waits for. They may be lost, never raise, and end with us."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()
PATIENCE = 5  # seconds at the end of the process
Call = Callable[[], Awaitable[object]]


class Follower:
    """Carries out what follows, in the background."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, *calls: Call) -> None:
        """Start calls, one after another."""
        if calls:
            task = asyncio.create_task(self._carry_out(calls))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def finish(self) -> None:
        """Wait for what is under way, for a while, and give up the rest."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _carry_out(self, calls: tuple[Call, ...]) -> None:
        for call in calls:
            try:
                await call()
            except Exception as error:  # noqa: BLE001 - whatever became of it, what was done stands
                log.warning("not shown in Teams", error=type(error).__name__)
