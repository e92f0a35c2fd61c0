"""The signed-in pages: every act has an address, every form a door; a typed line goes the same way."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.orm import Session

from bot.database import NotSaved
from bot.inbound import NOT_SAVED
from bot.web.frame import fresh_key
from bot.web.parts import PARTS, Parts, show, signed_in
from bot.web.posted import answers, posted, typed
from bot.web.session import OUTCOME_SECONDS, Viewer
from models import message as m
from models.gesture import Auth, Gesture, GestureKind, Reply
from models.message import clean
from models.person import Person
from workflows.context import Context
from workflows.export import as_csv
from workflows.workflow import REGISTRY

OUTCOME = "outcome"
COOKIE_ROOM = 3500  # characters; browsers keep 4,096 bytes with the name and the rest (RFC 6265, 6.1)
ADDRESS_ROOM = 500  # characters of a typed line that may stand in an address


def gesture(request: web.Request, who: Viewer, kind: GestureKind, at: datetime, **parts: Any) -> Gesture:
    """Return the gesture that a verified request makes."""
    fingerprint = hashlib.sha256(f"{request.method} {request.path_qs}".encode()).hexdigest()
    auth = Auth("web", scheme="session", request_sha256=fingerprint, assurance=who.assurance)
    return Gesture(kind=kind, actor_id=who.person_id, at=at, auth=auth, **parts)


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: what I owe."""
    await signed_in(request)
    raise web.HTTPSeeOther("/go/todo")


async def go(request: web.Request) -> web.StreamResponse:
    """GET /go/{act}[/{target}]: look at something, or at what would be done. Nothing is changed by a GET."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    asked = gesture(request, who, "button", parts.clock(), act=typed(request, "act"), target=typed(request, "target"))
    return await show(request, who, await parts.inbound.look(asked))


async def do(request: web.Request) -> web.StreamResponse:
    """POST /do/{act}[/{target}]: press a button or send a form."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    values, own = answers(await posted(request))
    meant = gesture(
        request,
        who,
        "form" if "shown" in own else "button",
        parts.clock(),
        act=typed(request, "act"),
        target=typed(request, "target"),
        values=values,
        key=own.get("key", ""),
        shown=own.get("shown", ""),
    )
    return await _outcome(request, who, await _saved(parts, meant))


async def say(request: web.Request) -> web.StreamResponse:
    """POST /say: a typed line, read by the one parser. What only looks gets an address, so that one can come back."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    values, own = answers(await posted(request))
    words = str(values.get("words", "")).strip() or "todo"
    meant = gesture(request, who, "command", parts.clock(), words=words, key=own.get("key", ""))
    if len(words) <= ADDRESS_ROOM and await parts.inbound.only_looks(meant):
        raise web.HTTPSeeOther("/say?" + urlencode({"words": words}))
    return await _outcome(request, who, await _saved(parts, meant), words)


async def said(request: web.Request) -> web.StreamResponse:
    """GET /say?words=...: what a typed line shows. A line that would do something is shown with its button."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    words = clean(request.query.get("words", "")).strip() or "todo"
    meant = gesture(request, who, "command", parts.clock(), words=words)
    return await _answer(request, who, await parts.inbound.look(meant), words)


async def done(request: web.Request) -> web.StreamResponse:
    """GET /done/{token}: what was just done. Loading it again does nothing again."""
    who = await signed_in(request)
    said = request.app[PARTS].cookies.kept(who.session_id, request.cookies.get(OUTCOME, ""))
    if said is None:
        raise web.HTTPSeeOther("/go/todo")
    return await show(request, who, Reply(m.decode(said)), onward=True)


async def _saved(parts: Parts, meant: Gesture) -> Reply:
    """Return the reply to a gesture. Raises NotSaved where nothing was kept, so that what was typed is shown again."""
    reply = await parts.inbound.receive(meant)
    if reply is NOT_SAVED:
        raise NotSaved("not saved, try again")
    return reply


async def _outcome(request: web.Request, who: Viewer, reply: Reply, words: str = "") -> web.StreamResponse:
    """Send the browser on to a page that says what was done, so that loading it again sends nothing again.

    What was said travels in a cookie of that page alone; what is too long for one is shown at once, and the key that
    every form carries keeps a second copy from counting.
    """
    cookies = request.app[PARTS].cookies
    if not reply.committed or reply.errors:
        return await _answer(request, who, reply, words)
    kept = cookies.keep(who.session_id, m.encode(reply.said))
    if len(kept) > COOKIE_ROOM:
        return await show(request, who, reply, onward=True)
    path = f"/done/{fresh_key()}"
    response = web.Response(status=303, headers={"Location": path})
    response.set_cookie(
        OUTCOME, kept, path=path, max_age=OUTCOME_SECONDS, httponly=True, samesite="Lax", secure=cookies.secure
    )
    return response


async def _answer(request: web.Request, who: Viewer, reply: Reply, words: str) -> web.StreamResponse:
    """Return the page that answers a typed line; one that was not understood stays in the box."""
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


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [
        web.get("/", home),
        web.get("/go/{act}", go),
        web.get("/go/{act}/{target}", go),
        web.post("/do/{act}", do),
        web.post("/do/{act}/{target}", do),
        web.get("/say", said),
        web.post("/say", say),
        web.get("/done/{token}", done),
        web.get("/export/{workflow}.csv", export),
    ]
