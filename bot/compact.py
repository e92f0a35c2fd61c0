"""JSON as it is sent: without spaces, in UTF-8."""

from __future__ import annotations

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def compact(data: Any) -> bytes:
    """Return plain data (dicts, lists, texts, numbers) as JSON.

    Raises UnicodeEncodeError for half a character: no text that went through `models.message.clean` holds one.
    """
    return _ENCODER.encode(data)
