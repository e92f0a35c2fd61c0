"""What attackers of both chats say, and a look at everything that is kept or logged of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Base
from tests.support.slack import office as slack
from tests.support.teams import office as teams

LOUD = "unmistakable-words-of-a-request"
ASK = f"policy ask A-1 {LOUD}"  # done at once: it writes a question and its record


def kept(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, but for the accounts that an admin is shown as unknown."""
    found = {}
    for name, table in Base.metadata.tables.items():
        if name == "strangers":
            continue
        found[name] = sorted((tuple(row) for row in session.execute(select(table))), key=repr)
    return found


@contextmanager
def nothing_changes(office: slack.Office | teams.Office) -> Iterator[None]:
    """Assert that the whole database is the same after the block as before."""
    before = office.stage.read(kept)
    yield
    office.surface.settle()
    after = office.stage.read(kept)
    for name, rows in after.items():
        assert rows == before[name], name


def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that was written anywhere."""
    out = capsys.readouterr()
    return out.out + out.err + "\n".join(f"{one.getMessage()} {one.exc_info}" for one in caplog.records)
