"""The Bot Connector: what a bot may ask of a region of Teams, refused as Teams refuses it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.calls import Call
from tests.support.slack.faults import Fault
from tests.support.teams.rules.activities import too_big, wrong_activity
from tests.support.teams.world import BOT, Conversation, Said

if TYPE_CHECKING:
    from tests.support.teams.server import Teams

Work = Callable[[web.Request, Call], Awaitable[web.Response]]
CODES = {412: "PreconditionFailed", 429: "TooManyRequests", 502: "BadGateway", 503: "ServiceUnavailable"}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, **headers: str) -> None:
        super().__init__(f"{status} {code}")
        self.response = web.json_response(
            {"error": {"code": code, "message": "What is wrong, with words of the message in it."}},
            status=status,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        self.status, self.code = status, code


class Connector:
    """Answers calls below a region's address."""

    def __init__(self, teams: Teams) -> None:
        self._teams = teams
        self._world = teams.world

    def routes(self, region: str) -> list[web.RouteDef]:
        """Return the routes of a region."""
        where = f"/{region}/v3/conversations"
        return [
            web.post(where, self._called("create", self._create)),
            web.post(where + "/{id}/activities", self._called("send", self._send)),
            web.post(where + "/{id}/activities/{activity}", self._called("send", self._send)),
            web.put(where + "/{id}/activities/{activity}", self._called("update", self._update)),
            web.get(where + "/{id}/members/{member}", self._called("member", self._member)),
            web.get(where + "/{id}/pagedmembers", self._called("members", self._members)),
        ]

    def _called(self, name: str, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            call = Call(name, time.monotonic(), request.match_info.get("id", ""))
            self._teams.log.calls.append(call)
            fault = self._teams.faults.pick(name)
            call.fault = fault.kind if fault else ""
            try:
                self._known(request)
                response = await self._meets(fault, request, call, work)
            except Refusal as refused:
                call.error, response = refused.code, refused.response
            call.ended = time.monotonic()
            if response is None:
                call.error = "dropped"
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            call.status = response.status
            self._teams.happened()
            return response

        return answer

    def _known(self, request: web.Request) -> None:
        """Refuse who has no token of the login service that still counts."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not self._teams.asks_for_tokens and not scheme:
            return
        if scheme != "Bearer" or not self._teams.counts(token):
            raise Refusal(401, "Unauthorized")

    async def _meets(self, fault: Fault | None, request: web.Request, call: Call, work: Work) -> web.Response | None:
        """Return the answer, after whatever goes wrong; None where the connection breaks."""
        match fault.kind if fault else "":
            case "drop before":
                return None
            case "drop after":
                await self._done(request, call, work)
                return None
            case "slow before":
                await asyncio.sleep(fault.seconds if fault else 0)
            case "slow after":
                response = await self._done(request, call, work)
                await asyncio.sleep(fault.seconds if fault else 0)
                return response
            case "rate":
                raise Refusal(429, CODES[429], Retry_After=str(int(fault.seconds if fault else 1)))
            case "status":
                status = fault.status if fault else 503
                raise Refusal(status, fault.error if fault and status == 403 else CODES.get(status, "ServiceError"))
            case "page":
                return web.Response(text="<!DOCTYPE html><title>Sorry</title>", content_type="text/html")
        return await self._done(request, call, work)

    async def _done(self, request: web.Request, call: Call, work: Work) -> web.Response:
        response = await work(request, call)
        call.taken = True
        return response

    async def _create(self, request: web.Request, call: Call) -> web.Response:
        asked = await self._json(request)
        members = asked.get("members")
        if not isinstance(members, list) or len(members) != 1 or asked.get("isGroup"):
            raise Refusal(400, "BadSyntax")
        if not isinstance(asked.get("bot"), dict) or asked["bot"].get("id") != BOT:
            raise Refusal(403, "BotNotInConversationRoster")
        user = self._world.users.get(str(members[0].get("id")))
        tenant = asked.get("tenantId") or asked.get("channelData", {}).get("tenant", {}).get("id")
        if user is None or tenant != user.tenant:
            raise Refusal(400, "BadArgument")
        where = self._world.personal(user)
        self._writable(where)
        call.conversation_id = where.id
        return web.json_response({"id": where.id}, status=201)

    async def _send(self, request: web.Request, call: Call) -> web.Response:
        where, activity = self._where(request), await self._json(request)
        self._paced(where)
        self._writable(where)
        self._checked("send", activity)
        said = Said(self._world.stamp(), BOT, dict(activity))
        if activity.get("type") == "message":
            where.messages.append(said)
        return web.json_response({"id": said.id}, status=201)

    async def _update(self, request: web.Request, call: Call) -> web.Response:
        where, activity = self._where(request), await self._json(request)
        self._paced(where)
        self._writable(where)
        said = where.said(request.match_info["activity"])
        if said is None:
            raise Refusal(404, "ActivityNotFoundInConversation")
        if said.by != BOT:
            raise Refusal(403, "Forbidden")
        self._checked("update", activity)
        said.body, said.edits = dict(activity), said.edits + 1
        return web.json_response({"id": said.id})

    async def _member(self, request: web.Request, call: Call) -> web.Response:
        where = self._where(request)
        user = self._world.users.get(request.match_info["member"])
        if user is None or user.id not in where.members:
            raise Refusal(404, "MemberNotFoundInConversation")
        return web.json_response(_described(user))

    async def _members(self, request: web.Request, call: Call) -> web.Response:
        where = self._where(request)
        return web.json_response({"members": [_described(self._world.users[one]) for one in where.members]})

    def _where(self, request: web.Request) -> Conversation:
        found = self._world.conversations.get(request.match_info["id"])
        if found is None:
            raise Refusal(404, "ConversationNotFound")
        if not found.installed:
            raise Refusal(403, "BotNotInConversationRoster")
        return found

    def _writable(self, where: Conversation) -> None:
        if not where.installed:
            raise Refusal(403, "BotNotInConversationRoster")
        if where.blocked:
            raise Refusal(403, "MessageWritesBlocked")

    def _paced(self, where: Conversation) -> None:
        if wait := self._teams.limits.refusal(where.id, where.tenant):
            raise Refusal(429, CODES[429], Retry_After=str(wait))

    def _checked(self, name: str, activity: Mapping[str, Any]) -> None:
        if too_big(activity):
            raise Refusal(413, "MessageSizeTooBig")
        if found := wrong_activity(activity):
            self._teams.log.violations += [f"{name}: {one}" for one in found]
            raise Refusal(400, "BadSyntax")

    async def _json(self, request: web.Request) -> dict[str, Any]:
        try:
            found = json.loads(await request.read())
        except ValueError as broken:
            raise Refusal(400, "BadSyntax") from broken
        if not isinstance(found, dict):
            raise Refusal(400, "BadSyntax")
        return found


def _described(user: Any) -> dict[str, str]:
    """Return a member as Teams describes one."""
    first, _, last = user.name.partition(" ")
    return {
        "id": user.id,
        "name": user.name,
        "givenName": first,
        "surname": last,
        "objectId": user.account,
        "aadObjectId": user.account,
        "email": user.email,
        "userPrincipalName": user.upn,
        "tenantId": user.tenant,
        "userRole": "user",
    }
