"""Whether whoever asks sits at this machine: only there may one be believed without proof, in a demo or a try."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from config.chats import is_loopback
from config.settings import Settings

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def only_here(settings: Settings, request: web.Request) -> bool:
    """Return whether nothing about a request, or about us, leads beyond this machine."""
    host = urlsplit(f"//{request.host}").hostname or ""
    base = urlsplit(settings.base_url).hostname or ""
    near = all(is_loopback(one) for one in (settings.host, base, host, request.remote or ""))
    return near and not any(name in request.headers for name in FORWARDING)
