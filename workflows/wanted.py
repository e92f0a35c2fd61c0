"""Whether what was written down is still to be said, asked at the last moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.outbox import OutboxMessage
from workflows import ledger
from workflows.context import zone_of


def no_longer_wanted(session: Session, message: OutboxMessage, now: datetime) -> str:
    """Return why a message should not be sent any more, or nothing: asked at the moment it would leave the house."""
    today = now.astimezone(zone_of(message.person)).date()
    if message.dropped_at is not None:
        return "withdrawn"
    if not message.person.employed(today):
        return "no longer employed"
    if message.kind not in ("assigned", "reminder"):
        return ""
    if session.scalar(ledger.asks_for(message)) is None:
        return "already settled"
    return "on leave" if message.kind == "reminder" and message.person.away(today) else ""
