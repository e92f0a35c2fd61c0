"""The one way a thing changes its state: a compare-and-set with its history row, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, insert, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.record import Transition

Moves = Mapping[tuple[str, str], str]


class Stale(Exception):
    """The thing is no longer in a state from which this move leads anywhere; `state` is the one that stands."""

    def __init__(self, state: str, verb: str) -> None:
        super().__init__(f"cannot {verb} what is {state}")
        self.state = state
        self.verb = verb


def move(
    session: Session,
    thing: Any,
    verb: str,
    moves: Moves,
    *,
    at: datetime,
    by_id: int | None,
    proof_id: str,
    **sets: Any,
) -> None:
    """Move `thing` (a row with id, state and version) by `verb`, setting the columns in `sets` with it.

    `proof_id` is the record that says so.

    Raises Stale where the table of moves knows no such move, or somebody else moved the thing since it was read.
    """
    before = thing.state
    after = moves.get((before, verb))
    if after is None:
        raise Stale(before, verb)
    session.flush()  # what was set on the thing before goes first; the update itself is plain SQL
    table = type(thing).__table__
    moved = {"state": after, "version": thing.version + 1, **sets}
    result = session.execute(
        update(table)
        .where(table.c.id == thing.id, table.c.state == before, table.c.version == thing.version)
        .values(moved)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        session.refresh(thing)
        raise Stale(thing.state, verb)
    _now_reads(session, thing, moved)
    history = {"noun": table.name, "thing_id": thing.id, "verb": verb, "from_state": before, "to_state": after}
    session.execute(insert(Transition.__table__), {**history, "at": at, "by_id": by_id, "record_id": proof_id})


def _now_reads(session: Session, thing: Any, moved: Mapping[str, Any]) -> None:
    """Let `thing` say what its row says now without asking again; what it points at is looked up when needed."""
    for name, value in moved.items():
        set_committed_value(thing, name, value)
    session.expire(thing, inspect(type(thing)).relationships.keys())
