"""What every web route works with: the parts of the process, and how a request finds its viewer and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.database import Database
from bot.inbound import Inbound
from bot.ways import with_to
from bot.web import draw
from bot.web.frame import Ask, Frame, NavItem
from bot.web.session import Cookies, Viewer, touch, viewer_of
from config.settings import Settings
from handlers.answers import digest
from handlers.dispatch import opens
from handlers.names import names_of, refs_in
from models import message as m
from models.campaign import Assignment
from models.gesture import Reply
from models.person import Person
from workflows import duty
from workflows.context import Context
from workflows.workflow import REGISTRY


@dataclass(frozen=True)
class Parts:
    """The parts of the process that pages need; made once in bot/app.py."""

    database: Database
    inbound: Inbound
    settings: Settings
    cookies: Cookies
    clock: Callable[[], datetime]


ROLES = {
    "owner": "policy owner",
    "lead": "compliance lead",
    "deputy": "deputy compliance lead",
    "auditor": "auditor",
    "admin": "admin",
}
STATUS = {"ok": 200, "refused": 403, "missing": 404, "again": 409}
VIEWER = web.RequestKey[Viewer | None]("viewer")  # where a request keeps who made it
PARTS = web.AppKey("parts", Parts)


def page(text: str, status: int = 200) -> web.Response:
    """Return the answer that is a page."""
    return web.Response(text=text, content_type="text/html", status=status)


def session_secret(request: web.Request) -> str | None:
    """Return the session secret in the request's cookie, if we signed it."""
    cookies = request.app[PARTS].cookies
    return cookies.read(request.cookies.get(cookies.name, ""))


async def viewer(request: web.Request) -> Viewer | None:
    """Return who is signed in, or None; looked up once for a request."""
    if VIEWER not in request:
        request[VIEWER] = await _viewer(request)
    return request[VIEWER]


async def _viewer(request: web.Request) -> Viewer | None:
    parts = request.app[PARTS]
    secret = session_secret(request)
    if secret is None:
        return None
    found = await parts.database.read(lambda session: viewer_of(session, secret, parts.clock()))
    if found is None:
        return None
    who, stale = found
    if stale:
        await parts.database.write(lambda session: touch(session, who.session_id, parts.clock()))
    return who


async def signed_in(request: web.Request) -> Viewer:
    """Return who is signed in. Raises a redirect to the sign-in page, and from there back, for everybody else."""
    who = await viewer(request)
    if who is None:
        raise web.HTTPSeeOther(with_to("/sign-in", request.path_qs))
    return who


def bare_frame(request: web.Request) -> Frame:
    """Return the frame of a page for somebody who is not signed in."""
    settings = request.app[PARTS].settings
    return Frame(settings.bot_name, settings.company, demo=settings.demo)


async def show(
    request: web.Request, who: Viewer, reply: Reply, *, asked: str = "", words: str = "", onward: bool = False
) -> web.Response:
    """Return the page that shows a reply to the viewer; with `onward` or a refusal, and the way back to their list."""
    parts = request.app[PARTS]

    def look_up(session: Session) -> tuple[Mapping[str, str], Frame]:
        named = refs_in([reply.said, *reply.values.values()])
        return names_of(session, named), _frame(session, parts, who, request.path)

    names, frame = await parts.database.read(look_up)
    frame = replace(
        frame, asked=asked, words=words, onward=(onward or reply.status != "ok") and isinstance(reply.said, m.Message)
    )
    shown = digest(reply.said) if isinstance(reply.said, m.Form) else ""
    ask = Ask(opens=opens, names=names, shown=shown, errors=reply.errors, values=reply.values)
    status = 422 if reply.errors else STATUS[reply.status]
    return page(draw.page(frame, reply.said, ask), status)


async def frame_of(request: web.Request, who: Viewer) -> Frame:
    """Return the frame of a page for the viewer."""
    parts = request.app[PARTS]
    return await parts.database.read(lambda session: _frame(session, parts, who, request.path))


def _frame(session: Session, parts: Parts, who: Viewer, path: str) -> Frame:
    """Return the frame around the viewer's pages: their name, their places."""
    person = session.get_one(Person, who.person_id)
    ctx = Context(session, parts.settings, parts.clock(), person)
    mine = (Assignment.assignee_id == person.id, Assignment.state == "open", duty.begun())
    waiting = session.scalar(select(func.count()).select_from(Assignment).where(*mine)) or 0
    nav = tuple(
        NavItem(
            act.page,
            f"/go/{act.name}",
            current=path == f"/go/{act.name}",
            count=waiting if act.name == "todo" else 0,
        )
        for act in REGISTRY.acts().values()
        if act.page and act.offered(ctx)
    )
    settings = parts.settings
    return Frame(
        settings.bot_name,
        settings.company,
        viewer=person.name,
        roles=_sentence(", ".join(ROLES[role] for role in person.roles.split(";") if role in ROLES)),
        nav=nav,
        csrf=parts.cookies.csrf(who.secret),
        demo=settings.demo,
        waiting=waiting,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
