"""The Bot Connector, over one session and with one token for as long as it lives. Nothing is repeated from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.teams.bearer import Bearer
from bot.teams.calls import NotSent, Refused, after_of, code_of, object_of, part
from config.chats import is_loopback
from config.settings import Settings

SECONDS = 10.0  # for one call


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where somebody is reached: the regional service, the conversation there, and who we are in it."""

    service_url: str
    id: str


class Connector:
    """Sends activities; `seconds` bound one call. A service that is not on the list never gets our token."""

    def __init__(self, settings: Settings, bearer: Bearer, seconds: float = SECONDS) -> None:
        self._bearer = bearer
        self._local = settings.teams_local
        self._services = tuple(one.strip() for one in settings.teams_service_urls.split(",") if one.strip())
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    def trusts(self, service_url: object) -> bool:
        """Return whether a service address may get our token: on the list, or on this machine in local mode."""
        if not isinstance(service_url, str) or any(char in service_url for char in "\\@?#"):
            return False
        if self._local:
            return is_loopback(urlsplit(service_url).hostname or "")
        return any(f"{service_url.rstrip('/')}/".startswith(f"{one.rstrip('/')}/") for one in self._services)

    async def send(self, to: Conversation, activity: Mapping[str, Any]) -> str:
        """Post an activity and return its id. Raises Refused, NotSent, or what aiohttp raises (in doubt)."""
        found = await self._call("POST", to.service_url, f"v3/conversations/{part(to.id)}/activities", activity)
        return str(found.get("id", ""))

    async def update(self, to: Conversation, activity_id: str, activity: Mapping[str, Any]) -> None:
        """Replace an activity. Raises like `send`."""
        path = f"v3/conversations/{part(to.id)}/activities/{part(activity_id)}"
        await self._call("PUT", to.service_url, path, activity)

    async def member(self, at: Conversation, member: str) -> Mapping[str, Any]:
        """Return what Teams knows of a member: aadObjectId, email, userPrincipalName. Raises like `send`."""
        return await self._call("GET", at.service_url, f"v3/conversations/{part(at.id)}/members/{part(member)}")

    async def _call(
        self, method: str, service_url: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        if not self.trusts(service_url):
            raise NotSent
        session = self._open()
        token = await self._bearer.token(session)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{service_url.rstrip('/')}/{path}"
        try:
            async with session.request(method, url, json=body, headers=headers, allow_redirects=False) as response:
                if response.status == 401:
                    self._bearer.forget(token)
                if response.status >= 300:
                    raise Refused(response.status, await code_of(response), after_of(response))
                return await object_of(response)
        except aiohttp.ClientConnectorError as unreached:
            raise NotSent from unreached

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
