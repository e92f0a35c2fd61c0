"""The body of a request, over a real connection: whole, or refused before it costs anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.body import BROKEN, whole

LIMIT, SECONDS = 64 * 1024, 0.2


async def _answer(request: web.Request) -> web.Response:
    try:
        return web.Response(body=await whole(request, LIMIT, SECONDS))
    except BROKEN as broken:
        return web.Response(status=400, text=type(broken).__name__)


def answered(body: bytes | AsyncIterator[bytes]) -> tuple[int, bytes]:
    """Post a body, of known length or in pieces; return the status and what was read."""

    async def once() -> tuple[int, bytes]:
        app = web.Application()
        app.add_routes([web.post("/", _answer)])
        async with (
            TestServer(app) as server,
            ClientSession() as client,
            client.post(server.make_url("/"), data=body) as response,
        ):
            return response.status, await response.read()

    return asyncio.run(once())


async def pieces(many: int, *, then: float = 0) -> AsyncIterator[bytes]:
    """Yield `many` KiB of which nobody knows beforehand how many they are, and wait before the last."""
    for _ in range(many - 1):
        yield b"x" * 1024
    await asyncio.sleep(then)
    yield b"x" * 1024


@pytest.mark.parametrize("size", [0, 3, LIMIT])
def test_what_is_not_too_long_comes_whole(size: int) -> None:
    assert answered(b"x" * size) == (200, b"x" * size)


def test_pieces_come_whole() -> None:
    assert answered(pieces(64)) == (200, b"x" * LIMIT)


def test_more_than_the_limit_is_refused_whether_it_says_so_or_not() -> None:
    assert answered(b"x" * (LIMIT + 1)) == (400, b"TooLong")
    assert answered(pieces(65)) == (400, b"TooLong")


def test_nobody_is_waited_for_too_long() -> None:
    assert answered(pieces(2, then=2 * SECONDS)) == (400, b"TimeoutError")
