"""What is remembered about chats: connected workspaces, how fast they may be used, who holds a lease, outages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Workspace(Base):
    """A Slack workspace or Enterprise Grid organisation (or a Teams tenant) and whether we may talk to it.

    Tokens are kept encrypted; those of the environment are not kept at all.
    """

    __tablename__ = "workspaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]  # slack | teams
    ref: Mapped[str]  # the platform's own id: T... of a workspace, E... of an organisation, a tenant's id
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="pending")  # pending | connected | paused | gone
    version: Mapped[int] = mapped_column(default=1)
    problem: Mapped[str] = mapped_column(default="")  # why it is paused, as a code
    bot_user: Mapped[str] = mapped_column(default="")  # who we are there
    scopes: Mapped[str] = mapped_column(default="")  # separated by ","
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who installed it
    created_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when its people were last read, all of them

    __table_args__ = (UniqueConstraint("platform", "ref"),)

    @property
    def code(self) -> str:
        """The id people type."""
        return f"W-{self.id}"


class Stranger(Base):
    """Somebody in a workspace who is linked to nobody on the roster, until they are or until they are gone."""

    __tablename__ = "strangers"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    platform_id: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    why: Mapped[str]  # not on the roster | no confirmed address
    seen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("workspace_id", "platform_id"),)


class Conversation(Base):
    """Where somebody is written to on a platform that wants to be told so: what their last activity said."""

    __tablename__ = "conversations"

    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True)
    service_url: Mapped[str]  # of the region; changes now and then
    ref: Mapped[str]  # the conversation's id there
    seen_at: Mapped[datetime]


class Pace(Base):
    """How far a bucket of a platform's rate limit is used: shared by all workers, reserved when a copy is claimed."""

    __tablename__ = "paces"

    bucket: Mapped[str] = mapped_column(primary_key=True)  # "slack:T1", "slack:T1:U1" of one conversation, "hold:..."
    next_at: Mapped[datetime]  # when the next call may begin
    held_until: Mapped[datetime | None]  # the platform said so: nothing begins before


class Lease(Base):
    """What only one process at a time may do; who dies loses it when it runs out."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class Outage(Base):
    """A time in which nothing could be said in a workspace; it stands beside what it made late."""

    __tablename__ = "outages"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    cause: Mapped[str]  # a code: uninstalled, token_revoked, invalid_auth ...
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]  # the backlog has become one digest each
