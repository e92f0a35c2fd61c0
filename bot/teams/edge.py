"""POST /api/messages: the one door for everything that Teams sends. Verified first, understood after.

Whatever is not the Bot Connector's, or not for us, is answered with 401 or 403 and leaves nothing. Everything else is
answered with 200: repeated errors of ours would stop delivery for a day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot.body import BROKEN, TooLong, whole
from bot.here import only_here
from bot.logs import place_of
from bot.payload import Malformed
from bot.teams.auth import Unverified, Verifier, vouched
from bot.teams.connector import Connector
from bot.teams.conversation import FINGERPRINT, Talk
from bot.teams.gestures import sender_of
from bot.teams.turns import Turns
from config.settings import Settings

log = structlog.get_logger()
PATH = "/api/messages"
LIMIT = 512 * 1024  # bytes; an activity has some ten thousand
SECONDS = 10  # for a body; Teams gives up after 15


@dataclass(frozen=True)
class Edge:
    """What the door needs; without a verifier it stands open to this machine alone."""

    settings: Settings
    verifier: Verifier | None
    connector: Connector
    turns: Turns
    talk: Talk


EDGE = web.AppKey("teams edge", Edge)


async def messages(request: web.Request) -> web.Response:
    """Answer one request of the Bot Connector's."""
    edge = request.app[EDGE]
    try:
        activity = await _verified(edge, request)
    except Unverified as refused:
        return web.Response(status=refused.status)
    except TooLong:
        return web.Response(status=403)
    except BROKEN:
        return web.Response()
    if activity is None:
        return web.Response()
    try:
        body = await edge.turns.take(activity)
    except Malformed:
        return web.Response()
    except Exception as error:  # noqa: BLE001 - never an error of ours: Teams would stop delivering
        log.error("activity failed", **place_of(error))  # noqa: TRY400 - its words may be somebody's
        return web.Response()
    return web.json_response(body) if body is not None else web.Response()


async def _verified(edge: Edge, request: web.Request) -> Mapping[str, Any] | None:
    """Return an activity that is for us; None for what is signed and no activity. Raises Unverified."""
    claims: Mapping[str, Any] | None = None
    if edge.verifier is not None:
        claims = await edge.verifier.claims(request.headers.get("Authorization", ""))
    elif not (edge.settings.teams_local and only_here(edge.settings, request)):
        raise Unverified(403)
    raw = await whole(request, LIMIT, SECONDS)
    FINGERPRINT.set(hashlib.sha256(raw).hexdigest())
    try:
        activity = json.loads(raw)
    except (ValueError, RecursionError):
        activity = None
    if not isinstance(activity, dict):
        if edge.verifier is None:
            return None
        raise Unverified(403)  # a token speaks for the activity it came with, and there is none
    if claims is not None:
        vouched(claims, activity)
    _ours(edge, activity)
    return activity


def _ours(edge: Edge, activity: Mapping[str, Any]) -> None:
    """Refuse other organisations, and services that could be anybody's. Raises Unverified."""
    try:
        tenant = sender_of(activity).tenant
    except Malformed as broken:
        raise Unverified(403) from broken
    allowed = {one.strip() for one in edge.settings.teams_tenant_id.split(",")}
    if edge.verifier is not None and tenant not in allowed - {""}:
        raise Unverified(403)
    if not edge.connector.trusts(activity.get("serviceUrl")):
        raise Unverified(403)


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [web.post(PATH, messages)]
