"""What must hold in any database at any time: states, history and records say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from evidence.replay import Replayed, replay
from models.base import Base
from models.campaign import Assignment
from models.fact import EffectiveFact
from models.outbox import Delivery
from models.record import Record, Transition

ANSWERED = "policy.acknowledged"
LEDGER = ("message.sent", "message.failed", "message.unconfirmed", "message.dropped")


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, over a connection that writes."""
    with engine.connect() as connection:
        return rows(connection)


def written(engine: Engine) -> dict[str, str | None]:
    """Return the same as text, by table, in whatever way is quickest: to be compared, not to be read."""
    if engine.dialect.name != "postgresql":
        return {name: repr(found) for name, found in dump(engine).items()}
    each = (
        f"SELECT '{table.name}', string_agg(one::text, chr(10) ORDER BY one::text) FROM {table.name} AS one"  # noqa: S608
        for table in Base.metadata.sorted_tables
    )
    with engine.connect() as connection:
        # By name: PostgreSQL may read long tables beside each other, and returns them as they are done.
        return {name: rows for name, rows in connection.execute(text(" UNION ALL ".join(each)))}  # noqa: C416 - rows are no pairs to the type checker


def contradictions(engine: Engine) -> list[str]:
    """Return what does not agree; empty is right."""
    with Session(engine) as session:
        return [*_history(session), *_answers(session), *_facts(session), *_ledger(session)]


def _history(session: Session) -> Iterator[str]:
    """Yield things whose state is not the last of their history, and moves without a record."""
    records = set(session.scalars(select(Record.id)))
    last: dict[tuple[str, int], str] = {}
    for move in session.scalars(select(Transition).order_by(Transition.id)):
        before = last.get((move.noun, move.thing_id))
        if before not in (None, move.from_state):
            yield f"{move.noun} {move.thing_id} moved from {move.from_state}, but was {before}"
        if move.record_id not in records:
            yield f"{move.noun} {move.thing_id} was moved without a record"
        last[move.noun, move.thing_id] = move.to_state
    for (noun, thing), state in last.items():
        table = Base.metadata.tables[noun]
        stands = session.scalar(select(table.c.state).where(table.c.id == thing))
        if stands != state:
            yield f"{noun} {thing} is {stands}, its history says {state}"


def _answers(session: Session) -> Iterator[str]:
    """Yield assignments that are done without exactly one record of it, and records without one."""
    proofs: dict[str, list[str]] = {}
    for id_, body in session.execute(select(Record.id, Record.body).where(Record.type == ANSWERED)):
        proofs.setdefault(json.loads(body)["facts"]["assignment"], []).append(id_)
    done = select(Assignment).where(Assignment.workflow == "policy", Assignment.state == "done")
    for one in session.scalars(done):
        if proofs.pop(one.code, []) != [one.record_id]:
            yield f"{one.code} is done, its record is {one.record_id}"
    yield from (f"{code} has a record and is not done" for code in proofs)


def _ledger(session: Session) -> Iterator[str]:
    """Yield copies that ended without exactly one record of their first outcome; a correction replaces the first."""
    bodies = session.scalars(select(Record.body).where(Record.type.in_(LEDGER)))
    records = [json.loads(body) for body in bodies]
    corrected = {one.get("corrects") for one in records}
    told = Counter(
        (one["subject"]["ref"], one["facts"]["channel"], one["outcome"])
        for one in records
        if one["id"] not in corrected
    )
    ended = Counter(
        (f"M-{copy.message_id}", copy.channel, "sent" if copy.sent_at else copy.state)
        for copy in session.scalars(select(Delivery))
        if copy.sent_at or f"message.{copy.state}" in LEDGER
    )
    yield from (
        f"{key} ended {ended[key]} times, on record {told[key]} times"
        for key in ended.keys() | told.keys()
        if ended[key] != told[key]
    )


def _facts(session: Session) -> Iterator[str]:
    """Yield where the effective-dated rows differ from what the records alone say."""
    rows, told = replayed(session)
    # Records of one instant have no order among themselves.
    if sorted(map(repr, rows)) != sorted(map(repr, told)):
        yield f"{len(rows)} facts stand, the records tell of {len(told)}"


def replayed(session: Session) -> tuple[list[Replayed], list[Replayed]]:
    """Return the effective-dated rows as they stand, and as the records alone tell them."""
    rows = [
        Replayed(
            one.subject,
            one.name,
            one.key,
            json.loads(one.value),
            one.valid_from,
            one.valid_to,
            one.recorded_at,
            one.record_id,
        )
        for one in session.scalars(select(EffectiveFact).order_by(EffectiveFact.id))
    ]
    return rows, list(replay(session.scalars(select(Record.body).order_by(Record.recorded_at, Record.id))))
