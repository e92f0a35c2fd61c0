"""What stands before every page: the right host, the same site, a body that can be read, and errors in plain words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.database import NotSaved
from bot.logs import place_of
from bot.web import doors, draw
from bot.web.frame import Again
from bot.web.parts import PARTS, bare_frame, frame_of, session_secret, viewer
from bot.web.posted import POSTED, posted, texts
from config.chats import is_loopback

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNSIGNED_POSTS = ("/sign-in", "/demo")  # no session yet, so no token; their origin is looked at all the same
SIGNED = ("/slack/events", "/api/messages")  # every request is signed; no browser is meant, no page is answered
ANY_HOST = ("/healthz", "/readyz")  # asked by machines under any name; they say nothing about anybody
YEAR = 31_536_000  # seconds
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class NotTaken(Exception):
    """A post from one of our own pages that cannot be taken as it is; what was typed is kept for another press."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its page, and give every error its words."""
    if request.path in SIGNED:
        return await handler(request)
    try:
        _right_host(request)
        if request.method == "POST":
            await _same_site(request)
        return await handler(request)
    except web.HTTPRedirection as redirection:
        return web.Response(status=redirection.status, headers={"Location": redirection.headers["Location"]})
    except web.HTTPException as error:
        told = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
        return await _trouble(request, error.status, headers=told)
    except NotTaken as kept:
        return await _trouble(request, kept.status, again=_again(request))
    except NotSaved:
        return await _trouble(request, 503, again=_again(request))
    except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a page
        # Its words may hold what somebody typed, and the path may hold a link's secret: neither is written down.
        log.error("page failed", page=_page(request), **place_of(error))  # noqa: TRY400
        return await _trouble(request, 500, again=_again(request))


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Give every answer its headers, just before it is sent; those for browsers where one may read it."""
    response.headers["Server"] = "Countersign"
    if request.path in SIGNED:
        return
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app[PARTS].settings.base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    response.headers.setdefault("Cache-Control", _cache(request, response))


def _cache(request: web.Request, response: web.StreamResponse) -> str:
    """Pages are kept nowhere; a file under the address that holds its hash never changes."""
    if not request.path.startswith("/static/") or response.status not in (200, 206, 304):
        return "no-store"
    known = request.path_qs == draw.static(request.path.removeprefix("/static/"))
    return f"public, max-age={YEAR}, immutable" if known else "no-cache"


def _right_host(request: web.Request) -> None:
    """Refuse a name that is not ours: another site's name may be made to lead here (DNS rebinding)."""
    settings = request.app[PARTS].settings
    host = _host_of(f"//{request.host}")
    own = host == _host_of(settings.base_url) or (settings.demo and is_loopback(host))
    if not own and request.path not in ANY_HOST:
        raise web.HTTPMisdirectedRequest


def _host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:  # brackets that hold no address
        return ""


async def _same_site(request: web.Request) -> None:
    """Refuse a POST that another site made: by its origin, and by the token every form carries."""
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or origin not in (None, *_origins(request)):
        raise web.HTTPForbidden
    if request.path.startswith(UNSIGNED_POSTS):
        await posted(request, small=True)
        return
    secret = session_secret(request)
    if secret is None:
        raise web.HTTPSeeOther("/sign-in")
    data = await posted(request)
    # With our own origin it was one of our pages, only an old one: it may be sent once more by another press.
    if await viewer(request) is None:
        raise NotTaken(401) if origin else web.HTTPSeeOther("/sign-in")
    if not request.app[PARTS].cookies.csrf_holds(secret, str(data.get("csrf", ""))):
        raise NotTaken(403) if origin else web.HTTPForbidden


def _origins(request: web.Request) -> tuple[str, ...]:
    """Return the origins of our own pages: the base address, and on this machine whatever port it is."""
    base = urlsplit(request.app[PARTS].settings.base_url)
    port = f":{base.port}" if base.port not in (None, {"http": 80, "https": 443}[base.scheme]) else ""
    name = f"[{base.hostname}]" if ":" in (base.hostname or "") else base.hostname
    own = f"{base.scheme}://{name}{port}"
    return (own, f"http://{request.host}") if is_loopback(_host_of(f"//{request.host}")) else (own,)


def _again(request: web.Request) -> Again | None:
    """Return what was posted, so that it can be posted once more; nothing for a GET, which is simply loaded again."""
    data = request.get(POSTED)
    return None if data is None else Again(request.path_qs, texts(data))


async def _trouble(
    request: web.Request, status: int, *, again: Again | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return the page for an error: with the places of who is signed in, unless the database is what failed."""
    parts = request.app[PARTS]
    secret = session_secret(request)
    frame = bare_frame(request)
    if status < 500 and status != 421:
        try:
            who = await viewer(request)
            frame = await frame_of(request, who) if who else frame
        except NotSaved:
            log.warning("page without its frame", page=_page(request))
    frame = replace(frame, csrf=parts.cookies.csrf(secret) if secret else "")
    text = doors.trouble(frame, status, again)
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _page(request: web.Request) -> str:
    """Return which page was asked for, without what stands in its address."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
