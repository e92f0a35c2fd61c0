"""How fast Slack may be spoken to: slots, reserved by whoever claims a copy, in rows that all workers share.

Each workspace has a bucket, and in it each conversation, and each kind of call with a limit of its own. A slot is
reserved in the transaction that claims, so that no two workers use the same one. After a 429 nothing begins before its
time is over: the hold stands in the workspace's row and, at once, in this process; slots given out before it are void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models.chat import Pace
from workflows.context import insert_or_ignore

SKEW = timedelta(milliseconds=250)  # what the clocks of two workers may differ
HORIZON = timedelta(seconds=5)  # how far ahead slots are given out: a claim must not run out while it waits
KEPT = timedelta(minutes=10)  # how long a bucket is remembered that is full again
TURN = "slack"  # the row that whoever reserves locks first, so that two of them never wait for each other
CHANGING, LOOKING = PARTS = ("chat.update", "conversations")  # kinds of call with a limit of their own

Holds = tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """When a call may begin, and the holds on its `buckets` that were known then: any other voids it."""

    starts_at: datetime
    buckets: tuple[str, ...]
    holds: Holds


class Pacer:
    """Gives out slots: so many a second in a workspace, and so many in each conversation of it."""

    def __init__(self, per_second: float, per_conversation: float) -> None:
        self._spacing = timedelta(seconds=1 / per_second)
        self._apart = timedelta(seconds=1 / per_conversation)
        self._holds: dict[str, datetime] = {}  # this process knows before its row does

    def reserve(self, session: Session, workspace: str, part: str, now: datetime) -> Slot | datetime:
        """Reserve and return a slot in a workspace and in a `part` of it: somebody's id, or a kind of call in PARTS.

        Returns instead when to ask again, where there is none before long; then nothing is reserved.
        """
        whole, own = lock(session, [bucket(workspace), bucket(workspace, part)], now)
        next_ = max(now, whole.next_at, whole.held_until or now)
        free = max(next_, own.next_at, own.held_until or now)
        if free > now + HORIZON:
            return free - HORIZON / 2
        if free > next_ + self._spacing:
            return free  # somebody else may have the workspace's slot meanwhile
        whole.next_at = free + self._spacing
        own.next_at = free + (self._spacing if part in PARTS else self._apart)
        return Slot(free, (whole.bucket, own.bucket), (whole.held_until, own.held_until))

    def note(self, name: str, until: datetime) -> None:
        """Hold a bucket in this process, from this moment on."""
        self._holds[name] = max(until, self._holds.get(name, until))

    def write_down(self, session: Session, name: str, now: datetime) -> None:
        """Hold a bucket for everybody, as long as this process was told; slots are given out anew from there on."""
        until = self._holds[name]
        (row,) = lock(session, [name], now)
        if row.held_until is None or row.held_until < until:
            row.held_until = row.next_at = until

    def void(self, slot: Slot, holds: Holds) -> datetime | None:
        """Return until when the call of a slot has to wait, its slot being void, or None where it may begin."""
        now_held = tuple(_later(self._holds.get(name), row) for name, row in zip(slot.buckets, holds, strict=True))
        if now_held == slot.holds:
            return None
        return max((until for until in now_held if until is not None), default=None)

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget the buckets that are full again."""
        lock(session, [], now)
        over = now - KEPT
        session.execute(
            delete(Pace).where(
                Pace.bucket.startswith(f"{TURN}:", autoescape=True),
                Pace.next_at < over,
                or_(Pace.held_until.is_(None), Pace.held_until < over),
            )
        )
        self._holds = {name: until for name, until in self._holds.items() if until >= over}


def bucket(workspace: str, part: str = "") -> str:
    """Return the name of a workspace's bucket, or of a part of it."""
    return f"{TURN}:{workspace}:{part}" if part else f"{TURN}:{workspace}"


def held(session: Session, slot: Slot) -> Holds:
    """Return the holds on a slot's buckets as they stand in the rows now."""
    rows = select(Pace.bucket, Pace.held_until).where(Pace.bucket.in_(slot.buckets))
    found = {name: until for name, until in session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker
    return tuple(found.get(name) for name in slot.buckets)


def lock(session: Session, names: list[str], now: datetime) -> list[Pace]:
    """Return the rows of buckets, made where they are missing, for this transaction alone."""
    session.execute(insert_or_ignore(session, Pace), {"bucket": TURN, "next_at": now})
    session.get_one(Pace, TURN, with_for_update=True)
    rows = []
    for name in names:
        row = session.get(Pace, name, populate_existing=True)
        if row is None:
            row = Pace(bucket=name, next_at=now)
            session.add(row)
            session.flush()
        rows.append(row)
    return rows


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
