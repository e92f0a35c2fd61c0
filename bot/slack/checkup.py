"""Slack's part of `doctor`: the token, its permissions, the way in, the workspaces, and who is linked."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.compact import compact
from bot.finding import Finding
from bot.knock import knock
from bot.slack.api import Refused, Trouble
from bot.slack.asking import ask, whose
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, OAUTH_PATH, scopes
from bot.slack.verify import sign
from config.chats import is_loopback
from config.settings import Settings
from models.chat import Stranger, Workspace
from models.person import Identity
from workflows.workspace.base import STANDS, cause_of

GUIDE = "docs/how-to/operator/connect-slack.md"
EVENTS = "Slack events"
STALE = timedelta(days=2)  # people are read every night
REINSTALL = "paste what `python -m bot manifest slack` writes into “App Manifest”, then “Reinstall to Workspace”"


async def outside(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what can be found by asking Slack, and by knocking at our own door. Nothing is sent to anybody."""
    if not settings.slack:
        yield Finding("Slack", "ok", "not used", f"To connect it, in ten minutes: {GUIDE}")
        return
    if settings.slack_bot_token:
        async for finding in _token(settings):
            yield finding
    else:
        yield await _client(settings)
    if settings.slack_app_token:
        yield await _socket(settings)
    if settings.slack_signing_secret:
        yield await _door(settings)


async def _token(settings: Settings) -> AsyncIterator[Finding]:
    try:
        said = await whose(settings, settings.slack_bot_token)
    except Refused as refused:
        todo = "Copy the Bot User OAuth Token (xoxb-...) from “OAuth & Permissions” to COUNTERSIGN_SLACK_BOT_TOKEN."
        yield Finding("Slack token", "bad", f"refused: {refused.code}", todo)
        return
    except Trouble as trouble:
        yield _silent("Slack token", trouble)
        return
    yield Finding("Slack token", "ok", f"works in “{said.get('team', '')}”")
    yield _permissions(settings, said)


async def _client(settings: Settings) -> Finding:
    """Show Slack the app's client with a code that nobody was given: it looks at the client first."""
    try:
        await ask(
            settings,
            "oauth.v2.access",
            client_id=settings.slack_oauth_client_id,
            client_secret=settings.slack_oauth_client_secret,
            code="asked-by-doctor",
        )
    except Refused as refused:
        if refused.code != "invalid_code":
            todo = (
                "Copy Client ID and Client Secret from “Basic Information” of one app to "
                "COUNTERSIGN_SLACK_OAUTH_CLIENT_ID and COUNTERSIGN_SLACK_OAUTH_CLIENT_SECRET."
            )
            return Finding("Slack client", "bad", f"refused: {refused.code}", todo)
    except Trouble as trouble:
        return _silent("Slack client", trouble)
    how = (
        f"known to Slack; installed from {settings.base_url}{INSTALL_PATH}, and back to {settings.base_url}{OAUTH_PATH}"
    )
    return Finding("Slack client", "ok", how)


def _silent(what: str, trouble: Trouble) -> Finding:
    todo = "Check that the network lets this machine reach slack.com."
    return Finding(what, "bad", f"Slack does not answer ({trouble.code})", todo)


def _permissions(settings: Settings, said: Mapping[str, Any]) -> Finding:
    has, needed = set(said["scopes"]), set(scopes(settings))
    if not has:
        return Finding("Slack permissions", "warn", "not told", "Compare them under “OAuth & Permissions” yourself.")
    if missing := sorted(needed - has):
        return Finding("Slack permissions", "bad", f"missing: {', '.join(missing)}", f"To add them: {REINSTALL}.")
    if spare := sorted(has - needed):
        how = f"more than needed: {', '.join(spare)}"
        return Finding("Slack permissions", "warn", how, "Remove them under “OAuth & Permissions”, and reinstall.")
    return Finding("Slack permissions", "ok", f"the {len(needed)} that are needed, and no more")


async def _socket(settings: Settings) -> Finding:
    try:
        await ask(settings, "apps.connections.open", settings.slack_app_token)
    except Trouble as error:
        how = f"refused: {error.code}" if isinstance(error, Refused) else "Slack does not answer"
        todo = "Make an app-level token (xapp-...) with connections:write under “Basic Information”."
        return Finding("Slack socket", "bad", how, f"{todo} Set it as COUNTERSIGN_SLACK_APP_TOKEN.")
    return Finding("Slack socket", "ok", "Slack opens one; the worker holds it")


async def _door(settings: Settings) -> Finding:
    """Knock unsigned at the address that Slack is told, which has to be turned away with 401; and then signed."""
    url = f"{settings.base_url}{EVENTS_PATH}"
    answer = await knock(EVENTS, url)
    if isinstance(answer, Finding):
        return answer
    if answer.status != 401:
        how = f"{url} answers {answer.status}, and should turn an unsigned request away with 401"
        return Finding(EVENTS, "bad", how, "Something before it answers: let the proxy pass /slack/ on.")
    outside_slack = not is_loopback(urlsplit(settings.slack_api_url).hostname or "")
    if outside_slack and is_loopback(urlsplit(url).hostname or "") and not settings.slack_app_token:
        todo = "Set COUNTERSIGN_BASE_URL to an https:// address that the internet reaches, or use Socket Mode."
        return Finding(EVENTS, "bad", "Slack cannot reach an address of this machine alone", todo)
    return await _signed(settings, url)


async def _signed(settings: Settings, url: str) -> Finding:
    """Ask what Slack asks when it is told the address: only who has the same secret gives the challenge back."""
    challenge, at = secrets.token_hex(16), str(int(datetime.now(UTC).timestamp()))
    body = compact({"type": "url_verification", "challenge": challenge})
    signature = sign(settings.slack_signing_secret, at, body)
    signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    answer = await knock(EVENTS, url, body, signed)
    if isinstance(answer, Finding):
        return answer
    if answer.asks:
        how = f"something before {url} asks for a name and a password, which Slack does not have"
        return Finding(EVENTS, "bad", how, "Let the proxy pass /slack/ on without asking: the signature is looked at.")
    if answer.text != challenge:
        how = f"{url} answers {answer.status} to what is signed as Slack signs it"
        todo = (
            "Either what serves there has another COUNTERSIGN_SLACK_SIGNING_SECRET (start it again with this one), or "
            "the proxy before it changes the headers or the body of what it passes on to /slack/, or the clocks of the "
            "two machines are more than five minutes apart."
        )
        return Finding(EVENTS, "bad", how, todo)
    return Finding(EVENTS, "ok", f"{url} takes what is signed and turns away what is not")


def inside(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield what the database knows of workspaces and of who is in them."""
    known = select(Workspace).where(Workspace.platform == "slack", Workspace.state != "gone")
    for row in session.scalars(known.order_by(Workspace.id)):
        yield _workspace(row, settings)
        if row.state == "connected":
            yield _people(session, row)


def _workspace(row: Workspace, settings: Settings) -> Finding:
    how = f"{row.code} “{row.name}” is {STANDS[row.state].partition(':')[0]}"
    if row.state == "pending":
        return Finding("Workspace", "warn", how, f"An admin types: workspace confirm {row.code}")
    if row.state == "paused":
        return Finding("Workspace", "bad", how, f"{cause_of(row.problem)} Install the app again, or replace the token.")
    # The token of the settings is asked itself; of one of ours stands here what was granted with it.
    missing = set() if row.token is None else set(scopes(settings)) - set(row.scopes.split(","))
    if missing:
        todo = f"An admin installs it there again, from {settings.base_url}{INSTALL_PATH}, and agrees to them."
        return Finding("Workspace", "bad", f"{how}, without these permissions: {', '.join(sorted(missing))}", todo)
    return Finding("Workspace", "ok", how)


def _people(session: Session, row: Workspace) -> Finding:
    linked = session.scalar(
        select(func.count()).where(Identity.platform == row.platform, Identity.workspace == row.ref)
    )
    strangers = session.scalar(select(func.count()).where(Stranger.workspace_id == row.id))
    how = f"accounts linked to the roster: {linked}, not linked: {strangers}"
    if row.read_at is None:
        return Finding("Slack people", "warn", "not read yet", "Wait a minute with a worker running, then ask again.")
    if datetime.now(UTC) - row.read_at > STALE:
        todo = "They are read every night by the worker. Look for “people of a workspace not read” in its log."
        return Finding("Slack people", "warn", f"{how}; last read on {row.read_at:%Y-%m-%d}", todo)
    todo = f"To see who: workspace show {row.code}" if strangers else ""
    return Finding("Slack people", "ok" if linked else "warn", how, todo)
