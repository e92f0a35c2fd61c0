"""Reads one thing at a time out of what a chat sent. Whatever has another shape than documented is `Malformed`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from models.message import clean

Payload = Mapping[str, Any]
LATE = timedelta(days=1)  # what a payload's own time may be behind ours: chats try again for hours
SKEW = timedelta(minutes=5)  # what it may be ahead


class Malformed(Exception):
    """It is signed, but not what the platform documents."""


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
    if isinstance(found, str):
        return found if found.isascii() and found.isprintable() else clean(found)
    if found is None:
        return ""
    raise Malformed


def plausible(told: datetime, ours: datetime) -> datetime:
    """Return the platform's own time of a gesture; ours where that makes no sense."""
    return told if ours - LATE < told <= ours + SKEW else ours
