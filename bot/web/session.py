"""Who is behind a browser: sessions in signed cookies, and the tokens that forms carry against forgery."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from config.programme import programme
from models.desk import WebSession
from models.person import Person
from workflows.context import zone_of

COOKIE = "countersign"
SEEN_EVERY = timedelta(minutes=5)  # the last-seen time is written no more often than this
OUTCOME_SECONDS = 600  # so long a page that says what was done can be loaded again


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
    """Signs and reads what browsers keep for us; the newest key signs, every key in the list still reads.

    With `secure`, the session's cookie has the prefix __Host-, so that no neighbouring host can plant one.
    """

    def __init__(self, keys: tuple[str, ...], *, secure: bool = False) -> None:
        oldest_first = list(reversed(keys))
        self.secure = secure
        self.name = f"__Host-{COOKIE}" if secure else COOKIE
        self._sessions = URLSafeSerializer(oldest_first, salt="countersign-session")
        self._outcomes = URLSafeTimedSerializer(oldest_first, salt="countersign-outcome")
        self._keys = keys

    def sign(self, secret: str) -> str:
        """Return the cookie's value for a session secret."""
        return str(self._sessions.dumps(secret))

    def read(self, value: str) -> str | None:
        """Return the session secret in a cookie, or None where the signature is not ours."""
        try:
            secret = self._sessions.loads(value)
        except BadSignature:
            return None
        return secret if isinstance(secret, str) else None

    def keep(self, session_id: int, said: Any) -> str:
        """Return the value of a cookie that keeps what was said to one session after something was done."""
        return str(self._outcomes.dumps([session_id, said]))

    def kept(self, session_id: int, value: str) -> Any:
        """Return what `keep` was given, or None where it is too old, forged, or was said to another session."""
        try:
            owner, said = self._outcomes.loads(value, max_age=OUTCOME_SECONDS)
        except BadSignature:
            return None
        return said if owner == session_id else None

    def csrf(self, secret: str) -> str:
        """Return the CSRF token that belongs to a session secret."""
        return _token(self._keys[0], secret)

    def csrf_holds(self, secret: str, token: str) -> bool:
        """Return whether a token belongs to the session, under any key in force."""
        return any(hmac.compare_digest(_token(key, secret).encode(), token.encode()) for key in self._keys)


def _token(key: str, secret: str) -> str:
    return hmac.new(key.encode(), f"csrf:{secret}".encode(), hashlib.sha256).hexdigest()


def belongs(person: Person, now: datetime) -> bool:
    """Return whether this is somebody who can answer, and on the roster today, where they are."""
    return person.answers() and person.employed(now.astimezone(zone_of(person)).date())


def _in_force(now: datetime) -> ColumnElement[bool]:
    """Return the condition on `WebSession` that holds for those that are neither ended, forgotten nor too old."""
    rules = programme().sign_in
    return (
        WebSession.ended_at.is_(None)
        & (WebSession.seen_at > now - timedelta(hours=rules.session_idle_hours))
        & (WebSession.created_at > now - timedelta(days=rules.session_days))
    )


def open_session(session: Session, person: Person, device: str, assurance: str, now: datetime) -> str:
    """Open a web session and return its secret, for the cookie."""
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            secret_sha256=hashed(secret),
            person_id=person.id,
            device=device,
            assurance=assurance,
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return secret


def session_of(session: Session, secret: str, now: datetime) -> WebSession | None:
    """Return the session a secret belongs to, while it is in force."""
    return session.scalar(select(WebSession).where(WebSession.secret_sha256 == hashed(secret), _in_force(now)))


def viewer_of(session: Session, secret: str, now: datetime) -> tuple[Viewer, bool] | None:
    """Return (viewer, whether its last-seen time is stale) for a session secret.

    None where the session has ended, or where the person no longer belongs to the company.
    """
    both = select(WebSession, Person).join(Person, Person.id == WebSession.person_id)
    found = session.execute(both.where(WebSession.secret_sha256 == hashed(secret), _in_force(now))).first()
    if found is None or not belongs(found.Person, now):
        return None
    row = found.WebSession
    return Viewer(row.person_id, row.id, secret, row.assurance), now - row.seen_at > SEEN_EVERY


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Note that a session was just used."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=now))


def sessions_of(session: Session, person_id: int, now: datetime) -> list[WebSession]:
    """Return a person's sessions that are still open, the latest first."""
    return list(
        session.scalars(
            select(WebSession)
            .where(WebSession.person_id == person_id, _in_force(now))
            .order_by(WebSession.seen_at.desc(), WebSession.id.desc())
        )
    )


def end_sessions(session: Session, which: ColumnElement[bool], now: datetime) -> list[WebSession]:
    """End those of the sessions that are still open, and return them."""
    return list(
        session.scalars(
            update(WebSession).where(which, WebSession.ended_at.is_(None)).values(ended_at=now).returning(WebSession)
        )
    )
