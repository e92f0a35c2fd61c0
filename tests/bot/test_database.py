"""The one way to the database: together and apart, whatever one piece of work does to itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from bot import database as here
from bot.database import Database, NotSaved, SqliteDatabase, open_database
from bot.migrate import migrate
from models.desk import Meta, SeenGesture


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with its tables, on either kind."""
    opened = open_database(database_url)
    migrate(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[SqliteDatabase]:
    """An open SQLite database with its tables."""
    opened = SqliteDatabase(sqlite_url)
    migrate(opened.engine)
    yield opened
    opened.close()


def keep(name: str) -> Callable[[Session], str]:
    """Return work that keeps one row and returns its name."""

    def work(session: Session) -> str:
        session.add(Meta(name=name, value="kept"))
        return name

    return work


def kept(session: Session) -> list[str]:
    """Return the rows that were kept."""
    return list(session.scalars(select(Meta.name).order_by(Meta.name)))


class Closed:
    """Holds the writer back, so that what is written meanwhile becomes one group."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self, session: Session) -> None:
        """Wait inside the writer."""
        self.entered.set()
        assert self.opened.wait(30)


async def together(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Run works as one group and return what each came to, a result or an error."""
    closed = Closed()
    first = asyncio.create_task(database.write(closed))
    await asyncio.to_thread(closed.entered.wait, 30)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0.05)
    closed.opened.set()
    await first
    return list(await asyncio.gather(*tasks, return_exceptions=True))


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
