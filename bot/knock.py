"""Knocks at our own door, as `doctor` does: is it us who answer at the address that a chat is told?"""

from __future__ import annotations

import aiohttp

from bot.finding import Finding

PATIENCE = aiohttp.ClientTimeout(total=15)


async def knock(what: str, url: str) -> int | Finding:
    """Post nothing, unsigned; return the status of the answer, or what was found of `what` where nobody answers."""
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as client, client.post(url, data=b"") as response:
            return response.status
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        how = f"{url} does not answer ({type(error).__name__})"
        return Finding(what, "warn", how, "Start it: python -m bot serve. Then check the proxy before it.")
