"""Coming in by a one-time link: asked for, sent, shown, spent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web
from sqlalchemy.orm import Session

from bot.ways import inside, with_to
from bot.web import doors
from bot.web.device import device
from bot.web.links import allowed, link_of, person_by_email, spend, through
from bot.web.parts import PARTS, Parts, bare_frame, page, session_secret, viewer
from bot.web.pick import demo_allowed
from bot.web.posted import posted, typed
from bot.web.session import belongs
from bot.web.visits import arrive, welcome
from config.programme import programme
from models import message as m
from models.gesture import Auth
from models.person import Person
from workflows.context import Context

EVEN_SECONDS = 0.25  # every request for a link takes so long, so that the time tells nobody who works here


def wanted(request: web.Request) -> str:
    """Return the page that somebody was on the way to; never another site's."""
    return inside(request.query.get("to", "/"))


async def ask_email(request: web.Request) -> web.StreamResponse:
    """GET /sign-in."""
    to = wanted(request)
    if await viewer(request):
        raise web.HTTPSeeOther(to)
    if demo_allowed(request):
        raise web.HTTPSeeOther(with_to("/demo", to))
    return page(doors.sign_in(bare_frame(request), to=to))


async def send_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: send a one-time link, and say the same whether the address is known or not."""
    email = m.clean(str((await posted(request)).get("email", ""))).strip()
    frame, to = bare_frame(request), wanted(request)
    if "@" not in email or len(email) > 254:
        error = "That is not an e-mail address. Type the one your company uses for you."
        return page(doors.sign_in(frame, email=email[:254], error=error, to=to), 422)
    await _send(request, email, lambda session: person_by_email(session, email), to)
    return page(doors.sign_in(frame, email=email, sent=_ways(request), to=to))


async def _send(request: web.Request, address: str, find: Callable[[Session], Person | None], to: str) -> None:
    """Write down the message that brings a link; in the same time and without a word if nobody is found.

    Raises HTTPTooManyRequests where this address or origin asked too often.
    """
    parts = request.app[PARTS]
    now = parts.clock()

    def work(session: Session) -> bool:
        if not allowed(session, address, request.remote or "", now):
            return False
        person = find(session)
        if person is not None and belongs(person, now):
            _say_link(Context(session, parts.settings, now), person, to)
        return True

    free, _ = await asyncio.gather(parts.database.write(work), asyncio.sleep(EVEN_SECONDS))
    if not free:
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(programme().sign_in.attempt_minutes * 60)})


def _say_link(ctx: Context, person: Person, to: str) -> None:
    """Say it; delivery makes the link itself, so that no secret lies in the database."""
    minutes = programme().sign_in.link_minutes
    message = m.Message(
        f"Sign in to {ctx.settings.bot_name}",
        lines=(f"The button works once, for {minutes} minutes. If you did not ask for it, ignore this message.",),
        links=(m.Link("Sign in", to),),
    )
    ctx.say(person, message, kind="sign-in", dedupe=f"sign-in:{person.ref}:{ctx.now.timestamp()}", waits=False)


async def show_link(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/{token}: only a button; mail scanners that follow links spend nothing.

    Whoever is signed in as the person it was sent to simply goes on, even when the link has grown old.
    """
    parts = request.app[PARTS]
    token, to, now = typed(request, "token"), wanted(request), parts.clock()
    who = await viewer(request)

    def work(session: Session) -> str:
        link = link_of(session, token)
        if link is not None and who is not None and link.person_id == who.person_id:
            return "home"
        return "fresh" if link is not None and link.spent_at is None and link.expires_at > now else "ended"

    stands = await parts.database.read(work)
    if stands == "home":
        raise web.HTTPSeeOther(to)
    if stands == "fresh":
        return page(doors.one_time(bare_frame(request), through(token, to)))
    return _ended(request, token, to)


def _ended(request: web.Request, token: str, to: str) -> web.Response:
    return page(doors.expired(bare_frame(request), with_to(f"/sign-in/{token}/fresh", to)), 410)


async def spend_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{token}: spend the link and open a session."""
    parts: Parts = request.app[PARTS]
    token, to, now = typed(request, "token"), wanted(request), parts.clock()
    before = session_secret(request)
    browser = device(request.headers.get("User-Agent", ""))

    def work(session: Session) -> str | None:
        person = spend(session, token, now)
        if person is None or not belongs(person, now):
            return None
        auth = Auth("web", scheme="one-time link", assurance=parts.settings.assurance)
        ctx = Context(session, parts.settings, now, person, auth)
        return arrive(ctx, browser, before)

    secret = await parts.database.write(work)
    return _ended(request, token, to) if secret is None else welcome(parts.cookies, secret, to)


async def fresh_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/{token}/fresh: send whoever the old link belonged to a new one."""
    token, to = typed(request, "token"), wanted(request)

    def owner(session: Session) -> Person | None:
        link = link_of(session, token)
        return session.get(Person, link.person_id) if link else None

    person = await request.app[PARTS].database.read(owner)
    # A mailbox is one bucket, however its owner asks.
    address = (person.email or person.ref) if person else token
    await _send(request, address, owner, to)
    return page(doors.sign_in(bare_frame(request), sent=_ways(request), to=to))


def _ways(request: web.Request) -> str:
    """Return where a link may arrive; the same for everybody, so that it tells nothing about anybody."""
    settings = request.app[PARTS].settings
    ways = {"Slack": settings.slack, "Teams": settings.teams, "your mail": bool(settings.smtp_url)}
    return " or ".join(name for name, there in ways.items() if there) or "your mail"


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [
        web.get("/sign-in", ask_email),
        web.post("/sign-in", send_link),
        web.get("/sign-in/{token}", show_link),
        web.post("/sign-in/{token}", spend_link),
        web.post("/sign-in/{token}/fresh", fresh_link),
    ]
