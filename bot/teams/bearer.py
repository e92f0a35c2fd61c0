"""The token for the Bot Connector: fetched once and kept until shortly before its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from bot.teams.calls import NoToken, NotSent, object_of, part
from config.settings import Settings

SCOPE = "https://api.botframework.com"
IDENTITY_URL = "http://169.254.169.254/metadata/identity/oauth2/token"  # Azure's own address inside each machine
EARLY = timedelta(minutes=5)  # a token is renewed before it ends
PAUSE = timedelta(seconds=5)  # after a fetch that failed: nobody waits behind another who waits in vain
SECONDS = 4.0  # for a fetch, so that there is time left for what it is fetched for


class Bearer(Protocol):
    """Where the token for the Bot Connector comes from."""

    async def token(self, session: aiohttp.ClientSession) -> str:
        """Return a token that is good for some minutes; empty where none is needed. Raises NotSent."""
        ...

    def forget(self, token: str) -> None:
        """Ask for a new one next time: this one was refused."""
        ...


class NoBearer:
    """Local mode: nobody asks for a token."""

    async def token(self, session: aiohttp.ClientSession) -> str:
        """See Bearer."""
        return ""

    def forget(self, token: str) -> None:
        """See Bearer."""


class AppBearer:
    """The app's token: by its secret, or as a managed identity; fetched once and kept until shortly before its end."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._failed: datetime | None = None
        self._lock = asyncio.Lock()

    async def token(self, session: aiohttp.ClientSession) -> str:
        """See Bearer."""
        async with self._lock:
            if self._until is None or self._clock() >= self._until:
                if self._failed is not None and self._clock() - self._failed < PAUSE:
                    raise NotSent
                await self._renew(session)
            return self._token

    def forget(self, token: str) -> None:
        """See Bearer."""
        if token == self._token:  # many calls may be refused for one token, after the first of them fetched another
            self._until = None

    async def _renew(self, session: aiohttp.ClientSession) -> None:
        try:
            found = await self._fetched(session)
            token, lifetime = str(found["access_token"]), timedelta(seconds=int(found.get("expires_in", 0)))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self._failed = self._clock()
            refused = isinstance(error, aiohttp.ClientResponseError) and error.status < 500
            raise (NoToken if refused else NotSent) from error
        self._token, self._until = token, self._clock() + max(lifetime - EARLY, timedelta())

    async def _fetched(self, session: aiohttp.ClientSession) -> Mapping[str, Any]:
        told, timeout = self._settings, aiohttp.ClientTimeout(total=SECONDS)
        if told.teams_managed_identity:
            asked = {"api-version": "2018-02-01", "resource": SCOPE, "client_id": told.teams_app_id}
            request = session.get(IDENTITY_URL, params=asked, headers={"Metadata": "true"}, timeout=timeout)
        else:
            tenant = told.teams_tenant_id.split(",")[0].strip()
            form = {
                "grant_type": "client_credentials",
                "client_id": told.teams_app_id,
                "client_secret": told.teams_app_password,
                "scope": f"{SCOPE}/.default",
            }
            url = f"{told.teams_login_url.rstrip('/')}/{part(tenant)}/oauth2/v2.0/token"
            request = session.post(url, data=form, timeout=timeout)
        async with request as response:
            response.raise_for_status()
            return await object_of(response)
