"""A server of a few lines that answers Web API calls as a test tells it to, and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.support.loop import Loop
from tests.support.serve import serve

Answer = Callable[[dict[str, str]], dict[str, Any]]


class Wire:
    """Answers by method; whatever it was not told about is an unknown method."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, str] = {}
        self.retry_after = 0  # once
        self.api_url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        self.asked[method] += 1
        if self.retry_after:
            headers, self.retry_after = {"Retry-After": str(self.retry_after)}, 0
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        given = {name: str(value) for name, value in (await request.post()).items()} | dict(request.query)
        given["token"] = request.headers.get("Authorization", "").removeprefix("Bearer ")
        said = self.answers[method](given) if method in self.answers else {"ok": False, "error": "unknown_method"}
        return web.json_response({"ok": True, **said}, headers=self.headers)

    @contextmanager
    def running(self, loop: Loop) -> Iterator[Wire]:
        """Serve on a free port of this machine while the block runs."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self.answer)
        runner, address = loop.run(serve(app))
        try:
            self.api_url = f"{address}/api/"
            yield self
        finally:
            loop.run(runner.cleanup())
