"""The keys that sign activities: fetched when first needed, kept, and fetched again when an unknown one turns up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import jwt
import structlog

log = structlog.get_logger()
FRESH = timedelta(hours=24)  # "Bot Connector authentication": fetch the document anew at least once in 24 hours
PAUSE = timedelta(minutes=5)  # between two fetches for unknown keys, so that garbage cannot make us hammer the server
RETRY = timedelta(seconds=5)  # after a fetch that failed
SECONDS = 5.0  # for a whole fetch
LARGEST = 1024 * 1024  # bytes of a document


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and the channels it may speak for."""

    key: Any
    endorsements: frozenset[str]


class Unavailable(Exception):
    """The key document cannot be had now."""


class Keys:
    """The signing keys behind an OpenID metadata document, by key id."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._fetched: datetime | None = None  # when the keys in force came
        self._asked: datetime | None = None  # when they were last asked for on account of an unknown key
        self._failed: datetime | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> Key | None:
        """Return the key called `kid`, or None where there is none. Raises Unavailable."""
        if self._due(kid):
            async with self._lock:
                if self._due(kid):  # nobody else has fetched them meanwhile
                    await self._refresh(unknown=kid not in self._keys)
        return self._keys.get(kid)

    def _due(self, kid: str) -> bool:
        """Return whether the document has to be fetched before `kid` can be judged."""
        now = self._clock()
        if self._failed is not None and now - self._failed < RETRY:
            if self._fetched is None:
                raise Unavailable
            return False
        if self._fetched is None or now - self._fetched > FRESH:
            return True
        return kid not in self._keys and (self._asked is None or now - self._asked >= PAUSE)

    async def _refresh(self, *, unknown: bool) -> None:
        now = self._clock()
        try:
            self._keys = await fetched(self._url)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            self._failed = now
            log.warning("signing keys cannot be had", cause=type(error).__name__)
            if self._fetched is None:
                raise Unavailable from error
            return
        if unknown and self._fetched is not None:
            self._asked = now  # only now: a document that could not be had is asked for again after seconds
        self._fetched, self._failed = now, None


async def fetched(url: str) -> Mapping[str, Key]:
    """Return the keys behind a metadata document."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        document = await _json(session, url)
        found = await _json(session, str(document["jwks_uri"]))
    return {
        str(one["kid"]): Key(jwt.PyJWK(one, "RS256").key, frozenset(map(str, one.get("endorsements", ()))))
        for one in found["keys"]
        if one.get("kty") == "RSA"
    }


async def _json(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url, allow_redirects=False) as response:
        response.raise_for_status()
        if (response.content_length or 0) > LARGEST:
            raise ValueError("the document is too large")
        body = await response.read()
    document = json.loads(body)
    if not isinstance(document, dict):
        raise TypeError("the document is no object")
    return document
