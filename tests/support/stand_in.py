"""What the stand-ins of Slack and Teams share: each is served on loopback, in a loop of its own, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.support.loop import Loop
from tests.support.serve import serve

T = TypeVar("T")


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class StandIn:
    """A server that a test can ask, and that tells who waits when something happened."""

    def __init__(self) -> None:
        self.address = ""
        self._loop: Loop | None = None
        self._news = threading.Condition()

    def pages(self) -> web.Application:
        """Return what is served."""
        raise NotImplementedError

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Self]:
        """Serve while the block runs."""
        with closing(Loop(type(self).__name__)) as self._loop:
            runner = self.run(self._start(port))
            try:
                yield self
            finally:
                self.run(self._stop(runner))

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the stand-in's loop, from another thread, and return its result."""
        assert self._loop is not None, "the stand-in is not running"
        return self._loop.run(what)

    def happened(self) -> None:
        """Let those who wait look again."""
        with self._news:
            self._news.notify_all()

    def wait(self, ready: Callable[[], bool], seconds: float = 5.0) -> bool:
        """Wait, from another thread, until something is to be seen; return whether it came."""
        with self._news:
            return self._news.wait_for(ready, seconds)

    async def _start(self, port: int) -> web.AppRunner:
        runner, self.address = await serve(self.pages(), port)
        return runner

    async def _stop(self, runner: web.AppRunner) -> None:
        await runner.cleanup()
