"""The stand-in itself: served on loopback, in a thread and a loop of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from tests.support.slack import control, downloads, oauth, payloads, people, socket, views, ways
from tests.support.slack.api import Desk
from tests.support.slack.chat import shown
from tests.support.slack.deliver import Courier, Delivered
from tests.support.slack.faults import Faults
from tests.support.slack.limits import Limits
from tests.support.slack.log import Log
from tests.support.slack.world import Conversation, Message, Team, User, World
from tests.support.stand_in import StandIn, utc_now

METHODS_IN = (oauth, people, socket, views)  # importing them declares their methods
RETRIES = (0.0, 60.0, 300.0)  # seconds after which an event comes again


class Slack(StandIn):
    """One Slack: what is in it, what was asked of it, how it treats the app at `app_url`.

    `patience` is how many seconds the app has to answer; `echoes` tells whether the app hears of its own messages, as
    every app does that listens to direct messages.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now, limits: Limits | None = None) -> None:
        super().__init__()
        self.world = World(clock)
        self.log = Log()
        self.faults = Faults()
        self.limits = limits or Limits()
        self.oauth = oauth.Desk()
        self.courier = Courier(self)
        self.app_url = ""
        self.signing_secret = "a signing secret of the stand-in"
        self.patience = 3.0
        self.retries = RETRIES
        self.echoes = True
        self.tickets: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._versions: Counter[str] = Counter()

    @property
    def api_url(self) -> str:
        """The address for COUNTERSIGN_SLACK_API_URL."""
        return f"{self.address}/api/"

    def changed(self, user_id: str) -> None:
        """Note that somebody sees something new."""
        self._versions[user_id] += 1
        self.happened()

    def version(self, user_id: str) -> int:
        """Return how often what somebody sees has changed."""
        return self._versions[user_id]

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

    def pages(self) -> web.Application:
        """See StandIn.pages."""
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", Desk(self).answer)
        app.router.add_post("/response/{secret}", partial(ways.answer, slack=self))
        app.router.add_get("/link/", partial(socket.link, slack=self))
        app.router.add_get("/files/{id}/{name}", partial(downloads.download, slack=self))
        app.router.add_get("/login", downloads.login)
        control.add(app, self)
        return app

    async def _stop(self, runner: web.AppRunner) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.courier.close()
        await super()._stop(runner)
