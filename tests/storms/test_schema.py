"""The database as such: up and down, the same as the models, and what only grows only grows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.database import Database, open_database
from bot.migrate import differences, migrate, standing
from models.guards import APPEND_ONLY
from models.record import Record
from tests.dialogues.test_policy_approval import test_farah_writes_margit_asks_for_changes_then_approves as played
from tests.support.stage import Stage
from tests.support.truth import contradictions, dump


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_up_down_and_up_again(database: Database) -> None:
    assert standing(database.engine) == "empty"
    migrate(database.engine)
    assert standing(database.engine) == "current"
    assert differences(database.engine) == []
    migrate(database.engine, "base")
    assert [name for name in inspect(database.engine).get_table_names() if name != "alembic_version"] == []
    migrate(database.engine)
    assert differences(database.engine) == []


def test_what_only_grows_cannot_be_changed(stage: Stage) -> None:
    """UPDATE, DELETE, REPLACE and TRUNCATE are refused by the database itself, in every table that holds evidence."""
    played(stage)
    before = dump(stage.database.engine)
    kind = stage.database.engine.dialect.name
    for table, key in APPEND_ONLY.items():
        assert before[table], f"nothing stands in {table}"
        forbidden = [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
        if kind == "sqlite":
            forbidden += [
                f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
                f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
                f"UPDATE OR REPLACE {table} SET {key} = {key}",
            ]
        else:
            forbidden += [f"TRUNCATE {table} CASCADE", f"DELETE FROM ONLY {table} WHERE {key} IS NOT NULL"]
        for statement in forbidden:
            with pytest.raises(DBAPIError, match="append-only"), stage.database.engine.begin() as connection:
                connection.execute(text(statement))
    assert dump(stage.database.engine) == before


def test_records_tell_the_facts_again(stage: Stage) -> None:
    """The effective-dated rows are exactly what the records alone say; a row of their own would be noticed."""
    played(stage)
    engine = stage.database.engine
    assert contradictions(engine) == []
    assert dump(engine)["effective_facts"]
    with Session(engine) as session:
        record = session.query(Record).first()
        assert record is not None
        session.execute(
            text(
                "INSERT INTO effective_facts (subject, name, key, value, valid_from, recorded_at, record_id) "
                "VALUES ('POL-1', 'in_force', '', '9', '2026-11-23', '2026-11-23', :record)"
            ),
            {"record": record.id},
        )
        session.commit()
    assert contradictions(engine) != []
