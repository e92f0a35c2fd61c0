"""Teams' part of `doctor`: the token, the keys, the way in, the package, and who can be written to there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import jwt
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bot.finding import Finding
from bot.knock import PATIENCE, knock
from bot.teams.bearer import AppBearer
from bot.teams.calls import NoToken, NotSent
from bot.teams.edge import PATH
from bot.teams.keys import fetched
from bot.teams.manifest import file_name, missing, package
from bot.teams.package import flaws
from bot.teams.who import PLATFORM
from config.chats import TEAMS_FOR_EVERYBODY, TEAMS_GUIDE, is_loopback
from config.settings import Settings
from models.chat import Stranger, Workspace
from models.person import ANSWERING_KINDS, Identity, Person
from workflows.reach import people_in
from workflows.workspace.base import STANDS


async def outside(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what can be found by asking Microsoft, and by knocking at our own door. Nothing is sent to anybody."""
    if not settings.teams:
        yield Finding("Teams", "ok", "not used", f"To connect it, in ten minutes: {TEAMS_GUIDE}")
        return
    if settings.teams_local:
        how = "LOCAL MODE: whoever is on this machine is believed; records say that it was not verified"
        todo = f"For the Agents Playground: {settings.base_url}{PATH}. For real use unset COUNTERSIGN_TEAMS_LOCAL."
        yield Finding("Teams", "warn", how, f"{todo} Then: {TEAMS_GUIDE}")
    else:
        yield await _token(settings)
        yield await _keys(settings)
        yield _package(settings)
    yield await _door(settings)


async def _token(settings: Settings) -> Finding:
    """Ask the login service for what we show the Bot Connector."""
    what = "Teams token"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            await AppBearer(settings, lambda: datetime.now(UTC)).token(session)
    except NoToken:
        todo = "Check app id, tenant id and secret (its value, not its id; it may have expired); make a new one"
        where = "“Certificates & secrets” of the app in Microsoft Entra, and set COUNTERSIGN_TEAMS_APP_PASSWORD."
        if settings.teams_managed_identity:
            todo, where = "Assign the identity of the Azure Bot to this machine", "“Identity”, “User assigned”."
        return Finding(what, "bad", "the login service refuses us", f"{todo} under {where}")
    except NotSent as error:
        service = "Azure's own address for identities" if settings.teams_managed_identity else settings.teams_login_url
        how = f"{service} does not answer as it should ({type(error.__cause__).__name__})"
        todo = "Check that the network lets this machine reach it."
        if settings.teams_managed_identity:
            todo = "A managed identity works inside Azure only; elsewhere set COUNTERSIGN_TEAMS_APP_PASSWORD instead."
        return Finding(what, "bad", how, todo)
    return Finding(what, "ok", "the login service gives us one")


async def _keys(settings: Settings) -> Finding:
    """Fetch the keys by which activities are known to be Microsoft's."""
    try:
        keys = await fetched(settings.teams_keys_url)
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        how = f"{settings.teams_keys_url} does not answer as it should ({type(error).__name__})"
        todo = "Nobody in Teams is believed without them. Check that the network lets this machine reach it."
        return Finding("Teams keys", "bad", how, todo)
    ours = sum("msteams" in key.endorsements for key in keys.values())
    if not ours:
        return Finding("Teams keys", "bad", "none is for Teams", "Correct COUNTERSIGN_TEAMS_KEYS_URL, or unset it.")
    return Finding("Teams keys", "ok", f"{ours} that speak for Teams")


def _package(settings: Settings) -> Finding:
    """Look at what would be uploaded, as the admin center does."""
    if wrong := missing(settings) or flaws(package(settings)):
        todo = "Correct the settings, write it again with `python -m bot manifest teams`, and upload it."
        return Finding("Teams package", "bad", "; ".join(wrong), todo)
    return Finding("Teams package", "ok", f"{file_name(settings)} can be uploaded as it is written")


async def _door(settings: Settings) -> Finding:
    """Knock without a token at the address that the Azure Bot is told: whoever is us turns that away with 401."""
    url, what = f"{settings.base_url}{PATH}", "Teams messages"
    wanted = 200 if settings.teams_local else 401
    answer = await knock(what, url)
    if isinstance(answer, Finding):
        return answer
    if answer.status != wanted:
        how = f"{url} answers {answer.status}, and should answer {wanted} to what has no token"
        return Finding(what, "bad", how, f"Something before it answers: let the proxy pass {PATH} on.")
    if settings.teams_local:
        return Finding(what, "ok", f"{url} takes activities from this machine")
    if not url.startswith("https://") and not is_loopback(urlsplit(settings.teams_login_url).hostname or ""):
        todo = "Set COUNTERSIGN_BASE_URL to an https:// address that the internet reaches."
        return Finding(what, "bad", "Teams cannot reach an address of this machine alone", todo)
    todo = f"The Azure Bot must name it: “Configuration”, Messaging endpoint, {url}"
    return Finding(what, "ok", f"{url} turns away what has no token", todo)


def inside(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield what the database knows of who is in Teams, and the steps by which everybody is."""
    if not settings.teams:
        return
    for row in session.scalars(select(Workspace).where(Workspace.platform == PLATFORM).order_by(Workspace.id)):
        if row.state != "connected":
            how = f"{row.code} “{row.name}” is {STANDS[row.state].partition(':')[0]}"
            yield Finding("Teams tenant", "warn", how, f"An admin types: workspace show {row.code}")
    yield _people(session, settings)


def _people(session: Session, settings: Settings) -> Finding:
    """Count who on the roster can be written to in Teams, who not, and who turned up that nobody knows."""
    asked = list(session.scalars(_employed()))
    there = len(people_in(session, settings, asked, PLATFORM))
    lost = select(func.count(func.distinct(Identity.person_id))).where(
        Identity.platform == PLATFORM, Identity.unreachable_since.is_not(None), Identity.person_id.in_(_employed())
    )
    here = select(Workspace.id).where(Workspace.platform == PLATFORM)
    strangers = session.scalar(select(func.count()).where(Stranger.workspace_id.in_(here)))
    how = (
        f"reachable: {there} of {len(asked)} on the roster, without the app: {len(asked) - there} "
        f"({session.scalar(lost)} had it and removed or blocked it), in Teams and on no roster: {strangers}"
    )
    if there == len(asked):
        return Finding("Teams people", "ok", how)
    if settings.teams_local:
        return Finding("Teams people", "ok", how, "In local mode somebody is there once they have said who they are.")
    return Finding("Teams people", "warn", how, f"All others get mail. {TEAMS_FOR_EVERYBODY} {TEAMS_GUIDE}")


def _employed() -> Select[int]:
    """Choose the ids of those who answer and work here today."""
    today = datetime.now(UTC).date()
    return select(Person.id).where(
        Person.kind.in_(ANSWERING_KINDS),
        Person.merged_into_id.is_(None),
        or_(Person.start_on.is_(None), Person.start_on <= today),
        or_(Person.end_on.is_(None), Person.end_on >= today),
    )
