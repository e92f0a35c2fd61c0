"""Whether an import is changing people right now. It changes them one batch at a time, so others wait for its end."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person import RosterImport
from workflows.workflow import Refusal

RUNNING = ("applying", "reversing")


def settled(session: Session) -> None:
    """Raise Refusal while an import is being applied or reversed.

    Whoever fixes a population would see half of it, and a change by hand could be overwritten.
    """
    busy = session.scalars(select(RosterImport).where(RosterImport.state.in_(RUNNING)).limit(1)).first()
    if busy:
        raise Refusal(f"{busy.code} is changing people right now.", "Try again in a minute or two.")
