"""A stage with the people of `tests.support.company` and a mail server; databases without anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.database import Database, SqliteDatabase, open_database
from bot.migrate import migrate
from tests.support.company import found
from tests.support.stage import Stage, on_stage_with_mail


@pytest.fixture
def post(database_url: str) -> Iterator[Stage]:
    """A stage whose people are reached by mail."""
    with on_stage_with_mail(database_url, company="Halden Instruments") as stage:
        found(stage)
        yield stage


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
