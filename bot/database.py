"""The one way to the database: `await database.write(work)` and `await database.read(work)`, with synchronous work.

SQLite has one writer thread that commits queued pieces of work together (group commit, `synchronous=FULL`);
PostgreSQL a small pool of threads. No `await` can stand inside a transaction. If a group fails as a whole, each piece
is run again alone: `work(session)` therefore touches nothing but its session.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

T = TypeVar("T")
Work = Callable[[Session], T]
BUSY_SECONDS = 15
GROUP_LIMIT = 64
READERS = 4
SESSIONS = 8
RETRIED = ("40001", "40P01")  # serialization failure, deadlock (PostgreSQL, Appendix A: error codes)


class NotSaved(Exception):
    """The database could not take it (full, locked, gone). Nothing was kept; the person is asked to try again."""


class Database(Protocol):
    """What the rest of the process needs of a database."""

    engine: Engine

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return its result after the commit. Raises NotSaved, or what work raised."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot write."""
        ...

    def close(self) -> None:
        """Finish what is queued and let go of every connection."""
        ...


def open_database(url: str) -> Database:
    """Return the database at a SQLAlchemy address, SQLite or PostgreSQL. Raises ValueError for another kind."""
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return SqliteDatabase(url)
    if kind == "postgresql":
        return PostgresDatabase(url)
    raise ValueError(f"COUNTERSIGN_DATABASE_URL names {kind}; use sqlite:///file.db or postgresql://...")


def sqlite_engine(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine that begins with BEGIN IMMEDIATE (a deferred one loses updates), or that only reads."""
    place = make_url(url).database
    if place and place != ":memory:":
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=READERS, connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _run(session: Session, work: Work[T]) -> T:
    """Run one piece of work and bring its changes to the database."""
    result = work(session)
    session.flush()
    return result


class SqliteDatabase:
    """SQLite with one writer thread and read-only readers."""

    def __init__(self, url: str) -> None:
        self.engine = sqlite_engine(url)
        self._readers = sqlite_engine(url, read_only=True)
        self._pool = ThreadPoolExecutor(READERS, "reader")
        self._queue: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_on, name="writer", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        future: Future[T] = Future()
        self._queue.put((work, future))
        return await asyncio.wrap_future(future)

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def close(self) -> None:
        """See Database.close."""
        self._queue.put(None)
        self._writer.join()
        self._pool.shutdown()
        self.engine.dispose()
        self._readers.dispose()

    def _read(self, work: Work[T]) -> T:
        with Session(self._readers) as session:
            return work(session)

    def _write_on(self) -> None:
        """Take groups of work off the queue until told to stop."""
        stopping = False
        while not stopping:
            first = self._queue.get()
            group = [] if first is None else [first]
            stopping = first is None
            while group and len(group) < GROUP_LIMIT:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    stopping = True
                    break
                group.append(item)
            if group:
                self._commit(group)

    def _commit(self, group: list[tuple[Work[Any], Future[Any]]]) -> None:
        """Commit a group at once; where that fails as a whole, each piece alone."""
        try:
            outcomes = self._attempt([work for work, _ in group])
        except (DBAPIError, sqlite3.Error) as error:
            if len(group) == 1:
                group[0][1].set_exception(_not_saved(error))
                return
            for piece in group:
                self._commit([piece])
            return
        for (_, future), (result, failure) in zip(group, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _attempt(self, works: list[Work[Any]]) -> list[tuple[Any, Exception | None]]:
        """Run each piece in a savepoint of one transaction. Raises DBAPIError if the transaction itself is lost."""
        outcomes: list[tuple[Any, Exception | None]] = []
        with self.engine.begin() as connection:
            for work in works:
                with Session(connection, join_transaction_mode="create_savepoint") as session:
                    try:
                        result = _run(session, work)
                        session.commit()
                        outcomes.append((result, None))
                    except OperationalError:
                        raise  # full, locked, rolled back: the whole group is in doubt
                    except Exception as error:  # noqa: BLE001 - whatever it is, it is handed to whoever awaits
                        session.rollback()
                        outcomes.append((None, error))
        return outcomes


class PostgresDatabase:
    """PostgreSQL with a small pool of threads; any number of processes share it."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), pool_size=SESSIONS, pool_pre_ping=True
        )
        self._pool = ThreadPoolExecutor(SESSIONS, "session")

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._write, work)

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def close(self) -> None:
        """See Database.close."""
        self._pool.shutdown()
        self.engine.dispose()

    def _write(self, work: Work[T]) -> T:
        for attempt in range(5):
            try:
                with Session(self.engine) as session, session.begin():
                    return _run(session, work)
            except OperationalError as error:
                if attempt == 4 or getattr(error.orig, "sqlstate", None) not in RETRIED:
                    raise _not_saved(error) from error
        raise AssertionError("the last attempt returns or raises")

    def _read(self, work: Work[T]) -> T:
        try:
            with Session(self.engine.execution_options(postgresql_readonly=True)) as session:
                return work(session)
        except OperationalError as error:
            raise _not_saved(error) from error


def _not_saved(error: Exception) -> NotSaved:
    """Return the error that surfaces turn into "not saved, try again"; the cause stays attached for the log."""
    wrapped = NotSaved("not saved, try again")
    wrapped.__cause__ = error
    return wrapped
