"""Where evidence lies: records and transitions that only grow, and the vault whose payloads may be deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Record(Base):
    """One evidence record: the exact canonical bytes, and a few of their fields again for looking up."""

    __tablename__ = "records"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(default="")
    actor_ref: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_records_subject", "subject", "type"), Index("ix_records_type", "type", "recorded_at"))


class VaultItem(Base):
    """What a commitment in a record commits to. Deleting the row erases the payload; the record still holds."""

    __tablename__ = "vault"

    commitment: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), index=True)
    person_ref: Mapped[str] = mapped_column(default="", index=True)
    retention_class: Mapped[str] = mapped_column(default="evidence")


class Transition(Base):
    """One move of one thing: who moved it from which state to which, when, and the record that says so."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str]
    thing_id: Mapped[int]
    verb: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"))

    __table_args__ = (Index("ix_transitions_thing", "noun", "thing_id"),)
