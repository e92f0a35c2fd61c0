"""What follows an answer, in any chat: calls that nobody waits for. They may be lost, never raise, and end with us."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

log = structlog.get_logger()
PATIENCE = 5  # seconds at the end of the process
Call = tuple[str, Callable[[], Awaitable[object]]]  # what it is called in the log, and how it is made


class Follower:
    """Carries out what follows answers in one chat, in the background."""

    def __init__(self, chat: str) -> None:
        self._lost = f"not shown in {chat}"
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

    async def _carry_out(self, calls: Sequence[Call]) -> None:
        for what, call in calls:
            try:
                await call()
            except Exception as error:  # noqa: BLE001 - whatever became of it, what was done stands, and can be seen again
                code = getattr(error, "code", "")  # a platform's, and no word of anybody's
                why = {"code": code} if code and isinstance(code, str) else {}
                log.warning(self._lost, what=what, error=type(error).__name__, **why)
