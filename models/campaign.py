"""Campaigns and assignments: who was asked what, until when, and how it ended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.person import Person


class Campaign(Base):
    """One asking, of one thing or of several together, of a population that is fixed at launch."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[str]
    subject: Mapped[str]  # what is asked about, ";"-separated: "POL-3v4;POL-5v1", or the workflow's own name
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    audience: Mapped[str] = mapped_column(default="everyone")
    reason: Mapped[str] = mapped_column(default="campaign")
    due_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who drafted it, then who launched it
    created_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    send_after: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)  # the fan-out has passed every person id up to here
    said_cursor: Mapped[int] = mapped_column(default=0)  # messages were written for every person id up to here
    announced_at: Mapped[datetime | None]  # all messages were written
    due_cursor: Mapped[int | None]  # a new due date has reached every assignment id up to here; None: all of them
    population_count: Mapped[int | None]
    population_sha256: Mapped[str | None]
    population_record_id: Mapped[str | None]

    @property
    def code(self) -> str:
        """The id people type."""
        return f"C-{self.id}"

    @property
    def subjects(self) -> list[str]:
        """What is asked about, one by one."""
        return self.subject.split(";")


class Assignment(Base):
    """One thing owed by one person. `assignee` is asked now: another than `owed_by` under delegation or by step."""

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[str]
    subject: Mapped[str]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    owed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    assignee_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    step: Mapped[str] = mapped_column(default="answer")
    state: Mapped[str] = mapped_column(default="open")
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str]  # hire | new version | yearly | campaign | joined
    department: Mapped[str]  # frozen with the population
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # frozen with the population
    assigned_at: Mapped[datetime]
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    next_nudge_at: Mapped[datetime | None]  # when to look at it again; set to `assigned_at` when it is opened
    nudges: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    record_id: Mapped[str | None]  # the record that closed it

    owed_by: Mapped[Person] = relationship(foreign_keys=[owed_by_id])
    assignee: Mapped[Person] = relationship(foreign_keys=[assignee_id])
    campaign: Mapped[Campaign | None] = relationship()

    __table_args__ = (
        Index("ix_assignments_assignee", "assignee_id", "state"),
        Index("ix_assignments_owed", "owed_by_id", "workflow", "subject"),
        Index(
            "ix_assignments_due",
            "next_nudge_at",
            sqlite_where=text("next_nudge_at IS NOT NULL"),
            postgresql_where=text("next_nudge_at IS NOT NULL"),
        ),
        Index(
            "uq_assignments_campaign",
            "campaign_id",
            "owed_by_id",
            "subject",
            unique=True,
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
        Index("ix_assignments_subject", "subject", "state"),
        Index("ix_assignments_counts", "campaign_id", "department", "state", "due_on"),
    )

    @property
    def code(self) -> str:
        """The opaque id that buttons carry."""
        return f"A-{self.id}"

    @property
    def campaign_code(self) -> str:
        """The campaign's id as people type it; nothing where there is none."""
        return f"C-{self.campaign_id}" if self.campaign_id is not None else ""
