"""The signature of what Slack sends, looked at before anything is parsed; there is no switch that turns it off.

https://api.slack.com/authentication/verifying-requests-from-slack (scheme v0)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

WINDOW = 300  # seconds that a request may be old, or that the clocks may differ
_SECONDS = re.compile("[0-9]{1,12}")


class Unverified(Exception):
    """It does not come from Slack, or not now, or not whole."""


def verify(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> int:
    """Return when a request was signed (Unix seconds). Raises Unverified, and nothing else, whatever was sent."""
    if not secret or not _SECONDS.fullmatch(timestamp) or abs(now.timestamp() - int(timestamp)) > WINDOW:
        raise Unverified
    expected = sign(secret, timestamp, body).encode()
    if not hmac.compare_digest(expected, signature.encode(errors="replace")):
        raise Unverified
    return int(timestamp)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that Slack gives a body sent at `timestamp`."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()
