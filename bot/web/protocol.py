"""What is said to whoever does not speak HTTP: the same headers as on every page, and nothing of what they sent."""

from __future__ import annotations

from aiohttp import web

from bot.web.guard import HEADERS

WORDS = "That was not understood.\n"


class Protocol(web.RequestHandler):
    """One connection. What cannot be read as a request never comes to a page, so its answer is dressed here."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Return the answer to a broken request; the connection is closed after it."""
        response = super().handle_error(request, status, exc, WORDS)
        response.headers.update({**HEADERS, "Server": "Countersign", "Cache-Control": "no-store"})
        return response
