"""One-time sign-in links: asked for a few times, sent to the person on the roster, spent once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.ways import with_to
from bot.web.session import hashed
from config.programme import programme
from models.desk import SignInAttempt, SignInLink
from models.message import Link, Message
from models.outbox import Delivery
from models.person import EmailAlias, Person


def person_by_email(session: Session, email: str) -> Person | None:
    """Return whose address (or alias) this is."""
    address = email.strip().lower()
    alias = select(EmailAlias.person_id).where(EmailAlias.email == address)
    return session.scalar(select(Person).where(or_(Person.email == address, Person.id.in_(alias))))


def allowed(session: Session, address: str, origin: str, now: datetime) -> bool:
    """Count a request for a link, and return whether the address it goes to and the origin it comes from may have it.

    Only requests that may are counted: who is refused may try again when the first have grown old, however often they
    tried in between. Both are kept as hashes, and no longer than they count.
    """
    rules = programme().sign_in
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - timedelta(minutes=rules.attempt_minutes)))
    limits = {
        _bucket("to", address.lower()): rules.attempts_per_address,
        _bucket("from", origin): rules.attempts_per_origin,
    }
    for bucket, limit in limits.items():
        if (session.scalar(select(func.count()).where(SignInAttempt.bucket == bucket)) or 0) >= limit:
            return False
    session.add_all(SignInAttempt(bucket=bucket, at=now) for bucket in limits)
    return True


def _bucket(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def make_link(session: Session, person: Person, now: datetime) -> str:
    """Return the token of a new one-time link; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    lifetime = timedelta(minutes=programme().sign_in.link_minutes)
    session.add(SignInLink(token_sha256=hashed(token), person_id=person.id, created_at=now, expires_at=now + lifetime))
    return token


def way_in(session: Session, row: Delivery, now: datetime) -> str:
    """Return the token of a new link for a copy about signing in that goes out for the first time, or nothing."""
    about = row.message.kind == "sign-in" and not row.platform_ref and row.state != "in doubt"
    return make_link(session, row.message.person, now) if about else ""


def with_way_in(message: Message, token: str) -> Message:
    """Return a message whose links sign its reader in first; nothing that lies in the database holds the token."""
    if not token:
        return message
    return replace(message, links=tuple(Link(one.label, through(token, one.path)) for one in message.links))


def through(token: str, path: str) -> str:
    """Return the path that signs in with a link and leads on to `path`."""
    return with_to(f"/sign-in/{token}", path)


def link_of(session: Session, token: str) -> SignInLink | None:
    """Return the link a token belongs to, spent and expired ones included."""
    return session.scalar(select(SignInLink).where(SignInLink.token_sha256 == hashed(token)))


def spend(session: Session, token: str, now: datetime) -> Person | None:
    """Spend a link and return whose it is; None where it is unknown, expired or already spent."""
    spent = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_sha256 == hashed(token), SignInLink.spent_at.is_(None), SignInLink.expires_at > now)
        .values(spent_at=now)
        .returning(SignInLink.person_id)
    )
    return session.get(Person, spent) if spent is not None else None
