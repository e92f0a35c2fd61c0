"""One hash over many: the Merkle tree hash of RFC 6962, section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def tree_hash(leaves: Sequence[bytes]) -> str:
    """Return the tree hash of `leaves` in their order, as hex; the empty sequence has the hash of nothing."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256().hexdigest()
    # A last node without a partner moves up as it is, which splits at the largest power of two, as the RFC asks.
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()
