"""What only one process at a time may do: a row says who, and until when; who dies loses it when it runs out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from models.chat import Lease
from workflows.context import insert_or_ignore


def take(session: Session, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take or renew a lease, and return whether it is ours until `now` + `lasts`."""
    until = now + lasts
    session.execute(insert_or_ignore(session, Lease), {"name": name, "holder": holder, "until": until})
    free = or_(Lease.holder == holder, Lease.until <= now)
    mine = update(Lease).where(Lease.name == name, free).values(holder=holder, until=until).returning(Lease.name)
    return session.scalar(mine.execution_options(synchronize_session=False)) is not None


def give_back(session: Session, name: str, holder: str) -> None:
    """Let somebody else have a lease at once."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
