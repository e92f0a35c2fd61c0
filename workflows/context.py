"""What an act has to work with: the session, who is acting, the clock, and the ways to record, move and say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.settings import Settings
from evidence import record
from evidence.record import Actor, Draft, Subject
from models.base import Base
from models.campaign import Assignment
from models.gesture import Auth
from models.message import Message, encode
from models.moves import Moves, move
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from workflows import ledger, redraw
from workflows.reach import channels_of

SYSTEM_AUTH = Auth("system", assurance="system")


def zone_of(person: Person | None) -> ZoneInfo:
    """Return a person's time zone; UTC where none (or none that exists) is on the roster."""
    return zone_named(person.zone if person else "UTC")


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone called `name`, or UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def say_date(day: date) -> str:
    """Return a day as people read it: "Fri 4 Dec 2026"."""
    return f"{day:%a} {day.day} {day:%b %Y}"


@dataclass
class Context:
    """One gesture (or one tick of the clock) at work inside one transaction. `actor` is None for the system itself."""

    session: Session
    settings: Settings
    now: datetime
    actor: Person | None = None
    auth: Auth = SYSTEM_AUTH
    occurred_at: datetime | None = None
    operator: str = ""
    shown: Mapping[str, Any] | None = None
    command: bool = False

    @property
    def person(self) -> Person:
        """The person acting. Raises LookupError when it is the system."""
        if self.actor is None:
            raise LookupError("nobody is acting")
        return self.actor

    @property
    def today(self) -> date:
        """The date where the actor is."""
        return self.now.astimezone(zone_of(self.actor)).date()

    def who(self) -> Actor:
        """Return the actor as evidence names them."""
        return Actor(self.actor.ref, operator=self.operator) if self.actor else record.SYSTEM

    def record(self, type_: str, subject: Subject, **fields: Any) -> str:
        """Write an evidence record for what is being done (see `evidence.record.Draft`) and return its id.

        In a demo nothing claims more than that it is one.
        """
        draft = Draft(
            type=type_,
            actor=self.who(),
            subject=subject,
            occurred_at=self.occurred_at or self.now,
            auth=self.auth._replace(assurance="demo") if self.settings.demo else self.auth,
            **{"shown": self.shown, **fields},
        )
        return record.write(self.session, draft, self.now)

    def move(
        self, thing: Any, verb: str, moves: Moves, proof_id: str, outcome: str = "It has moved on.", /, **sets: Any
    ) -> None:
        """Move a thing by its table of moves, which overtakes what was said about it. Raises `models.moves.Stale`.

        `outcome` is the sentence that notices about it say from now on (see `redraw.overtake`).
        """
        by_id = self.actor.id if self.actor else None
        move(self.session, thing, verb, moves, at=self.now, by_id=by_id, proof_id=proof_id, **sets)
        # A duty's own card is redrawn instead, by `duty`.
        if not isinstance(thing, Assignment) and hasattr(thing, "code"):
            redraw.overtake(self, thing.code, outcome)

    def say(
        self,
        person: Person,
        message: Message,
        *,
        kind: str,
        dedupe: str,
        topic: str = "",
        campaign_id: int | None = None,
        not_before: datetime | None = None,
        waits: bool = True,
    ) -> None:
        """Write down what should be said to somebody; delivery happens later. The same `dedupe` is said only once.

        What `waits` for a chat that is down is said there later; what does not goes another way.
        """
        at = not_before or self.now
        said = {
            "person_id": person.id,
            "dedupe": dedupe,
            "kind": kind,
            "topic": topic,
            "campaign_id": campaign_id,
            "body": encode(message),
            "revision": 1,
            "created_at": self.now,
            "not_before": at,
        }
        new = insert_or_ignore(self.session, OutboxMessage).returning(OutboxMessage.id)
        new_id = self.session.scalar(new, said)
        if new_id is None:
            return
        channels = channels_of(self.session, self.settings, person, waits=waits)
        for channel in channels:
            self.session.add(Delivery(message_id=new_id, campaign_id=campaign_id, channel=channel, due_at=at))
        if not channels:
            ledger.note_unreachable(self, new_id)


def insert_or_ignore(session: Session, table: type[Base]) -> Any:
    """Return an INSERT, of rows given when it is executed, that does nothing where a unique row already stands."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table.__table__).on_conflict_do_nothing()
