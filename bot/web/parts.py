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
from bot.web import draw
from bot.web.frame import Ask, Frame, NavItem
from bot.web.session import COOKIE, Cookies, Viewer, touch, viewer_of
from config.settings import Settings
from handlers.answers import digest
from handlers.names import names_in
from models import message as m
from models.campaign import Assignment
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


STATUS = {"ok": 200, "refused": 403, "missing": 404, "again": 409}
PARTS = web.AppKey("parts", Parts)


def opens(act: str) -> bool:
    """Return whether an act merely opens something: a look or a form."""
    found = REGISTRY.act(act)
    return found is not None and (found.does == "look" or found.form is not None)


async def viewer(request: web.Request) -> Viewer | None:
    """Return who is signed in, or None."""
    parts = request.app[PARTS]
    secret = parts.cookies.read(request.cookies.get(COOKIE, ""))
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
    """Return who is signed in. Raises a redirect to the sign-in page for everybody else."""
    who = await viewer(request)
    if who is None:
        raise web.HTTPSeeOther("/sign-in")
    return who


def bare_frame(request: web.Request) -> Frame:
    """Return the frame of a page for somebody who is not signed in."""
    settings = request.app[PARTS].settings
    return Frame(settings.bot_name, settings.company, demo=settings.demo)


async def show(
    request: web.Request, who: Viewer, reply: m.Reply, *, asked: str = "", notice: str = "", words: str = ""
) -> web.Response:
    """Return the page that shows a reply to the viewer."""
    parts = request.app[PARTS]

    def look_up(session: Session) -> tuple[Mapping[str, str], Frame]:
        return names_in(session, m.encode(reply.said)), _frame(session, parts, who, request.path)

    names, frame = await parts.database.read(look_up)
    frame = replace(frame, notice=notice, asked=asked, words=words)
    shown = digest(reply.said) if isinstance(reply.said, m.Form) else ""
    ask = Ask(opens=opens, names=names, shown=shown, errors=reply.errors, values=reply.values)
    status = 422 if reply.errors else STATUS[reply.status]
    return web.Response(text=draw.page(frame, reply.said, ask), content_type="text/html", status=status)


async def frame_of(request: web.Request, who: Viewer) -> Frame:
    """Return the frame of a page for the viewer."""
    parts = request.app[PARTS]
    return await parts.database.read(lambda session: _frame(session, parts, who, request.path))


def _frame(session: Session, parts: Parts, who: Viewer, path: str) -> Frame:
    """Return the frame around the viewer's pages: their name, their places."""
    person = session.get_one(Person, who.person_id)
    ctx = Context(session, parts.settings, parts.clock(), person)
    waiting = session.scalar(
        select(func.count()).select_from(Assignment).where(Assignment.assignee_id == person.id, duty.waiting())
    )
    nav = tuple(
        NavItem(
            act.page,
            f"/go/{act.name}",
            current=path == f"/go/{act.name}",
            count=waiting or 0 if act.name == "todo" else 0,
        )
        for act in REGISTRY.acts().values()
        if act.page and act.offered(ctx)
    )
    settings = parts.settings
    return Frame(
        settings.bot_name,
        settings.company,
        viewer=person.name,
        roles=", ".join(role for role in person.roles.split(";") if role != "employee"),
        nav=nav,
        csrf=parts.cookies.csrf(who.secret),
        demo=settings.demo,
    )
