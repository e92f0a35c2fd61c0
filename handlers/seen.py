"""What comes twice counts once: a row for each thing that had its effect."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from models.desk import SeenGesture
from workflows.context import insert_or_ignore


def first_time(session: Session, at: datetime, *parts: str) -> bool:
    """Return whether what `parts` name together comes for the first time, and remember it by its hash."""
    key = hashlib.sha256("\x00".join(parts).encode()).hexdigest()
    inserted = insert_or_ignore(session, SeenGesture).returning(SeenGesture.key)
    return session.scalar(inserted, {"key": key, "at": at}) is not None
