"""The stand-in itself: the Bot Connector, the login service and the signing keys, served on loopback in a thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.support.calls import Call, Log
from tests.support.slack.faults import Faults
from tests.support.stand_in import StandIn, utc_now
from tests.support.teams.connector import Connector
from tests.support.teams.deliver import Courier
from tests.support.teams.issuer import Issuer
from tests.support.teams.limits import Limits
from tests.support.teams.world import World

REGION = "emea"


class Teams(StandIn):
    """One Teams: who is in it, what was asked of it, how it treats the bot at `bot_url`.

    `patience` is how many seconds the bot has to answer. The Agents Playground `asks_for_tokens` from no bot.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now, limits: Limits | None = None) -> None:
        super().__init__()
        self.world = World(clock)
        self.issuer = Issuer()
        self.log = Log[Call]()
        self.faults = Faults()
        self.limits = limits or Limits()
        self.courier = Courier(self)
        self.bot_url = ""
        self.patience = 15.0
        self.asks_for_tokens = True
        self.revoked: set[str] = set()  # tokens that count no longer

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

    def pages(self) -> web.Application:
        """See StandIn.pages."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.add_routes(Connector(self).routes(REGION))
        app.add_routes([web.get("/files/{id}", self._download)])
        app.add_routes(self.issuer.routes())
        return app

    async def _start(self, port: int) -> web.AppRunner:
        runner = await super()._start(port)
        self.issuer.address = self.address
        return runner

    async def _stop(self, runner: web.AppRunner) -> None:
        await self.courier.close()
        await super()._stop(runner)

    async def _download(self, request: web.Request) -> web.Response:
        """GET /files/{id}: the address itself is what lets one in, so no token may be sent along."""
        found = self.world.files.get(request.match_info["id"])
        if "Authorization" in request.headers:
            self.log.violations.append("files: a token was sent to where it does not belong")
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type="application/octet-stream")
