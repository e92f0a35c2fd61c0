"""What should be said, and how far each copy of it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.person import Person

# A partial index serves only queries that hold the very words of its condition.
WAITING = "state IN ('queued', 'in doubt')"
CLAIMED = "state IN ('claimed', 'in doubt')"
# Kinds of what is said once, and is no duty. A request has a card of its own at home for as long as it waits.
NOTICES = ("notice", "request")


class OutboxMessage(Base):
    """One message to one person. `body` is an encoded Message without names; `revision` grows when it is redrawn."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    dedupe: Mapped[str] = mapped_column(unique=True)  # saying the same thing twice is one message
    kind: Mapped[str]  # assigned | reminder | notice | request | sample | digest | sign-in
    topic: Mapped[str] = mapped_column(default="", index=True)  # what it is about: "A-17", several of a campaign: "C-3"
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    body: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)
    dropped_at: Mapped[datetime | None]  # withdrawn before it was sent
    seen_at: Mapped[datetime | None]  # put away: they said that they read it, or what it is about has moved on

    person: Mapped[Person] = relationship()

    __table_args__ = (Index("ix_messages_inbox", "person_id", "not_before"),)


class Delivery(Base):
    """One copy of a message on one channel: queued, claimed, sent, in doubt, unconfirmed, failed or dropped."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))  # in whose line it waits to be sent
    channel: Mapped[str]  # web | mail | slack | teams
    state: Mapped[str] = mapped_column(default="queued")
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]  # not before this; moved forward by Retry-After and back-off
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    drawn_revision: Mapped[int] = mapped_column(default=0)
    platform_ref: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

    message: Mapped[OutboxMessage] = relationship()

    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        # By campaign, so that a sign-in link waits behind no campaign, and a paused one is not looked through.
        Index(
            "ix_deliveries_due",
            "channel",
            "campaign_id",
            "due_at",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_deliveries_claims", "claimed_until", sqlite_where=text(CLAIMED), postgresql_where=text(CLAIMED)),
    )
