"""Work through `database.write`, against SQLite's own module with a transaction for every row."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.database import Database, open_database
from models.desk import SeenGesture
from scripts.bench.bare import make_table, one_row
from scripts.bench.figures import Figure, ratio
from scripts.bench.scale import IN_FLIGHT, Scale


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield how fast rows are committed, in turns: through the writer with 32 in flight, and one by one."""
    database = open_database(f"sqlite:///{folder / 'writer.db'}")
    make_table(database)
    raw = _raw(folder / "raw.db", database)
    ours, alone = [], []
    for _ in range(scale.rounds):
        ours.append(scale.rows / asyncio.run(_written(database, scale.rows)))
        alone.append(scale.rows / _inserted(raw, scale.rows))
    raw.close()
    database.close()
    yield ratio("database.write, 32 in flight / sqlite3, a row a transaction", ours, alone, at_least=1.0)
    yield Figure("  database.write", ours, "/s")
    yield Figure("  sqlite3", alone, "/s")


async def _written(database: Database, rows: int) -> float:
    """Return the seconds that `rows` pieces of work took."""
    left = iter(range(rows))

    async def one_after_another() -> None:
        for _ in left:
            await database.write(one_row)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(IN_FLIGHT)))
    return time.perf_counter() - began


def _raw(path: Path, like: Database) -> sqlite3.Connection:
    """Open a database with the same table and the same promises as `like`."""
    connection = sqlite3.connect(path, isolation_level=None)
    with like.engine.connect() as other:
        table = other.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars().all()
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            connection.execute(f"PRAGMA {name}={other.exec_driver_sql(f'PRAGMA {name}').scalar_one()}")
    for statement in table:
        connection.execute(statement)
    return connection


def _inserted(connection: sqlite3.Connection, rows: int) -> float:
    """Return the seconds that `rows` transactions of one row took."""
    table = SeenGesture.__tablename__
    began = time.perf_counter()
    for _ in range(rows):
        connection.execute("BEGIN IMMEDIATE")
        values = (secrets.token_hex(32), datetime.now(UTC).replace(tzinfo=None).isoformat(" "))
        connection.execute(f"INSERT INTO {table} (key, at) VALUES (?, ?)", values)  # noqa: S608 - our own table
        connection.execute("COMMIT")
    return time.perf_counter() - began
