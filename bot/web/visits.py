"""From signing in to signing out: each visit's beginning and end on record, and the list of one's own."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from bot.web import doors
from bot.web.frame import SignedIn
from bot.web.parts import PARTS, frame_of, page, signed_in
from bot.web.posted import posted
from bot.web.session import Cookies, Viewer, end_sessions, hashed, open_session, session_of, sessions_of
from config.programme import programme
from evidence.record import Subject
from models.desk import WebSession
from models.gesture import Auth
from models.person import Person
from workflows.context import Context, zone_of

UNPROVEN = "demo"  # who only picked whom to be has proved nothing, so nothing is put on record


def arrive(ctx: Context, device: str, before: str | None) -> str:
    """Sign the actor in and return the new session's secret; the session this browser had `before` ends."""
    if before is not None:
        leave(ctx, WebSession.secret_sha256 == hashed(before), "replaced")
    secret = open_session(ctx.session, ctx.person, device, ctx.auth.assurance, ctx.now)
    opened = session_of(ctx.session, secret, ctx.now)
    if opened is not None and ctx.auth.assurance != UNPROVEN:
        ctx.record("session.opened", Subject("session", f"S-{opened.id}"), outcome="signed in")
    return secret


def leave(ctx: Context, which: ColumnElement[bool], outcome: str) -> int:
    """End sessions that are still open and return how many there were."""
    ended = end_sessions(ctx.session, which, ctx.now)
    for one in ended:
        if one.assurance != UNPROVEN:
            ctx.record("session.ended", Subject("session", f"S-{one.id}"), outcome=outcome)
    return len(ended)


def welcome(cookies: Cookies, secret: str, to: str) -> web.Response:
    """Return the redirect that signs a browser in."""
    response = web.Response(status=303, headers={"Location": to})
    days = programme().sign_in.session_days
    response.set_cookie(
        cookies.name, cookies.sign(secret), httponly=True, samesite="Lax", secure=cookies.secure, max_age=days * 86_400
    )
    return response


async def sessions(request: web.Request) -> web.StreamResponse:
    """GET /sessions: where I am signed in."""
    who = await signed_in(request)
    parts = request.app[PARTS]

    def work(session: Session) -> list[SignedIn]:
        zone = zone_of(session.get(Person, who.person_id))
        return [
            SignedIn(str(row.id), row.device, row.seen_at.astimezone(zone), row.id == who.session_id)
            for row in sessions_of(session, who.person_id, parts.clock())
        ]

    return page(doors.sessions(await frame_of(request, who), await parts.database.read(work)))


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sessions: end one of my sessions, or with the ref "others" all but this; without a ref, this one."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    ref = str((await posted(request)).get("ref", who.session_id))

    def work(session: Session) -> None:
        auth = Auth("web", scheme="session", assurance=who.assurance)
        ctx = Context(session, parts.settings, parts.clock(), session.get_one(Person, who.person_id), auth)
        leave(ctx, _chosen(who, ref), "signed out")

    await parts.database.write(work)
    if ref != str(who.session_id):
        raise web.HTTPSeeOther("/sessions")
    response = web.Response(status=303, headers={"Location": "/sign-in"})
    response.del_cookie(parts.cookies.name, secure=parts.cookies.secure, httponly=True, samesite="Lax")
    return response


def _chosen(who: Viewer, ref: str) -> ColumnElement[bool]:
    """Return the condition on the sessions that are meant, among the viewer's own only."""
    own = WebSession.person_id == who.person_id
    if ref == "others":
        return own & (WebSession.id != who.session_id)
    return own & (WebSession.id == (int(ref) if ref.isdecimal() and len(ref) < 18 else 0))


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [
        web.get("/sessions", sessions),
        web.post("/sessions", sign_out),
        web.post("/sign-out", sign_out),
    ]
