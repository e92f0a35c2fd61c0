"""Installing into a workspace from an admin's signed-in browser: to Slack's page of consent, and back with a code.

What comes back belongs to the session that went: the state is signed, bound to it, good for ten minutes and for once.
The tokens go into our own table, encrypted; a new workspace then waits for an admin's confirmation.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

import structlog
from aiohttp import web
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from bot.slack.api import Trouble
from bot.slack.asking import ask
from bot.slack.manifest import INSTALL_PATH, OAUTH_PATH, scopes
from bot.slack.tokens import Tokens
from bot.web.parts import PARTS, Parts, show, signed_in
from bot.web.session import Viewer
from handlers.seen import first_time
from models import message as m
from models.gesture import Auth, Reply
from models.person import Person
from workflows.context import Context
from workflows.who import admins
from workflows.workspace.standing import Seen, install

log = structlog.get_logger()
SECONDS = 600  # as long as Slack's own code lives
_SALT = "countersign-slack-install"


class Trips:
    """Signs and reads what Slack carries there and back."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._signer = URLSafeTimedSerializer(list(reversed(keys)), salt=_SALT)

    def begin(self, who: Viewer) -> str:
        """Return a state that only this session can come back with, once."""
        return str(self._signer.dumps([who.session_id, secrets.token_hex(16)]))

    def end(self, who: Viewer, state: str) -> str | None:
        """Return the name of the trip, to be spent; None where it is forged, too old or somebody else's."""
        try:
            session_id, trip = self._signer.loads(state, max_age=SECONDS)
        except (BadSignature, TypeError, ValueError):
            return None
        return str(trip) if session_id == who.session_id else None


@dataclass(frozen=True)
class Office:
    """What installing needs."""

    tokens: Tokens
    trips: Trips


OFFICE = web.AppKey("slack office", Office)


async def leave(request: web.Request) -> web.StreamResponse:
    """GET /slack/install: send an admin to Slack's page of consent."""
    who = await signed_in(request)
    parts = request.app[PARTS]
    if not await _may(parts, who):
        return await show(request, who, _said("That is not yours to do.", "An admin installs.", status="refused"))
    settings = parts.settings
    asked = {
        "client_id": settings.slack_oauth_client_id,
        "scope": ",".join(scopes(settings)),
        "redirect_uri": f"{settings.base_url}{OAUTH_PATH}",
        "state": request.app[OFFICE].trips.begin(who),
    }
    raise web.HTTPFound(f"{urljoin(settings.slack_api_url, '/oauth/v2/authorize')}?{urlencode(asked)}")


async def come_back(request: web.Request) -> web.StreamResponse:
    """GET /slack/oauth: take the code with which Slack sends an admin back, and keep the tokens that it gives."""
    who = await signed_in(request)
    parts, office = request.app[PARTS], request.app[OFFICE]
    trip = office.trips.end(who, request.query.get("state", ""))
    allowed = await _may(parts, who)
    if not (allowed and trip and await _once(parts, trip)):
        again = "Installing begins and ends in one browser, within ten minutes, and once."
        return await show(request, who, _said("This does not belong to you or is over.", again, status="refused"))
    if "code" not in request.query:
        return await show(request, who, _said("Nothing was installed.", "Slack was told no, and nothing was changed."))
    try:
        said = await _exchanged(parts, request.query["code"])
        seen, kept = _seen(said), office.tokens.kept(said)
    except (Trouble, KeyError, TypeError, ValueError) as error:
        log.warning("not installed", cause=error.code if isinstance(error, Trouble) else type(error).__name__)
        return await show(request, who, _said("Slack did not let us in.", "Nothing was changed. Please try again."))
    auth = Auth("web", scheme="session", request_sha256=_print(request), assurance=who.assurance)

    def work(session: Session) -> str:
        person = session.get_one(Person, who.person_id)
        return install(Context(session, parts.settings, parts.clock(), person, auth), seen, kept).code

    raise web.HTTPSeeOther(f"/go/workspace.show/{await parts.database.write(work)}")


async def _once(parts: Parts, trip: str) -> bool:
    """Return whether a trip ends for the first time, and remember it."""
    return await parts.database.write(lambda session: first_time(session, parts.clock(), "slack install", trip))


async def _exchanged(parts: Parts, code: str) -> Mapping[str, Any]:
    """Return what Slack gives for a code. Raises Trouble."""
    settings = parts.settings
    return await ask(
        settings,
        "oauth.v2.access",
        client_id=settings.slack_oauth_client_id,
        client_secret=settings.slack_oauth_client_secret,
        code=code,
        redirect_uri=f"{settings.base_url}{OAUTH_PATH}",
    )


def _seen(said: Mapping[str, Any]) -> Seen:
    """Return where the app was installed: in a workspace, or in a whole organisation (Enterprise Grid).

    Raises KeyError or TypeError for an answer that names neither.
    """
    place = said["enterprise"] if said.get("is_enterprise_install") else said["team"]
    granted = tuple(sorted(one for one in str(said.get("scope") or "").split(",") if one))
    return Seen(str(place["id"]), str(place.get("name") or ""), str(said.get("bot_user_id") or ""), granted)


async def _may(parts: Parts, who: Viewer) -> bool:
    """Return whether somebody may install: asked on the way there and on the way back."""

    def work(session: Session) -> bool:
        ctx = Context(session, parts.settings, parts.clock(), session.get_one(Person, who.person_id))
        return admins(ctx, None)

    return await parts.database.read(work)


def _print(request: web.Request) -> str:
    return hashlib.sha256(f"{request.method} {request.path_qs}".encode()).hexdigest()


def _said(title: str, line: str, *, status: Any = "ok") -> Reply:
    links = (m.Link("Begin again", INSTALL_PATH), m.Link("Workspaces", "/go/workspace.list"))
    return Reply(m.Message(title, lines=(line,), links=links, tone="warn"), status=status)


def routes() -> list[web.RouteDef]:
    """Return the routes of this file."""
    return [web.get(INSTALL_PATH, leave), web.get(OAUTH_PATH, come_back)]
