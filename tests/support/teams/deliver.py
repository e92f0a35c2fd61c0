"""Carries activities to a bot, signed as the Bot Connector signs them, and keeps what came back."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from tests.support.teams.server import Teams


@dataclass
class Delivered:
    """One delivery and the bot's answer; `error` says why there is none."""

    activity: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0
    body: bytes = b""
    seconds: float = 0.0
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the bot took it."""
        return not self.error and self.status == 200

    def json(self) -> Any:
        """Return what the body says; None for an empty one. Raises ValueError."""
        return json.loads(self.body) if self.body.strip() else None


class Courier:
    """Delivers to one bot."""

    def __init__(self, teams: Teams) -> None:
        self._teams = teams
        self._client: aiohttp.ClientSession | None = None

    async def carry(self, activity: Mapping[str, Any]) -> Delivered:
        """Deliver once, truly signed."""
        token = self.token(str(activity.get("serviceUrl", "")))
        return await self.post(json.dumps(activity).encode(), {"Authorization": f"Bearer {token}"}, activity)

    def token(self, service_url: str, **changed: Any) -> str:
        """Return a good token for a service address. Who reads it goes by the machine's clock, whatever a test's is."""
        return self._teams.issuer.sign(self._teams.issuer.claims(datetime.now().astimezone(), service_url, **changed))

    async def post(
        self, body: bytes, headers: Mapping[str, str], activity: Mapping[str, Any] | None = None
    ) -> Delivered:
        """Post a body with headers as they are, true or forged."""
        if self._client is None:
            self._client = aiohttp.ClientSession()
        begun = time.monotonic()
        told = {"Content-Type": "application/json; charset=utf-8", **headers}
        url = f"{self._teams.bot_url}/api/messages"
        found = Delivered(activity or {})
        try:
            async with (
                asyncio.timeout(self._teams.patience),
                self._client.post(url, data=io.BytesIO(body), headers=told) as answer,
            ):
                found.status, found.body = answer.status, await answer.read()
        except TimeoutError:
            found.error = "timeout"
        except aiohttp.ClientError as broken:
            found.error = type(broken).__name__
        found.seconds = time.monotonic() - begun
        self._teams.happened()
        return found

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.close()
