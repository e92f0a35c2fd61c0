"""Answers calls of the Web API: faults, token, scope, arguments and pace first, and only then the method."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.slack.faults import Fault
from tests.support.slack.log import Call
from tests.support.slack.methods import METHODS, Asked, Method, Wrong
from tests.support.slack.world import Token

if TYPE_CHECKING:
    from tests.support.slack.server import Slack


class Desk:
    """Answers /api/{method}."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, and write it down."""
        call = Call(request.match_info["method"], time.monotonic())
        self._slack.log.calls.append(call)
        try:
            return await self._answer(request, call)
        finally:
            call.ended = time.monotonic()

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        delay = self._slack.faults.delay()
        if delay:
            await asyncio.sleep(delay)
        given = await _arguments(request, METHODS.get(call.method))
        fault = self._slack.faults.pick(call.method)
        early = await self._before(request, call, fault)
        if early is not None:
            return early
        body, headers, status = self._take(request, call, given)
        if fault and fault.kind == "slow after":
            call.fault = fault.kind
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "drop after":
            return _hang_up(request, call, fault)
        call.status = status
        return web.json_response(body, status=status, headers=headers)

    async def _before(self, request: web.Request, call: Call, fault: Fault | None) -> web.StreamResponse | None:
        """Return the answer of a call that goes wrong before it has an effect."""
        if fault is None or fault.kind in ("slow after", "drop after"):
            return None
        call.fault = fault.kind
        match fault.kind:
            case "slow before":
                await asyncio.sleep(fault.seconds)
                return None
            case "drop before":
                return _hang_up(request, call, fault)
            case "status":
                call.status, call.error = fault.status, "status"
                return web.Response(status=fault.status, text="upstream is in trouble")
            case "page":
                call.status, call.error = 200, "page"
                return web.Response(text="<html>Slack is down for maintenance</html>", content_type="text/html")
            case "garbled":
                call.status, call.error = 200, "garbled"
                return web.Response(body=b'{"ok": "\xff"}', content_type="application/json")
            case "rate":
                call.status, call.error, call.bucket = 429, "ratelimited", "workspace"
                call.retry_after = int(fault.seconds)
                call.team_id = next(iter(self._slack.world.teams), "")
                return _refused(call.retry_after)
        call.status, call.error = 200, fault.error
        return web.json_response({"ok": False, "error": fault.error})

    def _take(
        self, request: web.Request, call: Call, given: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], int]:
        """Return (body, headers, status), after the method had its effect."""
        headers: dict[str, str] = {}
        try:
            asked, called = self._admit(request, call, given)
            headers = {"x-oauth-scopes": ",".join(asked.token.scopes), "x-accepted-oauth-scopes": called.scope}
            call.bucket, call.retry_after = self._slack.limits.refusal(
                call.method, called.tier, call.team_id, call.conversation_id
            )
            if call.bucket:
                call.error = "ratelimited"
                return {"ok": False, "error": "ratelimited"}, {"Retry-After": str(call.retry_after)}, 429
            body = {"ok": True, **called.run(asked)}
            call.taken = True
        except Wrong as wrong:
            call.error = wrong.error
            self._slack.log.violations += [f"{call.method}: {wrong.error}: {one}" for one in wrong.messages]
            body = {"ok": False, "error": wrong.error, **wrong.more}
            if wrong.messages:
                body["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in wrong.messages]}
        return body, headers, 200

    def _admit(self, request: web.Request, call: Call, given: dict[str, Any]) -> tuple[Asked, Method]:
        """Return what is asked, once token, scope and arguments are in order. Raises Wrong."""
        called = METHODS.get(call.method)
        if called is None:
            raise Wrong("unknown_method", [f"there is no method {call.method}"])
        token = self._token(request, given, called)
        call.team_id = token.team_id
        if called.scope and called.scope not in token.scopes:
            raise Wrong("missing_scope", needed=called.scope, provided=",".join(token.scopes))
        asked = Asked(self._slack, token, called.read(given))
        call.conversation_id = self._conversation(asked)
        return asked, called

    def _token(self, request: web.Request, given: dict[str, Any], called: Method) -> Token:
        if not called.token:
            return Token("", "")
        value = request.headers.get("Authorization", "").removeprefix("Bearer").strip() or str(given.pop("token", ""))
        if not value:
            raise Wrong("not_authed")
        token = self._slack.world.tokens.get(value)
        if token is None:
            raise Wrong("invalid_auth")
        if token.error:
            raise Wrong(token.error)
        if token.expires is not None and time.monotonic() > token.expires:
            raise Wrong("token_expired")
        if token.kind != called.token:
            raise Wrong("not_allowed_token_type")
        return token

    def _conversation(self, asked: Asked) -> str:
        """Return the conversation that a call is about, for its limit."""
        name: str = asked.args.get("channel", "")
        user = asked.world.users.get(name)
        return asked.world.direct(user).id if user is not None and not user.is_bot else name


async def _arguments(request: web.Request, called: Method | None) -> dict[str, Any]:
    """Return the arguments of a call, from its address and its body."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        found = json.loads(body) if body else {}
        return {**given, **found} if called and called.json else given
    return {**given, **dict(await request.post())}


def _refused(seconds: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def _hang_up(request: web.Request, call: Call, fault: Fault) -> web.Response:
    call.error, call.fault = "dropped", fault.kind
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
