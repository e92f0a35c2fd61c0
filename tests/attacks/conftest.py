"""The stage that is attacked: Chidi owes an answer, and whatever is written afterwards is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import Base
from tests.support.company import chidi_owes
from tests.support.slack.office import Office, open_office
from tests.support.stage import Stage
from tests.support.web import WebSurface


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the storms what presses every button once more on PostgreSQL: who may is asked in Python."""
    for item in items:
        played = getattr(item, "callspec", None)
        if item.path.stem == "test_others" and played and played.params.get("database_url") == "postgresql":
            item.add_marker(pytest.mark.storm)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A demo with the people of `tests.support.company`; Chidi is asked to acknowledge POL-1 (his A-1)."""
    with chidi_owes(database_url) as stage:
        stage.surface = WebSurface(stage)
        yield stage


def _rows(session: Session) -> dict[str, int]:
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


@contextmanager
def nothing_written(stage: Stage) -> Iterator[None]:
    """Assert that no row is added or taken away while the block runs."""
    before = stage.read(_rows)
    yield
    assert stage.read(_rows) == before


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Slack."""
    with open_office(sqlite_url) as office:
        yield office
