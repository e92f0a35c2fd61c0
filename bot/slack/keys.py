"""The tokens of workspaces: encrypted at rest, and renewed by one process at a time.

The keys are the deployment's own (`COUNTERSIGN_SECRET_KEY`, newest first), stretched by HKDF (RFC 5869) under a name of
their own, so that a token's key signs nothing and a cookie's key opens nothing. The newest key encrypts, every one
still reads, and what an older one encrypted is encrypted afresh when it is next used.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"countersign/v1/tokens"


class Unreadable(Exception):
    """A token that none of the deployment's keys opens: the key that did is no longer among them."""


class Keys:
    """Closes and opens what must not lie in the database as it is. Needs at least one key; the newest comes first."""

    def __init__(self, keys: Sequence[str]) -> None:
        each = [Fernet(_stretched(key)) for key in keys]
        self._newest = each[0]
        self._all = MultiFernet(each)

    def close(self, token: str) -> bytes:
        """Return a token as it may be kept."""
        return self._newest.encrypt(token.encode())

    def open(self, kept: bytes) -> str:
        """Return a token that was kept. Raises Unreadable."""
        try:
            return self._all.decrypt(kept).decode()
        except InvalidToken:
            raise Unreadable from None

    def outdated(self, kept: bytes) -> bool:
        """Return whether it should be closed afresh, because an older key closed it."""
        try:
            self._newest.decrypt(kept)
        except InvalidToken:
            return True
        return False


def _stretched(key: str) -> bytes:
    """Return the key that Fernet takes: 32 bytes, url-safe base64."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode()))
