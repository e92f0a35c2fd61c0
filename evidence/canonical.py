"""Canonical bytes: RFC 8785 (JSON Canonicalization Scheme), restricted so that sorted, compact JSON has them already.

Keys are ASCII, there are no floats, integers stay below 2^53, strings are valid UTF-8, times are fixed-width UTC
strings.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

_LIMIT = 2**53


class NotCanonical(ValueError):
    """A value lies outside the subset of JSON that evidence may contain."""


def instant(at: datetime) -> str:
    """Return an aware datetime as "2026-03-31T09:00:00.000000Z". Raises NotCanonical for a naive one."""
    if at.tzinfo is None:
        raise NotCanonical("a time without a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of JSON-ready `value`. Raises NotCanonical where it lies outside the subset."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _check(value: Any) -> None:
    """Raise NotCanonical for anything that sorted, compact JSON would not write as RFC 8785 does."""
    match value:
        case None | bool():
            return
        case int():
            if not -_LIMIT < value < _LIMIT:
                raise NotCanonical("an integer beyond 2^53")
        case str():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise NotCanonical("a string that is not valid UTF-8") from error
        case dict():
            for key, part in value.items():
                if not (isinstance(key, str) and key.isascii()):
                    raise NotCanonical("a key that is not ASCII text")
                _check(part)
        case list() | tuple():
            for part in value:
                _check(part)
        case _:
            raise NotCanonical(f"a {type(value).__name__}")
