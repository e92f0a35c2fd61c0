"""Who is behind a browser: sessions in signed cookies, CSRF tokens, one-time sign-in links."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models.desk import SignInAttempt, SignInLink, WebSession
from models.person import EmailAlias, Person

COOKIE = "countersign"
LINK_LIFETIME = timedelta(minutes=10)
IDLE_LIFETIME = timedelta(hours=12)
LIFETIME = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)  # the last-seen time is written no more often than this
ATTEMPTS = 5
ATTEMPT_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is signed in, as far as a page needs to know."""

    person_id: int
    session_id: int
    secret: str
    assurance: str


def hashed(secret: str) -> str:
    """Return what the database keeps instead of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Cookies:
    """Signs and reads session cookies; the newest key signs, every key in the list still reads."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt="countersign-session")
        self._keys = keys

    def sign(self, secret: str) -> str:
        """Return the cookie's value for a session secret."""
        return str(self._serializer.dumps(secret))

    def read(self, value: str) -> str | None:
        """Return the session secret in a cookie, or None where the signature is not ours."""
        try:
            secret = self._serializer.loads(value)
        except BadSignature:
            return None
        return secret if isinstance(secret, str) else None

    def csrf(self, secret: str) -> str:
        """Return the CSRF token that belongs to a session secret."""
        return hmac.new(self._keys[0].encode(), f"csrf:{secret}".encode(), hashlib.sha256).hexdigest()

    def csrf_holds(self, secret: str, token: str) -> bool:
        """Return whether a token belongs to the session, under any key in force."""
        return any(
            hmac.compare_digest(hmac.new(key.encode(), f"csrf:{secret}".encode(), hashlib.sha256).hexdigest(), token)
            for key in self._keys
        )


def open_session(session: Session, person: Person, device: str, assurance: str, now: datetime) -> str:
    """Open a web session and return its secret, for the cookie."""
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            secret_sha256=hashed(secret),
            person_id=person.id,
            device=device[:200],
            assurance=assurance,
            created_at=now,
            seen_at=now,
        )
    )
    return secret


def viewer_of(session: Session, secret: str, now: datetime) -> tuple[Viewer, bool] | None:
    """Return (viewer, whether its last-seen time is stale) for a session secret, or None where it has ended."""
    row = session.scalar(select(WebSession).where(WebSession.secret_sha256 == hashed(secret)))
    if row is None or row.ended_at is not None:
        return None
    if now - row.seen_at > IDLE_LIFETIME or now - row.created_at > LIFETIME:
        return None
    return Viewer(row.person_id, row.id, secret, row.assurance), now - row.seen_at > SEEN_EVERY


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Note that a session was just used."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=now))


def sessions_of(session: Session, person_id: int, now: datetime) -> list[WebSession]:
    """Return a person's sessions that are still open, the latest first."""
    return list(
        session.scalars(
            select(WebSession)
            .where(
                WebSession.person_id == person_id,
                WebSession.ended_at.is_(None),
                WebSession.seen_at > now - IDLE_LIFETIME,
            )
            .order_by(WebSession.seen_at.desc())
        )
    )


def end_session(session: Session, person_id: int, session_id: int, now: datetime) -> None:
    """End one of a person's own sessions; somebody else's is left alone."""
    session.execute(
        update(WebSession).where(WebSession.id == session_id, WebSession.person_id == person_id).values(ended_at=now)
    )


def person_by_email(session: Session, email: str) -> Person | None:
    """Return whose address (or alias) this is."""
    address = email.strip().lower()
    alias = select(EmailAlias.person_id).where(EmailAlias.email == address)
    return session.scalar(select(Person).where(or_(Person.email == address, Person.id.in_(alias))))


def allowed(session: Session, bucket: str, now: datetime) -> bool:
    """Count an attempt to sign in and return whether the bucket (a hashed address or origin) may have it."""
    recent = session.scalar(
        select(func.count()).where(SignInAttempt.bucket == bucket, SignInAttempt.at > now - ATTEMPT_WINDOW)
    )
    session.add(SignInAttempt(bucket=bucket, at=now))
    return (recent or 0) < ATTEMPTS


def make_link(session: Session, person: Person, now: datetime) -> str:
    """Return the token of a new one-time link; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(token_sha256=hashed(token), person_id=person.id, created_at=now, expires_at=now + LINK_LIFETIME)
    )
    return token


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
