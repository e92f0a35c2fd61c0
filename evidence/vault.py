"""Commitments: a record proves what was said without holding it, so erasing the payload breaks no proof."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evidence.canonical import canonical
from models.record import VaultItem


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload with the salt that hides it, not yet in the vault."""

    commitment: str
    domain: str
    salt: bytes
    payload: bytes
    person_ref: str


def commitment(domain: str, salt: bytes, payload: bytes) -> str:
    """Return SHA-256(domain || 0x00 || salt || payload) as hex. The zero byte keeps domains prefix-free."""
    return hashlib.sha256(domain.encode() + b"\x00" + salt + payload).hexdigest()


def seal(domain: str, payload: Any, person_ref: str = "") -> Sealed:
    """Return a salted commitment to `payload` (JSON data); `person_ref` is whose erasure deletes it."""
    salt, body = secrets.token_bytes(32), canonical(payload)
    return Sealed(commitment(domain, salt, body), domain, salt, body, person_ref)


def keep(session: Session, sealed: Iterable[Sealed], record_id: str) -> None:
    """Put sealed payloads into the vault beside their record."""
    rows = [
        {
            "commitment": one.commitment,
            "domain": one.domain,
            "salt": one.salt,
            "payload": one.payload,
            "record_id": record_id,
            "person_ref": one.person_ref,
        }
        for one in sealed
    ]
    if rows:
        session.execute(insert(VaultItem.__table__), rows)


def opens(item: VaultItem) -> bool:
    """Return whether the payload in the vault still is what the commitment says."""
    return hmac.compare_digest(item.commitment, commitment(item.domain, item.salt, item.payload))
