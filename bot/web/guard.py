"""What stands before every page: security headers, size limits, CSRF, and errors said in plain words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.database import NotSaved
from bot.web import doors
from bot.web.parts import PARTS, bare_frame
from bot.web.session import COOKIE

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNSIGNED_POSTS = ("/sign-in", "/demo")  # no session yet, so no token; they change nothing of anybody's
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its page, and give every answer its headers and every error its words."""
    try:
        if request.method == "POST":
            await _same_site(request)
        response = await handler(request)
    except web.HTTPRedirection as redirection:
        response = web.Response(status=redirection.status, headers={"Location": redirection.headers["Location"]})
    except web.HTTPException as error:
        response = _trouble(request, error.status)
    except NotSaved:
        response = _trouble(request, 503)
    except Exception:
        log.exception("page failed", path=request.path)
        response = _trouble(request, 500)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _same_site(request: web.Request) -> None:
    """Refuse a POST that another site made: by its origin, and by the token every form carries."""
    parts = request.app[PARTS]
    origin = request.headers.get("Origin")
    own = (f"{request.scheme}://{request.host}", parts.settings.base_url)
    if origin is not None and origin not in own:
        raise web.HTTPForbidden
    if request.path.startswith(UNSIGNED_POSTS):
        return
    secret = parts.cookies.read(request.cookies.get(COOKIE, ""))
    data = await request.post()
    if secret is None:
        raise web.HTTPSeeOther("/sign-in")
    if not parts.cookies.csrf_holds(secret, str(data.get("csrf", ""))):
        raise web.HTTPForbidden


def _trouble(request: web.Request, status: int) -> web.Response:
    return web.Response(text=doors.trouble(bare_frame(request), status), content_type="text/html", status=status)
