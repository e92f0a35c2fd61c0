"""By which channels somebody can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.person import Identity, Person


def channels_of(session: Session, settings: Settings, person: Person) -> list[str]:
    """Return the channels on which a message to `person` is sent; none means that nobody can reach them."""
    return channels_by_person(session, settings, [person.id])[person.id]


def channels_by_person(session: Session, settings: Settings, people: Sequence[int]) -> dict[int, list[str]]:
    """Return {person id: channels} for all of `people`.

    A chat where they have an identity that works; else mail; a demo without either shows everything in the web inbox.
    """
    rows = session.execute(
        select(Identity.person_id, func.min(Identity.platform))
        .where(Identity.person_id.in_(people), Identity.platform != "mail", Identity.unreachable_since.is_(None))
        .group_by(Identity.person_id)
    )
    chats = {person: [platform] for person, platform in rows}
    # A mail server said that nothing ever reaches these; a corrected address is another one.
    refused = select(Identity.platform_id).where(Identity.platform == "mail", Identity.unreachable_since.is_not(None))
    written_to = select(Person.id).where(Person.id.in_(people), Person.email > "", Person.email.not_in(refused))
    mail = set(session.scalars(written_to))
    other = ["web"] if settings.demo else []
    return {one: chats.get(one) or (["mail"] if settings.smtp_url and one in mail else other) for one in people}
