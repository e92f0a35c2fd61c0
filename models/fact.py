"""Effective-dated facts about people and duties: what was true when, and when we learned it; never overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, Index, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class EffectiveFact(Base):
    """`name` (and `key`, where there are several) of `subject` was `value` from `valid_from` until before `valid_to`.

    A row recorded later wins over an earlier one for the instants it covers; that is how corrections work.
    """

    __tablename__ = "effective_facts"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    name: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    value: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"))

    __table_args__ = (Index("ix_effective_facts_lookup", "subject", "name", "key", "valid_from"),)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact to be recorded. `value` is plain JSON data without names or addresses; None ends what stood before."""

    subject: str
    name: str
    value: Any
    valid_from: datetime
    valid_to: datetime | None = None
    key: str = ""


def midnight(day: date) -> datetime:
    """Return the instant at which a fact dated by day begins (00:00 UTC)."""
    return datetime.combine(day, time(), UTC)


def assert_facts(session: Session, changes: Iterable[Change], recorded_at: datetime, record_id: str) -> None:
    """Insert the changes; only `evidence.record` calls this, so that no fact stands without its record."""
    rows = [
        {
            "subject": change.subject,
            "name": change.name,
            "key": change.key,
            "value": json.dumps(change.value, sort_keys=True),
            "valid_from": change.valid_from,
            "valid_to": change.valid_to,
            "recorded_at": recorded_at,
            "record_id": record_id,
        }
        for change in changes
    ]
    if rows:
        session.execute(insert(EffectiveFact), rows)


def facts_of(
    session: Session, subjects: Iterable[str], at: datetime, known_at: datetime | None = None
) -> dict[str, dict[tuple[str, str], Any]]:
    """Return {subject: {(name, key): value}} as true at `at` and as known at `known_at` (default: now)."""
    rows = (
        select(EffectiveFact)
        .where(EffectiveFact.subject.in_(list(subjects)), EffectiveFact.valid_from <= at)
        .order_by(EffectiveFact.id)
    )
    if known_at is not None:
        rows = rows.where(EffectiveFact.recorded_at <= known_at)
    found: dict[str, dict[tuple[str, str], Any]] = {}
    for row in session.scalars(rows):
        if row.valid_to is None or at < row.valid_to:
            found.setdefault(row.subject, {})[row.name, row.key] = json.loads(row.value)
    return found


def fact(
    session: Session, subject: str, name: str, at: datetime, key: str = "", known_at: datetime | None = None
) -> Any:
    """Return one fact's value, or None where nothing is recorded (or it has ended)."""
    return facts_of(session, [subject], at, known_at).get(subject, {}).get((name, key))
