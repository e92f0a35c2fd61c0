"""Files kept byte for byte, for whoever may have them: always as a download, never drawn in the page."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web
from sqlalchemy.orm import Session

from bot.web.parts import PARTS, signed_in
from models.person import Person
from workflows.context import Context
from workflows.policy.originals import find
from workflows.workflow import Refusal


async def original(request: web.Request) -> web.StreamResponse:
    """GET /original/{sha256}: the file, as it came in."""
    who = await signed_in(request)
    parts = request.app[PARTS]

    def work(session: Session) -> tuple[str, str, bytes]:
        person = session.get_one(Person, who.person_id)
        found = find(Context(session, parts.settings, parts.clock(), person), request.match_info["sha256"])
        return found.name, found.media_type, found.body

    try:
        name, media_type, body = await parts.database.read(work)
    except Refusal as refusal:
        raise web.HTTPNotFound from refusal
    # The name is a stranger's: percent-encoded whole (RFC 8187), it can end no header and open no path.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return web.Response(body=body, headers=headers | {"Content-Type": media_type, "X-Content-Type-Options": "nosniff"})


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [web.get("/original/{sha256:[0-9a-f]{64}}", original)]
