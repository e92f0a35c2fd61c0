"""Puts the parts together; the only file that constructs anything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channel import Channel, WebInbox
from bot.database import Database, NotSaved
from bot.delivery import Delivery
from bot.inbound import Inbound
from bot.outside.mail import Mail
from bot.pace import Gate, Pacer
from bot.slack import edge, oauth
from bot.slack.api import Api
from bot.slack.aside import Aside
from bot.slack.channel import SlackChannel
from bot.slack.conversation import Conversation
from bot.slack.desk import Desk
from bot.slack.files import Files
from bot.slack.follow import Follower
from bot.slack.identities import Identities
from bot.slack.keys import Keys
from bot.slack.listening import Listening
from bot.slack.socket import EVERY, Socket
from bot.slack.tokens import Tokens
from bot.slack.workspaces import Workspaces
from bot.teams import edge as teams_edge
from bot.teams.auth import Verifier
from bot.teams.bearer import AppBearer, NoBearer
from bot.teams.channel import TeamsChannel
from bot.teams.connector import Connector
from bot.teams.conversation import Talk
from bot.teams.keys import Keys as SigningKeys
from bot.teams.turns import Adapter, Turns
from bot.teams.who import Directory
from bot.web import entrance, guard, originals, pages, pick, visits
from bot.web.parts import PARTS, Parts
from bot.web.protocol import Protocol
from bot.web.session import Cookies
from bot.worker import Errand, Worker
from config.settings import Settings
from models.desk import Meta

STATIC = Path(__file__).parent / "web" / "static"
MINUTE = 60  # seconds
UPLOAD_LIMIT = 60 * 1024 * 1024  # bytes; a roster may have 50 MB


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


def make_app(
    database: Database, settings: Settings, keys: tuple[str, ...], clock: Callable[[], datetime] = utc_now
) -> web.Application:
    """Return the web application over an open database; `keys` sign cookies, newest first."""
    app = web.Application(middlewares=[guard.guard], client_max_size=UPLOAD_LIMIT)
    cookies = Cookies(keys, secure=settings.base_url.startswith("https://"))
    app[PARTS] = Parts(database, Inbound(database, settings, clock), settings, cookies, clock)
    app.on_response_prepare.append(guard.dress)
    for part in (entrance, pick, visits, pages, originals):
        app.add_routes(part.routes())
    if settings.slack_signing_secret:
        listening = make_listening(database, settings, keys, clock)
        app.on_cleanup.append(lambda _: listening.close())
        app[edge.EDGE] = edge.Edge(settings.slack_signing_secret, listening, clock)
        app.add_routes(edge.routes())
    if settings.slack_oauth_client_id:
        app[oauth.OFFICE] = oauth.Office(Tokens(database, settings, Keys(keys), clock), oauth.Trips(keys))
        app.add_routes(oauth.routes())
    if settings.teams:
        app[teams_edge.EDGE] = door = make_teams(database, settings, clock)
        app.on_cleanup.append(lambda _: door.talk.close())
        app.add_routes(teams_edge.routes())
    app.add_routes([web.get("/healthz", healthy), web.get("/readyz", ready), web.static("/static", STATIC)])
    return app


def make_listening(
    database: Database, settings: Settings, keys: tuple[str, ...], clock: Callable[[], datetime] = utc_now
) -> Listening:
    """Return what answers Slack, whether it comes by HTTP or by Socket Mode; to be closed in the end."""
    tokens = Tokens(database, settings, Keys(keys), clock)
    files = Files(tokens.of, settings.slack_api_url)
    desk = Desk(database, Inbound(database, settings, clock), settings, Identities(database, tokens, clock), clock)
    aside = Aside(desk, Workspaces(database, settings, tokens, clock))
    conversation = Conversation(desk, files, aside)
    gate = Gate(database, Pacer("slack", settings.slack_per_second, settings.slack_per_conversation), clock)
    return Listening(conversation.hear, Follower(Api(settings.slack_api_url, tokens), gate), files.close)


def make_teams(database: Database, settings: Settings, clock: Callable[[], datetime] = utc_now) -> teams_edge.Edge:
    """Return what answers Teams; its `talk` is to be closed in the end."""
    connector = make_connector(settings, clock)
    verifier = None
    if not settings.teams_local:
        keys = SigningKeys(settings.teams_keys_url, clock)
        verifier = Verifier(keys, settings.teams_app_id, settings.teams_issuer)
    directory = Directory(database, settings, connector, clock)
    talk = Talk(database, Inbound(database, settings, clock), settings, connector, directory, clock)
    return teams_edge.Edge(settings, verifier, connector, Turns(talk, Adapter(connector)), talk)


def make_connector(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Connector:
    """Return what writes to Teams."""
    return Connector(settings, NoBearer() if settings.teams_local else AppBearer(settings, clock))


def make_worker(
    database: Database, settings: Settings, keys: tuple[str, ...], clock: Callable[[], datetime] = utc_now
) -> Worker:
    """Return the background work over an open database, with every channel the settings allow; `keys` open tokens."""
    channels: list[Channel] = [WebInbox()]
    errands: list[Errand] = []
    if settings.smtp_url:
        channels.append(Mail(settings))
    if settings.slack:
        tokens = Tokens(database, settings, Keys(keys), clock)
        channels.append(SlackChannel(database, settings, Api(settings.slack_api_url, tokens), clock))
        workspaces = Workspaces(database, settings, tokens, clock)
        errands.append(Errand("Slack workspaces", MINUTE, workspaces.look_after))
        errands.append(Errand("Slack people", MINUTE, Identities(database, tokens, clock).read_due))
    if settings.slack_app_token:
        socket = Socket(database, settings, make_listening(database, settings, keys, clock), clock)
        errands.append(Errand("Slack socket", EVERY, socket.keep_up, socket.close))
    if settings.teams:
        channels.append(TeamsChannel(database, settings, make_connector(settings, clock), clock))
    return Worker(database, settings, Delivery(database, settings, channels, clock), clock, errands)


async def healthy(request: web.Request) -> web.Response:
    """GET /healthz: the process answers."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: the database answers and is the kind this process serves."""
    parts = request.app[PARTS]
    try:
        mode = await parts.database.read(lambda session: session.get(Meta, "mode"))
    except NotSaved:
        mode = None
    return web.json_response({"ready": mode is not None}, status=200 if mode is not None else 503)


def _protocol_log() -> logging.Logger:
    """Return the log of requests that are no HTTP at all: without the cause, which repeats what was sent."""
    logger = logging.getLogger("countersign.http")
    logger.addFilter(_wordless)
    return logger


def _wordless(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True


async def serving(app: web.Application, host: str, port: int) -> AsyncGenerator[str]:
    """Serve until the caller is done; yields the address in use (port 0 picks a free one)."""
    runner = web.AppRunner(app)
    await runner.setup()
    pages, loop = runner.server, asyncio.get_running_loop()
    logs: dict[str, Any] = {"access_log": None, "logger": _protocol_log()}
    if pages is None:
        raise LookupError("a runner that is set up has a server")

    def connection() -> Protocol:
        return Protocol(pages, loop=loop, **logs)

    listening = await loop.create_server(connection, host, port)
    try:
        bound = listening.sockets[0].getsockname()
        yield f"http://{bound[0]}:{bound[1]}"
    finally:
        listening.close()
        await runner.cleanup()
