"""Reads the body of a request whole, before anybody knows whose it is: never more than is wanted, nor for longer."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


class TooLong(Exception):
    """There is more than this platform ever sends."""


BROKEN = (TooLong, TimeoutError, OSError, HttpProcessingError, web.RequestPayloadError)  # what `whole` raises


async def whole(request: web.Request, limit: int, seconds: float) -> bytes:
    """Return a body of at most `limit` bytes as it came, within `seconds`. Raises one of BROKEN."""
    length = request.content_length
    if length is not None and length <= limit and request.content.is_eof():
        return await request.read()  # it is all there, as with most
    if (length or 0) > limit:
        raise TooLong
    async with asyncio.timeout(seconds):
        try:
            await request.content.readexactly(limit + 1)
        except asyncio.IncompleteReadError as end:
            return end.partial
    raise TooLong
