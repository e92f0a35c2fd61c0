"""By which channels somebody can be reached."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.person import Identity, Person


def channels_of(session: Session, settings: Settings, person: Person) -> list[str]:
    """Return the channels on which a message to `person` is sent; none means that nobody can reach them.

    A chat where they have an identity that works; else mail; a demo without either shows everything in the web inbox.
    """
    chats = session.scalars(
        select(Identity.platform).where(Identity.person_id == person.id, Identity.unreachable_since.is_(None)).limit(1)
    ).all()
    if chats:
        return list(chats)
    if settings.smtp_url and person.email:
        return ["mail"]
    return ["web"] if settings.demo else []
