"""How a payload came in from Slack, and when."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple

from bot.payload import plausible


class Origin(NamedTuple):
    """How a payload came in: by which scheme, the hash and the time of the request, a key where it has none itself."""

    scheme: str
    sha256: str
    at: datetime
    key: str


def moment(seconds: str, fallback: datetime) -> datetime:
    """Return the platform's own time of a gesture ("1764000000.000100"); the request's where it makes no sense."""
    try:
        value = float(seconds)
        found = datetime.fromtimestamp(value, UTC) if math.isfinite(value) else fallback
    except (ValueError, OverflowError, OSError):
        return fallback
    return plausible(found, fallback)
