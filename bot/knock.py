"""Knocks at our own door, as `doctor` does: is it us who answer at the address that a chat is told?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import aiohttp

from bot.finding import Finding

PATIENCE = aiohttp.ClientTimeout(total=15)
_HEARD = 4096  # bytes of an answer


class Answer(NamedTuple):
    """What was answered: the status, how the text begins, and whether it asks for a name and a password."""

    status: int
    text: str
    asks: bool


async def knock(what: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer | Finding:
    """Post something, or nothing; return what is answered, or what was found of `what` where nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as client,
            client.post(url, data=body, headers=headers) as response,
        ):
            text = (await response.content.read(_HEARD)).decode(errors="replace")
            return Answer(response.status, text, "WWW-Authenticate" in response.headers)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        how = f"{url} does not answer ({type(error).__name__})"
        return Finding(what, "warn", how, "Start it: python -m bot serve. Then check the proxy before it.")
