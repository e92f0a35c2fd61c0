"""Files that people hand in beside their words: Teams says where they lie, and lets us in for a while.

The address itself is what opens it ("Send and receive files through a bot"): our token is not sent there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from bot.handed import LIMIT, NotFetched, at_most
from bot.teams.gestures import Handed
from config.chats import is_loopback
from models.gesture import Upload

SECONDS = 8  # for all files of a message; Teams waits for an answer for fifteen
HOSTS = (".sharepoint.com", ".sharepoint-df.com", ".sharepoint.us", ".sharepoint-mil.us", ".onedrive.com", ".1drv.com")


class Files:
    """Fetches files from where Microsoft keeps them; in local mode from this machine, too."""

    def __init__(self, *, local: bool) -> None:
        self._local = local
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, files: Sequence[Handed], service_url: str) -> tuple[Upload, ...]:
        """Return the files of a message that came by a service. Raises NotFetched where one of them cannot be had."""
        here = self._local or is_loopback(urlsplit(service_url).hostname or "")
        if not all(lies_well(file.url, here=here) for file in files):
            raise NotFetched
        found: list[Upload] = []
        try:
            async with asyncio.timeout(SECONDS):
                for file in files:
                    found.append(await self._one(file, LIMIT - sum(len(one.body) for one in found)))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotFetched from error
        return tuple(found)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _one(self, file: Handed, limit: int) -> Upload:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.get(file.url, allow_redirects=False) as response:
            if response.status != 200:  # elsewhere is a page on which to sign in
                raise NotFetched
            return Upload(file.name, response.content_type, await at_most(response, limit))


def lies_well(url: str, *, here: bool) -> bool:
    """Return whether an address is one of SharePoint's or OneDrive's; `here`: this machine's will do as well."""
    try:
        there = urlsplit(url)
        host, port = (there.hostname or "").lower(), there.port
    except ValueError:
        return False
    if here and there.scheme in ("http", "https") and is_loopback(host):
        return True
    plain = there.username is None and port in (None, 443) and "\\" not in url
    return there.scheme == "https" and plain and host.endswith(HOSTS)
