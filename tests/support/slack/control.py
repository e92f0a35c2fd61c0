"""/_control/...: how another process sets the stage and reads what happened, where the stand-in runs as a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.slack.faults import Fault
from tests.support.slack.limits import Limits

if TYPE_CHECKING:
    from tests.support.slack.server import Slack


class Control:
    """The way into a running stand-in."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def found(self, request: web.Request) -> web.Response:
        """POST /_control/team {"name", "users": [{"name", "email", ...}]}: the ids and tokens of a new team."""
        body = await request.json()
        world = self._slack.world
        team = world.team(body["name"])
        users = [world.user(team, **one).id for one in body.get("users", [])]
        found = {"team": team.id, "users": users, "token": world.token(team).value}
        return web.json_response({**found, "app_token": world.token(team, kind="app").value})

    async def app(self, request: web.Request) -> web.Response:
        """POST /_control/app {"url", "signing_secret"}: say where the app listens."""
        body = await request.json()
        self._slack.app_url = body["url"]
        self._slack.signing_secret = body.get("signing_secret", self._slack.signing_secret)
        return web.json_response({})

    async def faults(self, request: web.Request) -> web.Response:
        """POST /_control/faults [{"kind", "method", ...}]: let these things go wrong, instead of those before."""
        self._slack.faults.waiting = [Fault(**one) for one in await request.json()]
        return web.json_response({})

    async def pace(self, request: web.Request) -> web.Response:
        """POST /_control/pace {"lag": [least, most], "limits": {...}}: say how slow the stand-in is."""
        body = await request.json()
        if "lag" in body:
            self._slack.faults.lag = (float(body["lag"][0]), float(body["lag"][1]))
        if "limits" in body:
            self._slack.limits = Limits(**body["limits"])
        return web.json_response({})

    async def log(self, request: web.Request) -> web.Response:
        """GET /_control/log: every call, every violation, every call that was begun too early after a 429."""
        log = self._slack.log
        early = [asdict(call) for _, call in log.too_early()]
        return web.json_response({"calls": log.as_json(), "violations": log.violations, "too_early": early})

    async def count(self, request: web.Request) -> web.Response:
        """GET /_control/count: how many messages were taken so far, which is cheap to ask again and again."""
        taken = sum(call.taken for call in self._slack.log.of("chat.postMessage"))
        return web.json_response({"taken": taken})

    async def messages(self, request: web.Request) -> web.Response:
        """GET /_control/messages: what everybody has in their direct messages."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self._slack.world.conversations.values():
            if one.user_id:
                found[one.user_id] = [asdict(message) for message in one.messages]
        return web.json_response(found)


def add(app: web.Application, slack: Slack) -> None:
    """Add the control addresses to the stand-in."""
    control = Control(slack)
    app.router.add_post("/_control/team", control.found)
    app.router.add_post("/_control/app", control.app)
    app.router.add_post("/_control/faults", control.faults)
    app.router.add_post("/_control/pace", control.pace)
    app.router.add_get("/_control/log", control.log)
    app.router.add_get("/_control/count", control.count)
    app.router.add_get("/_control/messages", control.messages)
