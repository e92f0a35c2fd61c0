"""Dialogues on a database that fails at every statement once."""

from __future__ import annotations

import pytest

from bot.database import Database, open_database
from tests.dialogues.conftest import stage
from tests.support import loop
from tests.support import stage as support
from tests.support.clumsy import ClumsyDatabase

__all__ = ["stage"]


@pytest.fixture
def clumsy(monkeypatch: pytest.MonkeyPatch) -> list[ClumsyDatabase]:
    """Open clumsy databases on every stage of this test, and return them."""
    opened: list[ClumsyDatabase] = []

    def open_clumsy(url: str) -> Database:
        opened.append(ClumsyDatabase(open_database(url)))
        return opened[-1]

    monkeypatch.setattr(support, "open_database", open_clumsy)
    monkeypatch.setattr(loop, "PATIENCE", 1200.0)  # everything happens as often as it has statements
    return opened
