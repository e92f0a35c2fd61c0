"""People: the directory row that may be erased, and how somebody is known on each platform."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, new_ref

ROLES = ("employee", "owner", "lead", "deputy", "auditor", "admin")
ANSWERING_KINDS = ("employee", "contractor")


class Person(Base):
    """One human being, mailbox or service, as known now. History stands in `EffectiveFact`; proofs name only `ref`."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(default=new_ref, unique=True)
    employee_id: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    department: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="UTC")
    work_days: Mapped[str] = mapped_column(default="mon-fri")
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    leave_from: Mapped[date | None]
    leave_to: Mapped[date | None]
    kind: Mapped[str] = mapped_column(default="employee")
    roles: Mapped[str] = mapped_column(default="employee")  # separated by ";", projected from effective facts
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]

    manager: Mapped[Person | None] = relationship(foreign_keys=[manager_id], remote_side="Person.id")

    __table_args__ = (Index("ix_people_active", "kind", "start_on", "end_on"),)

    def has(self, *roles: str) -> bool:
        """Return whether this person holds any of `roles`."""
        return not set(roles).isdisjoint(self.roles.split(";"))

    def employed(self, on: date) -> bool:
        """Return whether this person belongs to the company on that day."""
        begun = self.start_on is None or self.start_on <= on
        return begun and (self.end_on is None or on <= self.end_on) and self.merged_into_id is None

    @property
    def withdrawn(self) -> bool:
        """Whether they came in with an import that was reversed: their last day lies before their first."""
        return self.start_on is not None and self.end_on is not None and self.end_on < self.start_on

    def away(self, on: date) -> bool:
        """Return whether this person is on leave on that day (first and last day included)."""
        if self.leave_from is None or on < self.leave_from:
            return False
        return self.leave_to is None or on <= self.leave_to

    def answers(self) -> bool:
        """Return whether this is somebody who can answer at all: a shared mailbox or a service cannot."""
        return self.kind in ANSWERING_KINDS


class EmailAlias(Base):
    """Another address of a person; unique over the whole company."""

    __tablename__ = "email_aliases"

    email: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


class Identity(Base):
    """A person on a platform: (platform, workspace, their id there)."""

    __tablename__ = "identities"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    platform_id: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")  # where the roster names none, and the profile there gave it
    locale: Mapped[str] = mapped_column(default="")
    unreachable_since: Mapped[datetime | None]
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("platform", "workspace", "platform_id"),)


class Preference(Base):
    """By which channel somebody wants to be written to, where there is more than one way to them."""

    __tablename__ = "preferences"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    channel: Mapped[str]  # slack | teams | mail


class RosterImport(Base):
    """A roster file: read and staged, shown as a preview, then applied or dropped; an applied one can be reversed."""

    __tablename__ = "roster_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="reading")
    version: Mapped[int] = mapped_column(default=1)
    original_sha256: Mapped[str]
    full: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    day: Mapped[date]  # the day, where the importer is, from which its facts hold
    received_at: Mapped[datetime]
    staged_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    claim: Mapped[str] = mapped_column(default="")  # who reads the file now; a second reader keeps away until
    claimed_until: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)  # every line id up to here is applied (or reversed)
    rows: Mapped[int] = mapped_column(default=0)
    root: Mapped[str] = mapped_column(default="")  # of the salted row commitments, in the order of the lines
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preview: Mapped[dict[str, Any] | None]  # an encoded message with names, gone once it is decided

    @property
    def code(self) -> str:
        """The id people type."""
        return f"IMP-{self.id}"


class RosterLine(Base):
    """One line of an import, or one person missing from it: what to set, and what stood before, to be reversed."""

    __tablename__ = "roster_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_imports.id"))
    line: Mapped[int]  # 0 for somebody who is not in the file
    action: Mapped[str]
    ref: Mapped[str]
    after: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)  # of the row's commitment, until the vault has it
    row: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_roster_lines_order", "import_id", "id"), Index("ix_roster_lines_ref", "ref"))
