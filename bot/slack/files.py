"""Files that people hand in: fetched while Slack waits, so quickly or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.handed import LIMIT, NotFetched, at_most
from bot.slack.api import NoToken
from bot.slack.gestures import Handed
from models.gesture import Upload

log = structlog.get_logger()
Token = Callable[[str], Awaitable[str]]
SECONDS = 2  # Slack waits for an answer for three


class Files:
    """Fetches files of any number of workspaces. Hosts of Slack's are those of `api_url` and of slack.com."""

    def __init__(self, token: Token, api_url: str) -> None:
        self._token = token
        self._here = urlsplit(api_url)
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, workspace: str, file: Handed) -> Upload:
        """Return a file that somebody handed in. Raises NotFetched."""
        if file.size > LIMIT or not self._ours(file.url):
            raise NotFetched
        try:
            headers = {"Authorization": f"Bearer {await self._token(workspace)}"}
            async with self._open().get(file.url, headers=headers, allow_redirects=False) as response:
                if response.status != 200:  # elsewhere is a page on which to sign in: the app lacks files:read
                    log.warning("file not fetched", status=response.status)
                    raise NotFetched
                return Upload(file.name, file.media_type, await at_most(response, LIMIT))
        except (NoToken, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("file not fetched", error=type(error).__name__)
            raise NotFetched from error

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _ours(self, url: str) -> bool:
        """Return whether an address is Slack's: nothing else gets a token."""
        try:
            there = urlsplit(url)
            if (there.scheme, there.hostname, there.port) == (self._here.scheme, self._here.hostname, self._here.port):
                return True
        except ValueError:
            return False
        return there.scheme == "https" and (there.hostname or "").endswith(".slack.com")
