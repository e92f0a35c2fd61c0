"""What a form sent: read once, within limits, as text that can be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField
from multidict import MultiDictProxy

from models.gesture import Upload
from models.message import clean

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SMALL = 64 * 1024  # bytes; who is not signed in has nothing longer to say than an address
TEXT = 16 * 1024 * 1024  # bytes of a form without files; what does not fit its field is refused there, with its text
SECONDS = 300  # for a whole body; 50 MB over a slow line take some minutes
BROKEN = (ValueError, LookupError, AssertionError, OSError, HttpProcessingError, web.RequestPayloadError)
OWN = ("csrf", "key", "shown")
Posted = MultiDictProxy[str | bytes | bytearray | FileField]
POSTED = web.RequestKey[Posted]("posted")  # where a request keeps what was read of it


async def posted(request: web.Request, *, small: bool = False) -> Posted:
    """Return the fields of a posted form; asked again, the same. Raises an HTTP error for what is no form or too much.

    `small` is for who is not signed in: the length must be told beforehand, and is limited.
    """
    if "Content-Type" in request.headers and request.content_type not in FORMS:
        raise web.HTTPUnsupportedMediaType
    if request.content_type != FORMS[1] or small:
        _length(request, SMALL if small else TEXT)
    try:
        async with asyncio.timeout(SECONDS):
            request[POSTED] = data = await request.post()
            return data
    except TimeoutError as slow:
        raise web.HTTPRequestTimeout from slow
    except BROKEN as broken:
        raise web.HTTPBadRequest from broken  # cut off, or in an encoding that it does not keep to


def _length(request: web.Request, limit: int) -> None:
    if request.content_length is None and request.body_exists:
        raise web.HTTPLengthRequired
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)


def answers(data: Posted) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (answers, our own fields) of a posted form; a name that comes several times becomes a list."""
    own = {name: str(data[name]) for name in OWN if name in data}
    values: dict[str, Any] = {}
    for name in dict.fromkeys(data):
        given = [_value(one) for one in data.getall(name)]
        if name not in OWN:
            values[clean(name)] = given[0] if len(given) == 1 else given
    return values, own


def texts(data: Posted) -> Mapping[str, str | Sequence[str]]:
    """Return what was typed, to be posted once more with a new token; files cannot be put back into a page."""
    return {
        name: [one for one in data.getall(name) if isinstance(one, str)]
        for name in dict.fromkeys(data)
        if name != "csrf"
    }


def typed(request: web.Request, name: str, default: str = "") -> str:
    """Return a part of the address as text without characters that hide or that no database keeps."""
    return clean(request.match_info.get(name, default))


def _value(one: Any) -> Any:
    """Return a posted value: text as text, a file as an Upload (None where none was chosen)."""
    if not isinstance(one, FileField):
        return clean(str(one))
    body = one.file.read()
    # Some browsers and all attackers send a whole path; only its end is the file's name.
    name = PurePosixPath(clean(one.filename or "").replace("\\", "/")).name[:200]
    return Upload(name, clean(one.content_type), body) if name or body else None
