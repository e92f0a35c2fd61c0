"""Policies and their versions. A version that was published is never changed; the next one supersedes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.person import Person


class Policy(Base):
    """A policy as the company knows it: POL-3. `slug` is the id its front matter carries."""

    __tablename__ = "policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    in_force_id: Mapped[int | None]  # the published version, if any; as facts: "in_force" of POL-n
    created_at: Mapped[datetime]

    owner: Mapped[Person] = relationship()

    @property
    def code(self) -> str:
        """The id people type."""
        return f"POL-{self.id}"


class PolicyVersion(Base):
    """One text of a policy, from draft to superseded."""

    __tablename__ = "policy_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")  # Markdown; empty where a file is the policy
    original_sha256: Mapped[str | None] = mapped_column(ForeignKey("originals.sha256"))
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]  # of the text or file: this is what is acknowledged
    summary: Mapped[str] = mapped_column(default="")
    changes: Mapped[str] = mapped_column(default="")
    controls: Mapped[str] = mapped_column(default="")  # criterion ids, ";"-separated
    audience: Mapped[str] = mapped_column(default="everyone")
    cadence: Mapped[str] = mapped_column(default="yearly")
    days: Mapped[int] = mapped_column(default=14)
    typed_name: Mapped[bool] = mapped_column(default=False)
    ask_again: Mapped[bool] = mapped_column(default=True)
    answers_as: Mapped[int]  # the oldest version number whose acknowledgements count for this one
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    policy: Mapped[Policy] = relationship()

    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    @property
    def code(self) -> str:
        """The id people type: POL-3v4."""
        return f"POL-{self.policy_id}v{self.number}"


class Original(Base):
    """A file as it came in, byte for byte, kept once under its hash."""

    __tablename__ = "originals"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    name: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]


class AcknowledgementImport(Base):
    """A file of acknowledgements made elsewhere, confirmed by a lead and kept line by line: `cursor` lines are done."""

    __tablename__ = "acknowledgement_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    original_sha256: Mapped[str] = mapped_column(ForeignKey("originals.sha256"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime]
    cursor: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
