"""Socket Mode: we call Slack, and Slack needs no address of ours. One worker at a time holds the connection.

What comes in goes the same way as over HTTP: committed first, acknowledged after. A copy that comes twice, because two
connections overlap for a moment, has no second effect.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.database import Database
from bot.lease import give_back, take
from bot.payload import Malformed
from bot.slack.listening import NotTaken
from bot.slack.payload import Origin
from config.chats import is_loopback
from config.settings import Settings

log = structlog.get_logger()
LEASE = "slack-socket"
EVERY = 5  # seconds between two renewals
LASTS = timedelta(seconds=20)  # after the last renewal another worker takes over
CONNECT_SECONDS = 8
DEAF = timedelta(seconds=30)  # the library connects anew in a few seconds, or with a spent address for ever
REST = timedelta(minutes=1)  # after a connection that failed: apps.connections.open takes one call a minute (Tier 1)
TYPES = ("events_api", "interactive", "slash_commands")
_BROKEN = (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
# The library's own logger tells whole messages at DEBUG.
_QUIET = logging.getLogger("countersign.socket")
_QUIET.setLevel(logging.CRITICAL)


class Listening(Protocol):
    """What answers a payload; see bot/slack/listening.py."""

    async def handle(self, payload: dict[str, Any], origin: Origin) -> str:
        """Return the body that answers, when what was meant is committed. Raises Malformed or NotTaken."""
        ...

    async def close(self) -> None:
        """Finish what follows."""
        ...


class Socket:
    """Holds the connection while this worker has the right to."""

    def __init__(
        self, database: Database, settings: Settings, listening: Listening, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._settings = settings
        self._listening = listening
        self._clock = clock
        self._me = secrets.token_hex(8)
        self._client: AsyncBaseSocketModeClient | None = None
        self._well_at = clock()
        self._next_at: datetime | None = None

    async def keep_up(self) -> int:
        """Renew the right to the connection, or try to get it; connect or let go accordingly. Run every few seconds.

        Whoever could not connect leaves the right to others for a while: perhaps they can.
        """
        if self._next_at is not None and self._clock() < self._next_at:
            return 0
        mine = await self._database.write(lambda session: take(session, LEASE, self._me, self._clock(), LASTS))
        if not mine or await self._deaf():
            await self._let_go()
        if mine and self._client is None:
            await self._connect()
        return 0

    async def close(self) -> None:
        """Let go of the connection and of the right to it, so that another worker need not wait."""
        await self._let_go()
        await self._listening.close()
        await self._give_back()

    async def _give_back(self) -> None:
        await self._database.write(lambda session: give_back(session, LEASE, self._me))

    async def _connect(self) -> None:
        web = AsyncWebClient(base_url=self._settings.slack_api_url, retry_handlers=[], logger=_QUIET)
        if is_loopback(urlsplit(self._settings.slack_api_url).hostname or ""):
            web.proxy = None
        client: AsyncBaseSocketModeClient = SocketModeClient(
            self._settings.slack_app_token, web_client=web, logger=_QUIET
        )
        client.socket_mode_request_listeners.append(self._take)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):  # the library itself tries for ever
                await client.connect()  # type: ignore[no-untyped-call]
        except _BROKEN as error:
            log.warning("Slack's socket not connected", cause=type(error).__name__)
            self._next_at = self._clock() + REST
            await client.close()  # type: ignore[no-untyped-call]
            await self._give_back()
            return
        self._client, self._well_at = client, self._clock()
        log.info("connected to Slack's socket")

    async def _deaf(self) -> bool:
        """Return whether the connection has been gone for so long that the library will not get it back."""
        now = self._clock()
        if self._client is None or await self._client.is_connected():
            self._well_at = now
        if now - self._well_at < DEAF:
            return False
        log.warning("Slack's socket lost")
        return True

    async def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()  # type: ignore[no-untyped-call]

    async def _take(self, client: AsyncBaseSocketModeClient, came: SocketModeRequest) -> None:
        """Answer one envelope. Without an acknowledgement Slack sends it again."""
        if came.type not in TYPES or not isinstance(came.payload, dict):
            return
        try:
            body = await self._listening.handle(came.payload, self._origin(came))
        except Malformed:
            body = ""  # it will not be better the next time
        except NotTaken:
            return
        payload = json.loads(body) if body and came.accepts_response_payload else None
        await client.send_socket_mode_response(SocketModeResponse(came.envelope_id, payload))

    def _origin(self, came: SocketModeRequest) -> Origin:
        """Return how an envelope came in: whoever holds the app token was let in by Slack, so nothing is signed."""
        sha256 = hashlib.sha256(json.dumps(came.payload, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        return Origin("slack-socket", sha256, self._clock(), came.envelope_id)
