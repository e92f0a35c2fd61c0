"""The stand-in itself: the Bot Connector, the login service and the signing keys, served on loopback in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import web

from tests.support.slack.faults import Faults
from tests.support.teams.connector import Connector
from tests.support.teams.deliver import Courier
from tests.support.teams.issuer import Issuer
from tests.support.teams.limits import Limits
from tests.support.teams.log import Log
from tests.support.teams.world import World

T = TypeVar("T")
REGION = "emea"


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class Teams:
    """One Teams: who is in it, what was asked of it, how it treats the bot at `bot_url`.

    `patience` is how many seconds the bot has to answer.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now, limits: Limits | None = None) -> None:
        self.world = World(clock)
        self.issuer = Issuer()
        self.log = Log()
        self.faults = Faults()
        self.limits = limits or Limits()
        self.courier = Courier(self)
        self.bot_url = ""
        self.address = ""
        self.patience = 15.0
        self.revoked: set[str] = set()  # tokens that count no longer
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = threading.Condition()

    @property
    def service_url(self) -> str:
        """The address of the region everybody is in."""
        return f"{self.address}/{REGION}/"

    @property
    def settings(self) -> dict[str, Any]:
        """What a bot has to be told to belong to this Teams, but for its app id, secret and tenant."""
        return {
            "teams_login_url": self.address,
            "teams_keys_url": f"{self.address}/v1/.well-known/openidconfiguration",
            "teams_service_urls": self.service_url,
        }

    def counts(self, token: str) -> bool:
        """Return whether the login service gave out a token and it was not revoked."""
        number = token.removeprefix("ours-")
        given = token.startswith("ours-") and number.isdecimal() and 1 <= int(number) <= self.issuer.tokens
        return given and token not in self.revoked

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Teams]:
        """Serve while the block runs."""
        loop = self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="teams", daemon=True)
        thread.start()
        runner = self.run(self._start(port))
        try:
            yield self
        finally:
            self.run(self._stop(runner))
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the stand-in's loop, from another thread, and return its result."""
        assert self._loop is not None, "the stand-in is not running"
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    def happened(self) -> None:
        """Let those who wait look again."""
        with self._news:
            self._news.notify_all()

    def wait(self, ready: Callable[[], bool], seconds: float = 5.0) -> bool:
        """Wait, from another thread, until something is to be seen; return whether it came."""
        with self._news:
            return self._news.wait_for(ready, seconds)

    async def _start(self, port: int) -> web.AppRunner:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.add_routes(Connector(self).routes(REGION))
        app.add_routes([web.get("/files/{id}", self._download)])
        app.add_routes(self.issuer.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.address = self.issuer.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _stop(self, runner: web.AppRunner) -> None:
        await self.courier.close()
        await runner.cleanup()

    async def _download(self, request: web.Request) -> web.Response:
        """GET /files/{id}: the address itself is what lets one in, so no token may be sent along."""
        found = self.world.files.get(request.match_info["id"])
        if "Authorization" in request.headers:
            self.log.violations.append("files: a token was sent to where it does not belong")
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type="application/octet-stream")
