"""Coming in and going out: one-time links, the demo's choice of whom to be, the list of sessions."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web import doors
from bot.web.frame import SignedIn, Somebody
from bot.web.parts import PARTS, bare_frame, frame_of, signed_in, viewer
from bot.web.session import (
    COOKIE,
    LIFETIME,
    allowed,
    end_session,
    link_of,
    open_session,
    person_by_email,
    sessions_of,
    spend,
)
from config.settings import is_loopback
from models import message as m
from models.person import Person
from workflows.context import Context

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


def _inside(path: str) -> str:
    """Return a path of our own, or the front page for anything that leads elsewhere."""
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    return path if own else "/"


async def ask_email(request: web.Request) -> web.StreamResponse:
    """GET /sign-in."""
    if await viewer(request):
        raise web.HTTPSeeOther("/")
    if demo_allowed(request):
        raise web.HTTPSeeOther("/demo")
    return _page(doors.sign_in(bare_frame(request)))


async def send_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: send a one-time link, and say the same whether the address is known or not."""
    email = str((await request.post()).get("email", "")).strip()
    if "@" not in email:
        error = "That is not an e-mail address. Type the one your company uses for you."
        return _page(doors.sign_in(bare_frame(request), email=email, error=error), 422)
    await _request_link(request, email)
    return _page(doors.sign_in(bare_frame(request), email=email, sent=True))


async def _request_link(request: web.Request, email: str) -> None:
    """Write down the message with a link, unless this address or origin asked too often."""
    parts = request.app[PARTS]
    now = parts.clock()
    buckets = [
        hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
        for kind, value in (("to", email.lower()), ("from", request.remote))
    ]

    def work(session: Session) -> None:
        free = [allowed(session, bucket, now) for bucket in buckets]
        person = person_by_email(session, email)
        if not all(free) or person is None or not person.answers() or not person.employed(now.date()):
            return
        ctx = Context(session, parts.settings, now)
        message = m.Message(
            f"Sign in to {parts.settings.bot_name}",
            lines=("The button works once, for 10 minutes. If you did not ask for it, ignore this message.",),
            links=(m.Link("Sign in", "/"),),
        )
        ctx.say(person, message, kind="sign-in", dedupe=f"sign-in:{person.ref}:{int(now.timestamp())}")

    await parts.database.write(work)


async def show_link(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/{token}: only a button; mail scanners that follow links spend nothing."""
    parts = request.app[PARTS]
    token = request.match_info["token"]
    now = parts.clock()

    def work(session: Session) -> bool:
        link = link_of(session, token)
        return link is not None and link.spent_at is None and link.expires_at > now

    frame = bare_frame(request)
    if await parts.database.read(work):
        return _page(doors.one_time(frame, request.path_qs))
    return _page(doors.expired(frame, f"/sign-in/{token}/fresh"), 410)


async def spend_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{token}: spend the link and open a session."""
    parts = request.app[PARTS]
    token = request.match_info["token"]
    now = parts.clock()
    device = request.headers.get("User-Agent", "")

    def work(session: Session) -> str | None:
        person = spend(session, token, now)
        if person is None or not person.employed(now.date()):
            return None
        return open_session(session, person, device, parts.settings.assurance, now)

    secret = await parts.database.write(work)
    if secret is None:
        return _page(doors.expired(bare_frame(request), f"/sign-in/{token}/fresh"), 410)
    return _welcome(request, secret, _inside(request.query.get("to", "/")))


async def fresh_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{token}/fresh: send whoever the old link belonged to a new one."""
    parts = request.app[PARTS]

    def work(session: Session) -> str:
        link = link_of(session, request.match_info["token"])
        return (session.get_one(Person, link.person_id).email or "") if link else ""

    email = await parts.database.read(work)
    if email:
        await _request_link(request, email)
    return _page(doors.sign_in(bare_frame(request), sent=True))


def _welcome(request: web.Request, secret: str, to: str) -> web.Response:
    """Return the redirect that signs a browser in."""
    parts = request.app[PARTS]
    response = web.Response(status=303, headers={"Location": to})
    response.set_cookie(
        COOKIE,
        parts.cookies.sign(secret),
        httponly=True,
        samesite="Lax",
        secure=parts.settings.base_url.startswith("https://"),
        max_age=int(LIFETIME.total_seconds()),
    )
    return response


def demo_allowed(request: web.Request) -> bool:
    """Return whether one may pick whom to be: a demo, and nothing about the request leaves this machine."""
    settings = request.app[PARTS].settings
    host = urlsplit(f"//{request.host}").hostname or ""
    base = urlsplit(settings.base_url).hostname or ""
    near = is_loopback(settings.host) and is_loopback(host) and is_loopback(base) and is_loopback(request.remote or "")
    return settings.demo and near and not any(name in request.headers for name in FORWARDING)


async def demo(request: web.Request) -> web.StreamResponse:
    """GET /demo: pick whom to be."""
    if not demo_allowed(request):
        raise web.HTTPNotFound
    people = await request.app[PARTS].database.read(_everybody)
    featured = [one for one in people if one.hint]
    return _page(doors.whom(bare_frame(request), featured, [one for one in people if not one.hint]))


def _everybody(session: Session) -> list[Somebody]:
    """Return everybody one can be, the three to begin with first."""
    people = session.scalars(select(Person).where(Person.kind.in_(("employee", "contractor"))).order_by(Person.name))
    found = [Somebody(one.ref, one.name, one.title, one.department, HINTS.get(one.name, "")) for one in people]
    order = list(HINTS)
    return sorted(found, key=lambda one: order.index(one.name) if one.name in HINTS else len(order))


HINTS = {
    "Chidi Okafor": "An employee: read a policy and acknowledge it.",
    "Ana Duarte": "The compliance lead: type status, look at the dashboard, publish a policy.",
    "Bruno Keller": "A manager: see how far your team has come.",
}


async def be(request: web.Request) -> web.StreamResponse:
    """POST /demo: be that person."""
    if not demo_allowed(request):
        raise web.HTTPNotFound
    ref = str((await request.post()).get("ref", ""))
    parts = request.app[PARTS]
    device = request.headers.get("User-Agent", "")

    def work(session: Session) -> str | None:
        person = session.scalar(select(Person).where(Person.ref == ref))
        return open_session(session, person, device, "demo", parts.clock()) if person else None

    secret = await parts.database.write(work)
    if secret is None:
        raise web.HTTPNotFound
    return _welcome(request, secret, "/")


async def sessions(request: web.Request) -> web.StreamResponse:
    """GET /sessions: where I am signed in."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    rows = await parts.database.read(lambda session: sessions_of(session, who.person_id, parts.clock()))
    signed = [SignedIn(str(row.id), row.device, row.seen_at, row.id == who.session_id) for row in rows]
    return _page(doors.sessions(await frame_of(request, who), signed))


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sessions: end one of my sessions; without a ref, this one."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    ref = str((await request.post()).get("ref", who.session_id))
    ended = int(ref) if ref.isdecimal() else who.session_id
    await parts.database.write(lambda session: end_session(session, who.person_id, ended, parts.clock()))
    raise web.HTTPSeeOther("/sign-in" if ended == who.session_id else "/sessions")


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [
        web.get("/sign-in", ask_email),
        web.post("/sign-in", send_link),
        web.get("/sign-in/{token}", show_link),
        web.post("/sign-in/{token}", spend_link),
        web.post("/sign-in/{token}/fresh", fresh_link),
        web.get("/demo", demo),
        web.post("/demo", be),
        web.get("/sessions", sessions),
        web.post("/sessions", sign_out),
        web.post("/sign-out", sign_out),
    ]
