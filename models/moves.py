"""The one way a thing changes its state: a compare-and-set with its history row, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.orm import Session

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
    table = type(thing)
    result = session.execute(
        update(table)
        .where(table.id == thing.id, table.state == before, table.version == thing.version)
        .values(state=after, version=thing.version + 1, **sets)
        .execution_options(synchronize_session=False)
    )
    session.expire(thing)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise Stale(thing.state, verb)
    history = {"noun": table.__tablename__, "thing_id": thing.id, "verb": verb, "from_state": before, "to_state": after}
    session.execute(insert(Transition).values(**history, at=at, by_id=by_id, record_id=proof_id))
