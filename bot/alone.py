"""Locks between processes: one server over a SQLite file, one preparation of any database at a time."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def alone(engine: Engine, name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock `name` on a database until the block ends or the process dies. Raises Taken unless `wait`."""
    if engine.dialect.name == "sqlite":
        with _file_lock(Path(f"{engine.url.database}.{name}.lock"), wait):
            yield
        return
    take = "SELECT pg_advisory_lock(:key)" if wait else "SELECT pg_try_advisory_lock(:key)"
    key = zlib.crc32(f"countersign:{name}".encode())
    with engine.connect() as connection:
        if connection.scalar(text(take), {"key": key}) is False:
            raise Taken(name)
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            connection.commit()


@contextmanager
def _file_lock(path: Path, wait: bool) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Taken(path.name) from None
        yield
