"""The token for the Bot Connector: fetched once and kept until shortly before its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from bot.teams.calls import NotSent, Refused, object_of, part
from config.settings import Settings

SCOPE = "https://api.botframework.com"
IDENTITY_URL = "http://169.254.169.254/metadata/identity/oauth2/token"  # Azure's own address inside each machine
EARLY = timedelta(minutes=5)  # a token is renewed before it ends


class Bearer(Protocol):
    """Where the token for the Bot Connector comes from."""

    async def token(self, session: aiohttp.ClientSession) -> str:
        """Return a token that is good for some minutes; empty where none is needed. Raises NotSent."""
        ...

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        ...


class NoBearer:
    """Local mode: nobody asks for a token."""

    async def token(self, session: aiohttp.ClientSession) -> str:
        """See Bearer."""
        return ""

    def forget(self) -> None:
        """See Bearer."""


class AppBearer:
    """The app's token: by its secret, or as a managed identity; fetched once and kept until shortly before its end."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._lock = asyncio.Lock()

    async def token(self, session: aiohttp.ClientSession) -> str:
        """See Bearer."""
        async with self._lock:
            if self._until is None or self._clock() >= self._until:
                found = await self._fetched(session)
                self._token = str(found["access_token"])
                lifetime = timedelta(seconds=int(found.get("expires_in", 0)))
                self._until = self._clock() + max(lifetime - EARLY, timedelta())
            return self._token

    def forget(self) -> None:
        """See Bearer."""
        self._until = None

    async def _fetched(self, session: aiohttp.ClientSession) -> Mapping[str, Any]:
        told = self._settings
        try:
            if told.teams_managed_identity:
                asked = {"api-version": "2018-02-01", "resource": SCOPE, "client_id": told.teams_app_id}
                request = session.get(IDENTITY_URL, params=asked, headers={"Metadata": "true"})
            else:
                tenant = told.teams_tenant_id.split(",")[0].strip()
                form = {
                    "grant_type": "client_credentials",
                    "client_id": told.teams_app_id,
                    "client_secret": told.teams_app_password,
                    "scope": f"{SCOPE}/.default",
                }
                request = session.post(
                    f"{told.teams_login_url.rstrip('/')}/{part(tenant)}/oauth2/v2.0/token", data=form
                )
            async with request as response:
                if response.status != 200:
                    raise Refused(401, "no token")
                return await object_of(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotSent from error
