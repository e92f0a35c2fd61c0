"""What comes twice counts once, and what comes too late not at all: a row for each thing that had its effect."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.desk import SeenGesture
from workflows.context import insert_or_ignore


def first_time(session: Session, at: datetime, *parts: str) -> bool:
    """Return whether what `parts` name together comes for the first time, and remember it by its hash."""
    inserted = insert_or_ignore(session, SeenGesture).returning(SeenGesture.key)
    return session.scalar(inserted, {"key": _key(parts), "at": at}) is not None


def newer(session: Session, at: datetime, *parts: str) -> bool:
    """Return whether what `parts` name together was never heard of as of `at` or later, and remember that time."""
    if first_time(session, at, *parts):
        return True
    later = update(SeenGesture).where(SeenGesture.key == _key(parts), SeenGesture.at < at).values(at=at)
    moved = later.returning(SeenGesture.key).execution_options(synchronize_session=False)
    return session.scalar(moved) is not None


def _key(parts: Sequence[str]) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
