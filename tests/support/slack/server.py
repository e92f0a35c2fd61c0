"""The stand-in itself: served on loopback, in a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from tests.support.slack import control, downloads, oauth, payloads, people, socket, views, ways
from tests.support.slack.api import Desk
from tests.support.slack.chat import shown
from tests.support.slack.deliver import Courier, Delivered
from tests.support.slack.faults import Faults
from tests.support.slack.limits import Limits
from tests.support.slack.log import Log
from tests.support.slack.world import Conversation, Message, Team, User, World

METHODS_IN = (oauth, people, socket, views)  # importing them declares their methods
T = TypeVar("T")
RETRIES = (0.0, 60.0, 300.0)  # seconds after which an event comes again


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class Slack:
    """One Slack: what is in it, what was asked of it, how it treats the app at `app_url`.

    `patience` is how many seconds the app has to answer; `echoes` tells whether the app hears of its own messages, as
    every app does that listens to direct messages.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now, limits: Limits | None = None) -> None:
        self.world = World(clock)
        self.log = Log()
        self.faults = Faults()
        self.limits = limits or Limits()
        self.oauth = oauth.Desk()
        self.courier = Courier(self)
        self.app_url = ""
        self.address = ""
        self.signing_secret = "a signing secret of the stand-in"
        self.patience = 3.0
        self.retries = RETRIES
        self.echoes = True
        self.tickets: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._versions: Counter[str] = Counter()
        self._news = threading.Condition()

    @property
    def api_url(self) -> str:
        """The address for COUNTERSIGN_SLACK_API_URL."""
        return f"{self.address}/api/"

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Slack]:
        """Serve while the block runs."""
        loop = self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="slack", daemon=True)
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

    def changed(self, user_id: str) -> None:
        """Note that somebody sees something new."""
        self._versions[user_id] += 1
        self.happened()

    def happened(self) -> None:
        """Let those who wait look again."""
        with self._news:
            self._news.notify_all()

    def version(self, user_id: str) -> int:
        """Return how often what somebody sees has changed."""
        return self._versions[user_id]

    def wait(self, ready: Callable[[], bool], seconds: float = 5.0) -> bool:
        """Wait, from another thread, until something is to be seen; return whether it came."""
        with self._news:
            return self._news.wait_for(ready, seconds)

    async def tell(self, team: Team, event: dict[str, Any]) -> Delivered:
        """Deliver an event, and again later where the app does not take it; return the first outcome."""
        envelope = payloads.event(self.world, team, event)
        first = await self.courier.carry("events_api", envelope)
        if not first.ok:
            self.later(self._again(envelope, first))
        return first

    async def _again(self, envelope: dict[str, Any], outcome: Delivered) -> None:
        for number, seconds in enumerate(self.retries, 1):
            await asyncio.sleep(seconds)
            reason = outcome.error.partition(" ")[0] or "http_error"
            outcome = await self.courier.carry("events_api", envelope, (number, reason))
            if outcome.ok:
                return

    def echo(self, where: Conversation, message: Message, *, changed: bool = False) -> None:
        """Let the app hear of its own message, or of the change of one."""
        if not self.echoes or not self.app_url:
            return
        body = shown(self.world, where, message)
        if changed:
            stamp = self.world.stamp()
            body = {"type": "message", "subtype": "message_changed", "hidden": True, "message": body, "ts": stamp}
        self.later(self.tell(self.world.teams[where.team_id], {**body, "channel": where.id, "channel_type": "im"}))

    def later(self, what: Coroutine[Any, Any, Any]) -> None:
        """Run something in the stand-in's loop without waiting for it."""
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def uninstall(self, team: Team) -> None:
        """Take the app out of a workspace, as an admin does in Slack."""
        for token in self.world.tokens.values():
            if token.team_id == team.id and token.kind == "bot":
                token.error = "account_inactive"
        await self.tell(team, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot_user_id]}})
        await self.tell(team, {"type": "app_uninstalled"})

    async def joins(self, user: User) -> Delivered:
        """Tell the app that somebody joined."""
        return await self.tell(
            self.world.teams[user.team_id],
            {"type": "team_join", "user": people.described(self.world, user, locale=True)},
        )

    async def changes(self, user: User) -> Delivered:
        """Tell the app that somebody's profile changed, as happens with every status."""
        return await self.tell(
            self.world.teams[user.team_id],
            {"type": "user_change", "user": people.described(self.world, user, locale=True)},
        )

    async def _start(self, port: int) -> web.AppRunner:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", Desk(self).answer)
        app.router.add_post("/response/{secret}", partial(ways.answer, slack=self))
        app.router.add_get("/link/", partial(socket.link, slack=self))
        app.router.add_get("/files/{id}/{name}", partial(downloads.download, slack=self))
        app.router.add_get("/login", downloads.login)
        control.add(app, self)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _stop(self, runner: web.AppRunner) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.courier.close()
        await runner.cleanup()
