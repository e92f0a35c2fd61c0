"""POST /slack/events: the one door for everything that Slack sends over HTTP. Verified first, parsed after.

Whatever is not Slack's, not whole or not what Slack documents is answered with 401 and leaves nothing, not even a line
that quotes it. Everything else is answered with 200, but for an event of which the database took nothing: with 503, by
which Slack knows to send it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import web
from yarl import query_to_pairs

from bot.body import BROKEN, whole
from bot.compact import read
from bot.payload import Malformed, text
from bot.slack.listening import AGAIN, Listening, NotTaken
from bot.slack.payload import Origin
from bot.slack.verify import Unverified, verify

log = structlog.get_logger()
PATH = "/slack/events"
LIMIT = 1024 * 1024  # bytes; a view has at most 250,000, and comes back inside a form's encoding
SECONDS = 3  # Slack waits no longer
FIELDS = 100  # of a form; a command has about fifteen
JSON = "application/json"
AS_JSON = {"Content-Type": JSON}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Edge:
    """What the door needs."""

    secret: str
    listening: Listening
    clock: Callable[[], datetime]


EDGE = web.AppKey("slack", Edge)


async def events(request: web.Request) -> web.Response:
    """Answer one request of Slack's."""
    edge = request.app[EDGE]
    try:
        body = await whole(request, LIMIT, SECONDS)
        headers = request.headers
        signature = headers.get("X-Slack-Signature", "")
        signed = verify(edge.secret, headers.get("X-Slack-Request-Timestamp", ""), signature, body, edge.clock())
        payload = parse(request.content_type, body)
        if payload.get("type") == "url_verification":
            return web.Response(text=_challenge(payload))
        origin = Origin("slack-v0", hashlib.sha256(body).hexdigest(), datetime.fromtimestamp(signed, UTC), signature)
        answer = await edge.listening.handle(payload, origin)
    except (Unverified, Malformed, *BROKEN):
        return web.Response(status=401)
    except NotTaken:
        return web.Response(status=AGAIN)
    return web.Response(body=answer.encode(), headers=AS_JSON) if answer else web.Response()


def parse(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the payload of a verified body: an event's JSON, a form's `payload`, or a form that is a command.

    Raises Malformed.
    """
    try:
        if content_type == JSON:
            found = read(body)
        elif content_type != FORM:
            raise Malformed
        else:
            form = dict(query_to_pairs(body.decode(), max_fields=FIELDS))
            found = read(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError) as broken:
        raise Malformed from broken
    if not isinstance(found, dict):
        raise Malformed
    return found


def _challenge(payload: dict[str, Any]) -> str:
    """Return what Slack wants to read back when the address is entered in the app's settings."""
    return text(payload, "challenge")


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [web.post(PATH, events)]
