"""Reads one thing at a time out of what Slack sent. Whatever has another shape than Slack documents is `Malformed`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models.message import clean

Payload = Mapping[str, Any]
LATE = timedelta(days=1)  # what a payload's own time may be behind the request's: Slack tries events again for hours
SKEW = timedelta(minutes=5)  # what it may be ahead


class Malformed(Exception):
    """It is signed, but not what Slack documents."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How a payload came in: by which scheme, the hash and the time of the request, a key where it has none itself."""

    scheme: str
    sha256: str
    at: datetime
    key: str


def part(data: Payload, name: str) -> Payload:
    """Return an object inside another; empty where it is missing. Raises Malformed."""
    found = data.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Malformed
    return found


def parts(data: Payload, name: str) -> list[Payload]:
    """Return a list of objects; empty where it is missing. Raises Malformed."""
    found = data.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed
    return found


def text(data: Payload, name: str) -> str:
    """Return a text inside an object, without what no database keeps; empty where it is missing. Raises Malformed."""
    found = data.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Malformed
    return clean(found)


def moment(seconds: str, fallback: datetime) -> datetime:
    """Return the platform's own time of a gesture ("1764000000.000100"); the request's where it makes no sense."""
    try:
        value = float(seconds)
        found = datetime.fromtimestamp(value, UTC) if math.isfinite(value) else fallback
    except (ValueError, OverflowError, OSError):
        return fallback
    return found if fallback - timedelta(days=1) < found <= fallback + SKEW else fallback
