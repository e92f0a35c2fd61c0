"""JSON as it is sent, without spaces and in UTF-8, and as it comes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_ENCODER, _DECODER = msgspec.json.Encoder(), msgspec.json.Decoder()


def compact(data: Any) -> bytes:
    """Return plain data (dicts, lists, texts, numbers) as JSON.

    Raises UnicodeEncodeError for half a character: no text that went through `models.message.clean` holds one.
    """
    return _ENCODER.encode(data)


def read(sent: str | bytes) -> Any:
    """Return what JSON says, as plain data. Raises ValueError, or RecursionError for what is nested too deeply."""
    try:
        return _DECODER.decode(sent)
    except ValueError:  # the standard library decides: it takes half a character, which a chat may cut off an emoji
        return json.loads(sent)
