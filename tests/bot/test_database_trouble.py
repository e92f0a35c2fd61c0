"""Locked, read-only, gone, two that wait for each other: people are told to try again, and nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import database as here
from bot.database import NotSaved, SqliteDatabase, open_database
from bot.migrate import migrate
from models.desk import Meta
from tests.support.work import keep, kept


def test_a_foreign_lock_is_waited_for_once_by_all(sqlite: SqliteDatabase) -> None:
    """Sixty people behind a lock are told together, not one after another, and the same answers succeed later."""
    foreign = sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)
    works = [keep(f"{number:02}") for number in range(60)]

    async def everybody() -> list[object]:
        return list(await asyncio.gather(*(sqlite.write(work) for work in works), return_exceptions=True))

    foreign.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    told = asyncio.run(everybody())
    assert time.monotonic() - begun < here.BUSY_SECONDS * 3
    assert {type(one) for one in told} == {NotSaved}
    assert all(isinstance(one, NotSaved) and isinstance(one.__cause__, DBAPIError) for one in told)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert asyncio.run(everybody()) == [f"{number:02}" for number in range(60)]


def test_a_look_at_a_database_in_other_hands_says_so(sqlite_url: str) -> None:
    """Another program that keeps the file for itself shuts out looks too; people are told to try again."""
    first = SqliteDatabase(sqlite_url)
    migrate(first.engine)
    first.close()
    foreign = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    foreign.execute("PRAGMA locking_mode = EXCLUSIVE")
    foreign.execute("INSERT INTO meta (name, value) VALUES ('theirs', 'x')")
    database = SqliteDatabase(sqlite_url)
    with pytest.raises(NotSaved):
        asyncio.run(database.read(kept))
    with pytest.raises(NotSaved):
        asyncio.run(database.write(keep("ours")))
    foreign.close()
    assert asyncio.run(database.read(kept)) == ["theirs"]
    database.close()


def test_two_that_wait_for_each_other_both_succeed(postgres_url: str) -> None:
    """PostgreSQL ends one of two that are locked in each other; it is run again."""
    database = open_database(postgres_url)
    migrate(database.engine)
    asyncio.run(database.write(keep("a")))
    asyncio.run(database.write(keep("b")))
    meeting = threading.Barrier(2, timeout=10)
    runs = []

    def change(first: str, second: str) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            runs.append(first)
            session.execute(text("UPDATE meta SET value = value || :me WHERE name = :row"), {"me": first, "row": first})
            if len(runs) <= 2:
                meeting.wait()
            session.execute(
                text("UPDATE meta SET value = value || :me WHERE name = :row"), {"me": first, "row": second}
            )

        return work

    async def story() -> None:
        await asyncio.gather(database.write(change("a", "b")), database.write(change("b", "a")))

    asyncio.run(story())
    values = asyncio.run(database.read(lambda session: session.scalars(select(Meta.value)).all()))
    assert len(runs) == 3
    assert all(sorted(value.removeprefix("kept")) == ["a", "b"] for value in values)
    database.close()


def test_a_database_that_only_reads_or_is_locked_or_gone_says_not_saved(postgres_url: str) -> None:
    database = open_database(postgres_url)
    migrate(database.engine)
    name = database.engine.url.database
    other = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with other.connect() as admin:
        admin.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        with pytest.raises(NotSaved):
            asyncio.run(database.write(keep("while read-only")))
        admin.execute(text("SET default_transaction_read_only = off"))
        admin.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> "
        admin.execute(text(ours + "pg_backend_pid()"), {"name": name})
        assert asyncio.run(database.write(keep("after a restart"))) == "after a restart"

        def cut_off(session: Session) -> None:
            keep("cut off")(session)
            session.flush()
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            keep("more")(session)

        with pytest.raises(NotSaved):
            asyncio.run(database.write(cut_off))

    locking = create_engine(postgres_url)
    with locking.begin() as foreign:
        foreign.execute(text("LOCK TABLE meta IN EXCLUSIVE MODE"))
        with pytest.raises(NotSaved):
            asyncio.run(database.write(keep("locked")))
    assert asyncio.run(database.write(keep("locked"))) == "locked"
    assert asyncio.run(database.read(kept)) == ["after a restart", "locked"]
    for engine in (other, locking):
        engine.dispose()
    database.close()
