"""What calls to Microsoft have in common: how they are refused, and how little of an answer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.pace import asked_to_wait


class Refused(Exception):
    """The other side said no; `code` is its word for why, `after` how long it wants to be left alone."""

    def __init__(self, status: int, code: str = "", after: timedelta = timedelta()) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.after = after


class NotSent(Exception):
    """The call certainly did not reach the other side."""


class NoToken(NotSent):
    """The login service was asked for a token and said no."""


def part(text: str) -> str:
    """Return `text` as one part of a path."""
    return quote(text, safe="")


async def object_of(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    """Return the JSON object of a response; many calls are answered with nothing."""
    body = await response.read()
    found = await response.json(content_type=None) if body else {}
    return found if isinstance(found, dict) else {}


async def code_of(response: aiohttp.ClientResponse) -> str:
    """Return the service's word for what is wrong; never its sentence, which may quote a message."""
    try:
        code = (await object_of(response)).get("error", {}).get("code", "")
    except (ValueError, AttributeError):
        return ""
    return code if isinstance(code, str) and code.isalnum() and len(code) <= 60 else ""


def after_of(response: aiohttp.ClientResponse) -> timedelta:
    """Return how long Retry-After asks to wait; a date there, or nothing, is no time."""
    return asked_to_wait(response.headers.get("Retry-After", "")) or timedelta()
