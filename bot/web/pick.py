"""The demo's page where one picks whom to be: only there, and only on the machine it runs on."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.here import only_here
from bot.ways import inside
from bot.web import doors
from bot.web.device import device
from bot.web.frame import Somebody
from bot.web.parts import PARTS, bare_frame, page, session_secret
from bot.web.posted import posted
from bot.web.session import belongs
from bot.web.visits import UNPROVEN, arrive, welcome
from models.gesture import Auth
from models.message import clean
from models.person import Person
from workflows.context import Context

HINTS = {
    "Chidi Okafor": "An employee: read a policy and acknowledge it.",
    "Ana Duarte": "The compliance lead: type status, look at the dashboard, publish a policy.",
    "Bruno Keller": "A manager: see how far your team has come.",
}


def demo_allowed(request: web.Request) -> bool:
    """Return whether one may pick whom to be: a demo, and nothing about the request leaves this machine."""
    settings = request.app[PARTS].settings
    return settings.demo and only_here(settings, request)


async def pick(request: web.Request) -> web.StreamResponse:
    """GET /demo: pick whom to be."""
    if not demo_allowed(request):
        raise web.HTTPNotFound
    parts = request.app[PARTS]

    def work(session: Session) -> list[Somebody]:
        people = session.scalars(select(Person).order_by(Person.name))
        found = [
            Somebody(one.ref, one.name, one.title, one.department, HINTS.get(one.name, ""))
            for one in people
            if belongs(one, parts.clock())
        ]
        order = list(HINTS)
        return sorted(found, key=lambda one: order.index(one.name) if one.name in HINTS else len(order))

    people = await parts.database.read(work)
    featured = [one for one in people if one.hint]
    others = [one for one in people if not one.hint]
    return page(doors.whom(bare_frame(request), featured, others, to=inside(request.query.get("to", "/"))))


async def be(request: web.Request) -> web.StreamResponse:
    """POST /demo: be that person."""
    if not demo_allowed(request):
        raise web.HTTPNotFound
    parts = request.app[PARTS]
    ref = clean(str((await posted(request)).get("ref", "")))
    before = session_secret(request)
    browser = device(request.headers.get("User-Agent", ""))

    def work(session: Session) -> str | None:
        person = session.scalar(select(Person).where(Person.ref == ref))
        if person is None or not belongs(person, parts.clock()):
            return None
        auth = Auth("web", scheme="picked", assurance=UNPROVEN)
        return arrive(Context(session, parts.settings, parts.clock(), person, auth), browser, before)

    secret = await parts.database.write(work)
    if secret is None:
        raise web.HTTPNotFound
    return welcome(parts.cookies, secret, inside(request.query.get("to", "/")))


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [web.get("/demo", pick), web.post("/demo", be)]
