"""What the process itself must remember: gestures seen, sessions, sign-in links, schedules, the kind of database."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Meta(Base):
    """A few facts about the database as a whole, such as whether it is a demo."""

    __tablename__ = "meta"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SeenGesture(Base):
    """A gesture that had its effect; a second copy has none. Kept longer than any platform retries."""

    __tablename__ = "seen_gestures"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class WebSession(Base):
    """A browser that is signed in. The cookie holds the secret, this row its hash."""

    __tablename__ = "web_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    device: Mapped[str] = mapped_column(default="")
    assurance: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time link: valid for minutes, spent by POST only."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class Schedule(Base):
    """Something that comes round: when next (UTC), in whose zone."""

    __tablename__ = "schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    rule: Mapped[str]  # a crontab expression, read in `zone`
    zone: Mapped[str]
    next_run_at: Mapped[datetime]


class ScheduleRun(Base):
    """One run of a schedule; the unique row decides which process does it."""

    __tablename__ = "schedule_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    local_date: Mapped[date]
    run_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("schedule_id", "local_date"),)


class SignInAttempt(Base):
    """A request for a sign-in link, counted per hashed address and origin so that nobody can flood a mailbox."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_sign_in_attempts_bucket", "bucket", "at"),)
