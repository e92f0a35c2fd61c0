"""By which channels somebody can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, select
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
    silent = ("pending", "gone") if waits else ("pending", "gone", "paused")
    shut = exists().where(
        Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace, Workspace.state.in_(silent)
    )
    rows = session.execute(
        select(Identity.person_id, func.min(Identity.platform))
        .where(Identity.person_id.in_(people), Identity.platform != "mail", Identity.unreachable_since.is_(None), ~shut)
        .group_by(Identity.person_id)
    )
    chats = {person: [platform] for person, platform in rows}
    # A mail server said that nothing ever reaches these; a corrected address is another one.
    refused = select(Identity.platform_id).where(Identity.platform == "mail", Identity.unreachable_since.is_not(None))
    written_to = select(Person.id).where(Person.id.in_(people), Person.email > "", Person.email.not_in(refused))
    mail = set(session.scalars(written_to))
    other = ["web"] if settings.demo else []
    return {one: chats.get(one) or (["mail"] if settings.smtp_url and one in mail else other) for one in people}
