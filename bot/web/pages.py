"""The signed-in pages: every act has an address, every form a door; a typed line goes the same way."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField
from sqlalchemy.orm import Session

from bot.web.parts import PARTS, opens, show, signed_in
from bot.web.session import Viewer
from models import message as m
from models.person import Person
from workflows.context import Context
from workflows.export import as_csv
from workflows.workflow import REGISTRY

RESERVED = ("csrf", "key", "shown")


def gesture(request: web.Request, who: Viewer, kind: m.GestureKind, at: datetime, **parts: Any) -> m.Gesture:
    """Return the gesture that a verified request makes."""
    fingerprint = hashlib.sha256(f"{request.method} {request.path_qs}".encode()).hexdigest()
    auth = m.Auth("web", scheme="session", request_sha256=fingerprint, assurance=who.assurance)
    return m.Gesture(kind=kind, actor_id=who.person_id, at=at, auth=auth, **parts)


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: what I owe."""
    await signed_in(request)
    raise web.HTTPSeeOther("/go/todo")


async def go(request: web.Request) -> web.StreamResponse:
    """GET /go/{act}[/{target}]: look at something, or open its form. Nothing is changed by a GET."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    asked = gesture(
        request,
        who,
        "button",
        parts.clock(),
        act=request.match_info["act"],
        target=request.match_info.get("target", ""),
    )
    if not opens(asked.act):
        raise web.HTTPNotFound
    return await show(request, who, await parts.inbound.receive(asked))


async def do(request: web.Request) -> web.StreamResponse:
    """POST /do/{act}[/{target}]: press a button or send a form."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    values, own = await _posted(request)
    kind: m.GestureKind = "form" if "shown" in own else "button"
    reply = await parts.inbound.receive(
        gesture(
            request,
            who,
            kind,
            parts.clock(),
            act=request.match_info["act"],
            target=request.match_info.get("target", ""),
            values=values,
            key=own.get("key", ""),
            shown=own.get("shown", ""),
        )
    )
    return await show(request, who, reply)


async def say(request: web.Request) -> web.StreamResponse:
    """POST /say: a typed line, read by the one parser."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    values, own = await _posted(request)
    words = str(values.get("words", ""))
    typed = gesture(request, who, "command", parts.clock(), words=words or "todo", key=own.get("key", ""))
    reply = await parts.inbound.receive(typed)
    return await show(request, who, reply, asked=words, words=words if reply.status == "missing" else "")


async def export(request: web.Request) -> web.StreamResponse:
    """GET /export/{workflow}.csv: everything asked under one promise, as far as the viewer may see it."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    flow = next((one for one in REGISTRY.all() if one.name == request.match_info["workflow"] and one.makes_card), None)
    if flow is None:
        raise web.HTTPNotFound

    def work(session: Session) -> str:
        person = session.get_one(Person, who.person_id)
        return as_csv(Context(session, parts.settings, parts.clock(), person), flow)

    name = f"{'demo-' if parts.settings.demo else ''}{flow.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = await parts.database.read(work)
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


async def _posted(request: web.Request) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (answers, our own fields) of a posted form; a name that comes several times becomes a list."""
    data = await request.post()
    own = {name: str(data[name]) for name in RESERVED if name in data}
    values: dict[str, Any] = {}
    for name in set(data) - set(RESERVED):
        given = [_value(one) for one in data.getall(name)]
        values[name] = given[0] if len(given) == 1 else given
    return values, own


def _value(one: Any) -> Any:
    """Return a posted value: text as text, a file as an Upload (None where none was chosen)."""
    if not isinstance(one, FileField):
        return str(one)
    body = one.file.read()
    return m.Upload(one.filename, one.content_type, body) if one.filename or body else None


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [
        web.get("/", home),
        web.get("/go/{act}", go),
        web.get("/go/{act}/{target}", go),
        web.post("/do/{act}", do),
        web.post("/do/{act}/{target}", do),
        web.post("/say", say),
        web.get("/export/{workflow}.csv", export),
    ]
