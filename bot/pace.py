"""How fast a chat may be spoken to: slots, reserved by whoever claims a copy, in rows that all workers share.

Each workspace has a bucket, and in it each conversation, and each kind of call with a limit of its own. A slot is
reserved in the transaction that claims, so that no two workers use the same one. After a 429 nothing begins before its
time is over: the hold is known at once in this process, and stands in a row that nobody locks, so that the others soon
know it, too; slots given out before it are void.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.channel import Later
from bot.database import Database
from models.chat import Pace
from workflows.context import insert_or_ignore

SKEW = timedelta(milliseconds=250)  # what the clocks of two workers may differ
HORIZON = timedelta(seconds=5)  # how far ahead slots are given out: a claim must not run out while it waits
KEPT = timedelta(minutes=10)  # how long a bucket is remembered that is full again
LONGEST = timedelta(days=1)  # that a chat is taken at its word
HOLD = "hold:"  # before a bucket's name: the row of its hold

Holds = tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """When a call may begin that was asked for at `asked_at`, and the holds on its `buckets` that were known then."""

    starts_at: datetime
    asked_at: datetime
    buckets: tuple[str, str]
    holds: Holds


class Pacer:
    """Gives out slots: so many a second in a workspace, and so many in each conversation of it."""

    def __init__(self, platform: str, per_second: float, per_conversation: float, kinds: Sequence[str] = ()) -> None:
        """`kinds` of call have a limit of their own, as many a second as a workspace."""
        self._platform = platform  # and the row that whoever reserves locks first: so no two wait for each other
        self._kinds = tuple(kinds)
        self._spacing = timedelta(seconds=1 / per_second)
        self._apart = timedelta(seconds=1 / per_conversation)
        self._holds: dict[str, datetime] = {}  # this process knows before its row does

    def reserve(self, session: Session, workspace: str, part: str, now: datetime) -> Slot | datetime:
        """Reserve and return a slot in a workspace and in a `part` of it: somebody's id, or a kind of call.

        Returns instead when to ask again, where there is none before long; then nothing is reserved.
        """
        names = (self.bucket(workspace), self.bucket(workspace, part))
        whole, own = self._locked(session, names, now)
        holds = self.known(names, held(session, names))
        for row, hold in zip((whole, own), holds, strict=True):
            if hold is not None and (row.held_until is None or row.held_until < hold):
                row.held_until = row.next_at = hold  # what was given out before is void
        begins = max(now, whole.next_at, whole.held_until or now)
        free = max(begins, own.next_at, own.held_until or now)
        if free > now + HORIZON:
            return free - HORIZON / 2
        if free > begins + self._spacing:
            return free  # somebody else may have the workspace's slot meanwhile
        whole.next_at = free + self._spacing
        own.next_at = free + (self._spacing if part in self._kinds else self._apart)
        return Slot(free, now, names, holds)

    def note(self, name: str, until: datetime) -> None:
        """Hold a bucket in this process, from this moment on."""
        self._holds[name] = max(until, self._holds.get(name, until))

    def write_down(self, session: Session, name: str, now: datetime) -> None:
        """Hold a bucket for everybody, as long as this process was told."""
        until = self._holds[name]
        session.execute(insert_or_ignore(session, Pace), {"bucket": HOLD + name, "next_at": now})
        longer = (Pace.bucket == HOLD + name, or_(Pace.held_until.is_(None), Pace.held_until < until))
        session.execute(update(Pace).where(*longer).values(held_until=until))

    def void(self, slot: Slot, holds: Holds) -> datetime | None:
        """Return until when the call of a slot has to wait, its slot being void, or None where it may begin.

        `holds` are those that stand in the rows now. One that was over when the slot was asked for voids nothing.
        """
        known = self.known(slot.buckets, holds)
        new = [until for until, before in zip(known, slot.holds, strict=True) if until is not None and until != before]
        return max((until for until in new if until > slot.asked_at), default=None)

    def known(self, names: Sequence[str], holds: Holds) -> Holds:
        """Return holds with those that only this process knows yet."""
        return tuple(_later(self._holds.get(name), row) for name, row in zip(names, holds, strict=True))

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget the buckets that are full again."""
        self._locked(session, (), now)
        over = now - KEPT
        ended = or_(Pace.held_until.is_(None), Pace.held_until < over)
        for mine in (f"{self._platform}:", f"{HOLD}{self._platform}:"):
            session.execute(
                delete(Pace).where(Pace.bucket.startswith(mine, autoescape=True), Pace.next_at < over, ended)
            )
        self._holds = {name: until for name, until in self._holds.items() if until >= over}

    def bucket(self, workspace: str, part: str = "") -> str:
        """Return the name of a workspace's bucket, or of a part of it."""
        return ":".join((self._platform, workspace, part) if part else (self._platform, workspace))

    def _locked(self, session: Session, names: Sequence[str], now: datetime) -> list[Pace]:
        """Return the rows of buckets, made where they are missing, for this transaction alone."""
        session.execute(insert_or_ignore(session, Pace), {"bucket": self._platform, "next_at": now})
        session.get_one(Pace, self._platform, with_for_update=True)
        rows = []
        for name in names:
            row = session.get(Pace, name, populate_existing=True)
            if row is None:
                row = Pace(bucket=name, next_at=now)
                session.add(row)
                session.flush()
            rows.append(row)
        return rows


class Gate:
    """Where the copies of one channel wait for their slots, and where all of them are held."""

    def __init__(self, database: Database, pacer: Pacer, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._pacer = pacer
        self._clock = clock

    async def turn(self, slot: Slot) -> Later | None:
        """Wait for a slot, look once more whether anything is held by then, and return what stands in its way."""
        await asyncio.sleep((slot.starts_at - self._clock()).total_seconds())
        until = await self.held_until(slot)
        return None if until is None else self.wait(until)

    async def held_until(self, slot: Slot) -> datetime | None:
        """Return until when the call of a slot has to wait, by what all workers know now; None where it may begin."""
        holds = await self._database.read(lambda session: held(session, slot.buckets))
        return self._pacer.void(slot, holds)

    async def rests(self, workspace: str) -> timedelta:
        """Return how long nothing may be sent to a workspace at all."""
        names = (self._pacer.bucket(workspace),)
        rows = await self._database.read(lambda session: held(session, names))
        (until,) = self._pacer.known(names, rows)
        return max(until - self._clock(), timedelta()) if until else timedelta()

    async def hold_all(self, workspace: str, after: timedelta) -> Later:
        """Let nothing be sent to a workspace before the chat wants it."""
        return await self.hold(self._pacer.bucket(workspace), after)

    def wait(self, until: datetime) -> Later:
        """Return that a copy is held until then."""
        return Later("held", max(until - self._clock(), timedelta()), blameless=True)

    async def hold(self, name: str, after: timedelta) -> Later:
        """Let nothing of a bucket begin before the chat wants it: in this process at once, then in all of them."""
        now = self._clock()
        self._pacer.note(name, now + after + SKEW)
        await self._database.write(lambda session: self._pacer.write_down(session, name, now))
        return Later("ratelimited", after + SKEW, blameless=True)


def held(session: Session, names: Sequence[str]) -> Holds:
    """Return the holds on buckets as they stand in their rows now."""
    rows = select(Pace.bucket, Pace.held_until).where(Pace.bucket.in_([HOLD + name for name in names]))
    found = {name: until for name, until in session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker
    return tuple(found.get(HOLD + name) for name in names)


def asked_to_wait(told: str) -> timedelta | None:
    """Return how long a Retry-After asks to wait, a day at most; None where it is a date, or nothing."""
    return min(timedelta(seconds=int(told[:6])), LONGEST) if told.isdecimal() else None  # six digits are over a day


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
