"""A database that fails at the commit, then at the first statement, the second ..., until there is none left.

Whatever is played on it, every failure must leave every table as it was, and the same work must succeed afterwards.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from bot.database import Database, NotSaved, PostgresDatabase, Work
from tests.support.truth import contradictions, written

T = TypeVar("T")
NEVER = 1_000_000
AT_THE_COMMIT = 0


class ClumsyDatabase:
    """Wraps a database; `failures` counts how often it failed."""

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.engine = inner.engine
        # Of PostgreSQL one connection stays open: a new one at each look takes longer than everything else.
        postgres = self.engine.dialect.name == "postgresql"
        self._watching = create_engine(self.engine.url, pool_size=1) if postgres else self.engine
        self.failures = 0
        self._turn = asyncio.Lock()
        self._fails_at = NEVER
        self._statements = 0
        writing = inner._sessions if isinstance(inner, PostgresDatabase) else inner.engine
        event.listen(writing, "before_cursor_execute", self._statement)
        event.listen(writing, "commit", self._commit)

    async def write(self, work: Work[T]) -> T:
        """Fail in every way there is, then succeed. Raises what the work raises, after as many failures."""
        async with self._turn:
            before = await asyncio.to_thread(written, self._watching)
            numbers = await asyncio.to_thread(self._numbers)
            fails_at = AT_THE_COMMIT
            while True:
                self._fails_at, self._statements = fails_at, 0
                try:
                    return await self.inner.write(work)
                except NotSaved:
                    assert fails_at != NEVER
                    self.failures += 1
                    fails_at += 1
                except Exception:
                    self._fails_at = NEVER
                    assert await asyncio.to_thread(written, self._watching) == before, "a refusal left something behind"
                    if fails_at != AT_THE_COMMIT:
                        raise  # a refusal has no commit to fail at
                    fails_at += 1
                finally:
                    self._fails_at = NEVER
                assert await asyncio.to_thread(written, self._watching) == before, (
                    f"half done at statement {fails_at - 1}"
                )
                if numbers:
                    await asyncio.to_thread(self._count_again, numbers)

    def _numbers(self) -> dict[str, int | None]:
        """Return the last number of each sequence; PostgreSQL alone has them, and takes none back."""
        if self.engine.dialect.name != "postgresql":
            return {}
        with self._watching.connect() as connection:
            return dict(connection.execute(text("SELECT sequencename, last_value FROM pg_sequences")).all())

    def _count_again(self, before: dict[str, int | None]) -> None:
        """Let ids go on where they were before a failure, as on SQLite: what is played names them."""
        wasted = [name for name, last in self._numbers().items() if last != before[name]]
        with self._watching.begin() as connection:
            for name in wasted:
                again = {"name": name, "last": before[name] or 1, "used": before[name] is not None}
                connection.execute(text("SELECT setval(:name, :last, :used)"), again)

    async def read(self, work: Work[T]) -> T:
        """Read without failing."""
        return await self.inner.read(work)

    def close(self) -> None:
        """Look whether everything agrees, then close."""
        found = contradictions(self.engine)
        self._watching.dispose()
        self.inner.close()
        assert found == []

    def _statement(self, connection: Connection, *_: Any) -> None:
        if connection.get_execution_options().get("postgresql_readonly") or self._fails_at == NEVER:
            return
        self._statements += 1
        if self._statements == self._fails_at:
            raise OperationalError("stumbled", None, Exception("disk I/O error"))

    def _commit(self, connection: Connection) -> None:
        if self._fails_at == AT_THE_COMMIT and not connection.get_execution_options().get("postgresql_readonly"):
            raise OperationalError("stumbled", None, Exception("disk full"))
