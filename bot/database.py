"""The one way to the database: `await database.write(work)` and `await database.read(work)`, with synchronous work.

SQLite has one writer thread that commits queued pieces of work together (group commit, `synchronous=FULL`);
PostgreSQL a small pool of threads. No `await` can stand inside a transaction. If a group fails as a whole, each piece
is run again alone: `work(session)` therefore touches nothing but its session. Whoever stops waiting before their piece
was begun takes it back; one that was begun is committed or not, whoever still listens.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, QueuePool

T = TypeVar("T")
Work = Callable[[Session], T]
BUSY_SECONDS = 2  # what another process may hold a lock for before people are told to try again: chats wait 3 s
CONNECT_SECONDS = 5
GROUP_LIMIT = 64
READERS = 4
SESSIONS = 8
RETRIED = ("40001", "40P01")  # serialization failure, deadlock (PostgreSQL, Appendix A: error codes)
READ_ONLY = "25006"  # what hosts do with a database whose disk is full
Piece = tuple[Work[Any], Future[Any]]


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
        url,
        poolclass=QueuePool,
        pool_size=READERS,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
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

    _plain_savepoints(engine.dialect)
    return engine


def _plain_savepoints(dialect: Any) -> None:
    """Send savepoints as plain text: SQLAlchemy compiles its own anew each time, which costs more than a row."""
    for name, words in (
        ("savepoint", "SAVEPOINT"),
        ("release_savepoint", "RELEASE"),
        ("rollback_to_savepoint", "ROLLBACK TO"),
    ):
        setattr(dialect, f"do_{name}", partial(_say, words))


def _say(words: str, connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"{words} {name}")


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
        self._queue: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_on, name="writer", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        if self._closed:
            raise NotSaved("the database is closed")
        future: Future[T] = Future()
        self._queue.put((work, future))
        return await asyncio.wrap_future(future)

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def close(self) -> None:
        """See Database.close."""
        self._closed = True
        self._queue.put(None)
        self._writer.join()
        self._pool.shutdown()
        self.engine.dispose()
        self._readers.dispose()

    def _read(self, work: Work[T]) -> T:
        try:
            with Session(self._readers) as session:
                return work(session)
        except OperationalError as error:
            if "readonly" in str(error.orig):
                raise  # a look that writes is a mistake of ours, not of the database
            raise _not_saved(error) from error

    def _write_on(self) -> None:
        """Take groups of work off the queue until told to stop, and leave nobody waiting."""
        while (group := self._group(self._queue.get())) is not None:
            self._commit(group)
        while not self._queue.empty():
            late = self._queue.get()
            if late is not None and late[1].set_running_or_notify_cancel():
                late[1].set_exception(NotSaved("the database is closed"))

    def _group(self, first: Piece | None) -> list[Piece] | None:
        """Return the pieces to commit together: what waits and was not taken back; None when it is time to stop."""
        if first is None:
            return None
        group, more = [first], min(self._queue.qsize(), GROUP_LIMIT - 1)
        for _ in range(more):
            item = self._queue.get_nowait()
            if item is None:
                self._queue.put(None)  # this group first, then stop
                break
            group.append(item)
        return [piece for piece in group if piece[1].set_running_or_notify_cancel()]

    def _commit(self, group: list[Piece]) -> None:
        """Commit a group at once; where that fails as a whole, each piece alone."""
        if not group:
            return
        try:
            outcomes = self._attempt([work for work, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever awaits must hear of it, and the writer must live on
            if isinstance(error, _CannotBegin) or len(group) == 1:
                # Alone it would be the same, after the same wait for the same lock.
                for _, future in group:
                    future.set_exception(_not_saved(error))
                return
            for piece in group:
                self._commit([piece])
            return
        for (_, future), (result, failure) in zip(group, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _attempt(self, works: list[Work[Any]]) -> list[tuple[Any, BaseException | None]]:
        """Run each piece in a savepoint of one transaction. Raises if the transaction itself is lost."""
        with self.engine.connect() as connection:
            try:
                transaction = connection.begin()
            except DBAPIError as error:
                raise _CannotBegin from error
            with transaction:
                return [self._run(connection, work) for work in works]

    def _run(self, connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
        try:
            # The savepoint is the connection's: one of the session's own costs twice as much.
            with connection.begin_nested(), Session(connection, join_transaction_mode="rollback_only") as session:
                return _run(session, work), None
        except OperationalError:
            raise  # full, locked, rolled back: the whole group is in doubt
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is handed to whoever awaits
            return None, error


class _CannotBegin(Exception):
    """Another process holds the lock, or the file is gone: no piece was run."""


class PostgresDatabase:
    """PostgreSQL with a small pool of threads; any number of processes share it."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql+psycopg")
        connecting = {"connect_timeout": CONNECT_SECONDS}
        self.engine = create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=connecting)
        self._sessions = create_engine(
            address, pool_size=SESSIONS, pool_pre_ping=True, hide_parameters=True, connect_args=connecting
        )
        event.listen(self._sessions, "connect", _impatient)
        self._reading = self._sessions.execution_options(postgresql_readonly=True)
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
        self._sessions.dispose()
        self.engine.dispose()

    def _write(self, work: Work[T]) -> T:
        for attempt in range(5):
            try:
                with Session(self._sessions) as session, session.begin():
                    return _run(session, work)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state in RETRIED and attempt < 4:
                    time.sleep(0.05 * (attempt + 1))  # or the loser is back before the winner has gone on
                    continue
                if isinstance(error, OperationalError) or error.connection_invalidated or state == READ_ONLY:
                    raise _not_saved(error) from error
                raise
        raise AssertionError("the last attempt returns or raises")

    def _read(self, work: Work[T]) -> T:
        try:
            with Session(self._reading) as session:
                return work(session)
        except DBAPIError as error:
            if isinstance(error, OperationalError) or error.connection_invalidated:
                raise _not_saved(error) from error
            raise


def _impatient(connection: Any, _: Any) -> None:
    """Let a session wait for locks only as long as people may wait for an answer."""
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.commit()


def _not_saved(error: Exception) -> NotSaved:
    """Return the error that surfaces turn into "not saved, try again"; the cause stays attached for the log."""
    wrapped = NotSaved("not saved, try again")
    wrapped.__cause__ = error.__cause__ if isinstance(error, _CannotBegin) else error
    return wrapped
