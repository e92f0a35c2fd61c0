"""By which channels somebody can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.chat import Workspace
from models.person import Identity, Person


def channels_of(session: Session, settings: Settings, person: Person, *, waits: bool = True) -> list[str]:
    """Return the channels on which a message to `person` is sent; none means that nobody can reach them."""
    return channels_by_person(session, settings, [person.id], waits=waits)[person.id]


def channels_by_person(
    session: Session, settings: Settings, people: Sequence[int], *, waits: bool = True
) -> dict[int, list[str]]:
    """Return {person id: channels} for all of `people`.

    A chat where they have an identity that works; else mail; a demo without either shows everything in the web inbox.
    What does not wait goes past a chat that is down, and nothing is for one that is not or no longer connected.
    """
    chats = _chats(session, settings, people, ("connected", "paused") if waits else ("connected",))
    # A mail server said that nothing ever reaches these; a corrected address is another one.
    refused = select(Identity.platform_id).where(Identity.platform == "mail", Identity.unreachable_since.is_not(None))
    written_to = select(Person.id).where(Person.id.in_(people), Person.email > "", Person.email.not_in(refused))
    mail = set(session.scalars(written_to))
    other = ["web"] if settings.demo else []
    return {one: chats.get(one) or (["mail"] if settings.smtp_url and one in mail else other) for one in people}


def _chats(session: Session, settings: Settings, people: Sequence[int], open_: Sequence[str]) -> dict[int, list[str]]:
    """Return {person id: the chat they are reached by}: one that takes messages now, before one that is paused."""
    rows = session.execute(
        select(Identity.person_id, Identity.platform)
        .join(Workspace, and_(Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace))
        .where(
            Identity.person_id.in_(people),
            Identity.platform.in_(["slack"] if settings.slack else []),
            Identity.unreachable_since.is_(None),
            Workspace.state.in_(open_),
        )
        .order_by(Workspace.state.desc(), Identity.platform.desc(), Identity.id)  # the best one comes last, and stays
    )
    return {person: [platform] for person, platform in rows}
