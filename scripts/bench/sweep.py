"""What is due among a million duties: the question that the reminders ask at every tick, with and without its index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, case, insert, literal, select, true
from sqlalchemy.orm import Session

from bot.database import open_database
from bot.migrate import migrate
from models.base import UtcDateTime
from models.campaign import Assignment, Campaign
from models.person import Person
from scripts.bench.figures import Figure, ratio
from scripts.bench.scale import Scale
from tests.support import postgres
from workflows.nudges import BATCH, due

CAMPAIGNS = 100  # one in ten is paused: its reminders stay due and must be stepped over
PAUSED = 10
AT_MOST = 100  # milliseconds: the question stands in the writer's queue, and answers behind it
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DUE = date(2026, 12, 7)
INSTANT = UtcDateTime()


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield how long the question takes on SQLite, and on PostgreSQL where its programs are installed."""
    yield from _measured("SQLite", f"sqlite:///{folder / 'countersign.db'}", scale)
    place = postgres.programs()
    if place is None:
        print("due-sweep, PostgreSQL: not measured, its programs are not installed")
        return
    cluster = postgres.start(place)
    try:
        yield from _measured("PostgreSQL", cluster.url(cluster.create()), scale)
    finally:
        cluster.stop()


def _measured(kind: str, url: str, scale: Scale) -> Iterator[Figure]:
    database = open_database(url)
    try:
        migrate(database.engine)
        _fill(database.engine, scale.duties // CAMPAIGNS)
        asked = [_asked(database.engine) for _ in range(scale.rounds + 1)][1:]
        with database.engine.begin() as connection:
            next(one for one in Assignment.__table__.indexes if one.name == "ix_assignments_due").drop(connection)
        scanned = [_asked(database.engine) for _ in range(scale.rounds + 1)][1:]
    finally:
        database.close()
    name = f"due-sweep over {scale.duties:,} duties, {kind}"
    yield ratio(f"{name}: full scan / sweep", scanned, asked)
    yield Figure("  sweep", [seconds * 1000 for seconds in asked], "ms", at_most=AT_MOST)
    yield Figure("  full scan", [seconds * 1000 for seconds in scanned], "ms")


def _fill(engine: Engine, people: int) -> None:
    """Let everybody owe something to each of many campaigns."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < people))
    somebody = {"name": "Somebody", "recorded_at": NOW}
    asked = {"workflow": "policy", "subject": "POL-1v1", "title": "Policy", "due_on": DUE, "created_at": NOW}
    with engine.begin() as connection:
        connection.execute(insert(Person.__table__), [{**somebody, "id": one} for one in range(1, people + 1)])
        for one in range(1, CAMPAIGNS + 1):
            paused = one % PAUSED == 0
            connection.execute(
                insert(Campaign.__table__), asked | {"id": one, "state": "paused" if paused else "running"}
            )
            has_come = true() if paused else numbers.c.n <= people // 50
            owed = _owed(one, numbers.c.n, has_come, NOW - timedelta(days=2 if paused else 0, hours=1))
            connection.execute(insert(Assignment.__table__).from_select(list(owed), select(*owed.values())))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _owed(
    campaign: int, person: ColumnElement[int], has_come: ColumnElement[bool], came_at: datetime
) -> dict[str, ColumnElement[Any]]:
    """Return a campaign's duties, column by column: every other one is open, and its reminder has come or will."""
    soon = case((has_come, literal(came_at, INSTANT)), else_=literal(NOW + timedelta(days=7), INSTANT))
    answered = person % 2 == 1
    return {
        "workflow": literal("policy"),
        "subject": literal("POL-1v1"),
        "campaign_id": literal(campaign),
        "owed_by_id": person,
        "assignee_id": person,
        "state": case((answered, "done"), else_="open"),
        "reason": literal("campaign"),
        "department": literal("Engineering"),
        "assigned_at": literal(NOW, INSTANT),
        "due_on": literal(DUE, Assignment.__table__.c.due_on.type),
        "due_at": literal(NOW + timedelta(days=14), INSTANT),
        "next_nudge_at": case((answered, None), else_=soon),
    }


def _asked(engine: Engine) -> float:
    """Return the seconds one question took."""
    with Session(engine) as session:
        began = time.perf_counter()
        found = session.scalars(due(NOW)).all()
        took = time.perf_counter() - began
    if len(found) != BATCH:
        raise RuntimeError(f"{len(found)} duties were found due, not {BATCH}")
    return took
