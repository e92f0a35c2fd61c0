"""The one way to the database: together and apart, whatever one piece of work does to itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from bot.database import Database, NotSaved, SqliteDatabase, open_database
from bot.migrate import migrate
from models.desk import SeenGesture
from tests.support.work import Closed, keep, kept, together


def test_a_result_is_told_after_the_commit(database: Database) -> None:
    assert asyncio.run(database.write(keep("a"))) == "a"
    assert asyncio.run(database.read(kept)) == ["a"]


def test_what_a_work_raises_comes_back_and_leaves_nothing(database: Database) -> None:
    def broken(session: Session) -> None:
        keep("half")(session)
        session.flush()
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(database.write(broken))
    assert asyncio.run(database.read(kept)) == []


def test_one_bad_piece_spoils_no_other(sqlite: SqliteDatabase) -> None:
    """An error of its own, a broken rule of the database, a statement that fails: each costs only its piece."""

    def broken(session: Session) -> None:
        keep("half")(session)
        session.flush()
        raise KeyError("mine")

    def nonsense(session: Session) -> None:
        keep("nonsense")(session)
        session.flush()
        session.execute(text("SELECT * FROM nowhere"))

    outcomes = asyncio.run(
        together(sqlite, keep("a"), broken, keep("b"), keep("a"), nonsense, keep("c"), SystemExit, keep("d"))
    )
    assert [one for one in outcomes if isinstance(one, str)] == ["a", "b", "c", "d"]
    assert isinstance(outcomes[1], KeyError)
    assert isinstance(outcomes[3], IntegrityError)
    assert isinstance(outcomes[4], NotSaved)
    assert asyncio.run(sqlite.read(kept)) == ["a", "b", "c", "d"]


def test_a_group_whose_commit_fails_is_run_again_piece_by_piece(sqlite: SqliteDatabase) -> None:
    commits = []

    @event.listens_for(sqlite.engine, "commit")
    def _fail_the_second(connection: object) -> None:
        commits.append(1)
        if len(commits) == 2:
            raise sqlite3.OperationalError("disk I/O error")

    assert asyncio.run(together(sqlite, keep("a"), keep("b"), keep("c"))) == ["a", "b", "c"]
    assert len(commits) == 5  # the one that held the others back, the group, and each alone
    assert asyncio.run(sqlite.read(kept)) == ["a", "b", "c"]


def test_who_stops_waiting_takes_work_back_that_was_not_begun(sqlite: SqliteDatabase) -> None:
    """And the writer lives on: it once died of a future that had been cancelled."""

    async def story() -> None:
        closed = Closed()
        first = asyncio.create_task(sqlite.write(closed))
        await asyncio.to_thread(closed.entered.wait, 30)
        impatient = asyncio.create_task(sqlite.write(keep("impatient")))
        await asyncio.sleep(0.05)
        impatient.cancel()
        first.cancel()
        await asyncio.gather(first, impatient, return_exceptions=True)
        closed.opened.set()
        assert await sqlite.write(keep("patient")) == "patient"

    asyncio.run(story())
    assert asyncio.run(sqlite.read(kept)) == ["patient"]


def test_closing_finishes_what_waits_and_refuses_what_comes_after(sqlite_url: str) -> None:
    async def story() -> list[object]:
        database = SqliteDatabase(sqlite_url)
        migrate(database.engine)
        closed = Closed()
        first = asyncio.create_task(database.write(closed))
        await asyncio.to_thread(closed.entered.wait, 30)
        waiting = [asyncio.create_task(database.write(keep(str(number)))) for number in range(200)]
        await asyncio.sleep(0.05)
        threading.Timer(0.2, closed.opened.set).start()
        await asyncio.to_thread(database.close)
        await first
        with pytest.raises(NotSaved):
            await database.write(keep("late"))
        return list(await asyncio.gather(*waiting))

    assert len(asyncio.run(story())) == 200
    again = SqliteDatabase(sqlite_url)
    assert len(asyncio.run(again.read(kept))) == 200
    again.close()


def test_a_look_cannot_write(database: Database) -> None:
    def look(session: Session) -> None:
        keep("sneaked in")(session)
        session.flush()

    with pytest.raises(DBAPIError, match="read"):
        asyncio.run(database.read(look))
    assert asyncio.run(database.write(keep("after a look"))) == "after a look"
    assert asyncio.run(database.read(kept)) == ["after a look"]


def test_looks_and_works_at_once(database: Database) -> None:
    """No connection that looked stays unable to write."""

    async def story() -> None:
        works = [database.write(keep(f"{number:03}")) for number in range(100)]
        looks = [database.read(kept) for _ in range(100)]
        await asyncio.gather(*(one for pair in zip(works, looks, strict=True) for one in pair))

    asyncio.run(story())
    assert len(asyncio.run(database.read(kept))) == 100


def test_an_error_quotes_no_values(database: Database) -> None:
    asyncio.run(database.write(keep("ana@halden.example")))
    with pytest.raises(IntegrityError) as told:
        asyncio.run(database.write(keep("ana@halden.example")))
    assert "[SQL parameters hidden" in str(told.value)


def test_a_gesture_key_survives_sixty_at_once(database: Database) -> None:
    """Of many who insert the same key, exactly one is first."""
    from workflows.context import insert_or_ignore

    def work(session: Session) -> bool:
        row = {"key": "k", "at": datetime(2026, 11, 23, tzinfo=UTC)}
        return session.scalar(insert_or_ignore(session, SeenGesture).returning(SeenGesture.key), row) is not None

    async def story() -> list[bool]:
        return list(await asyncio.gather(*(database.write(work) for _ in range(60))))

    assert sum(asyncio.run(story())) == 1


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        open_database("mysql://root@localhost/x")
