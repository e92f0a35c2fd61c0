"""A database that is full or in other hands: "not saved, try again", and the very same answer counts later."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from bot.database import NotSaved, PostgresDatabase
from models.desk import Meta
from tests.support.company import ask, publish
from tests.support.stage import Stage
from tests.support.truth import contradictions, dump, rows


@contextmanager
def full(stage: Stage) -> Iterator[None]:
    """Let a SQLite file grow no further while the block runs; a PostgreSQL only reads, as hosts do with a full disk."""
    database = stage.database
    engine = database._sessions if isinstance(database, PostgresDatabase) else database.engine

    def limit(connection: Any, *_: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA max_page_count = 1")  # no less than it has, says SQLite, and no more
        else:
            connection.read_only = True

    def free(connection: Any, *_: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA max_page_count = 1073741823")
        else:
            connection.read_only = False

    event.listen(engine, "checkout", limit)
    for number in range(500):  # until there is no free room inside the file either
        try:
            stage.write(lambda session, name=f"{number}": session.add(Meta(name=name, value="x" * 500)))  # type: ignore[misc]
        except NotSaved:
            break
    yield
    event.remove(engine, "checkout", limit)
    event.listen(engine, "checkout", free)


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Let somebody else hold the database while the block runs."""
    if stage.database.engine.dialect.name == "sqlite":
        foreign = sqlite3.connect(str(stage.database.engine.url.database), isolation_level=None)
        foreign.execute("BEGIN EXCLUSIVE")
        yield
        foreign.execute("ROLLBACK")
        foreign.close()
        return
    engine = create_engine(stage.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE records IN EXCLUSIVE MODE"))
        yield
    engine.dispose()


@pytest.mark.parametrize("trouble", [full, locked], ids=["full", "locked"])
def test_chidi_is_told_and_tries_again(stage: Stage, trouble: Any) -> None:
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    question = "May I use my own phone, and if so what for? " * 60
    form = chidi.opens().presses("Ask a question", on="Acceptable Use")
    before = stage.read(lambda session: rows(session.connection()))
    with trouble(stage):
        while "ot saved" not in form.fills(question=question).text:  # the last free corners of a full file take a few
            form = chidi.opens().presses("Ask a question", on="Acceptable Use")
            before = stage.read(lambda session: rows(session.connection()))
        form.fills(question=question).sees("ot saved")
        left = stage.read(lambda session: rows(session.connection()))
        assert {**left, "meta": []} == {**before, "meta": []}
    asked = len(stage.records("policy.question"))
    form.fills(question=question).sees("on its way")
    form.fills(question=question)
    assert len(stage.records("policy.question")) == asked + 1
    assert contradictions(stage.database.engine) == []


def test_the_check_for_contradictions_finds_them(stage: Stage) -> None:
    """An answer without its record, and a state without its history, do not pass."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    chidi.says("ack").fills(agree=True).sees("You acknowledged this")
    assert contradictions(stage.database.engine) == []
    for undo in ("UPDATE assignments SET state = 'open'", "UPDATE assignments SET state = 'done', record_id = NULL"):
        with Session(stage.database.engine) as session:
            session.execute(text(undo))
            session.commit()
        assert contradictions(stage.database.engine) != []
    assert dump(stage.database.engine)["records"]
