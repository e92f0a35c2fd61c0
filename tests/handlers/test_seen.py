"""What comes twice counts once, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handlers.seen import first_time
from tests.support.stage import MONDAY, Stage, on_stage


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A stage with nobody on it."""
    with on_stage(migrated_url) as stage:
        yield stage


def test_the_same_parts_come_once(stage: Stage) -> None:
    def first(*parts: str) -> bool:
        return stage.write(lambda session: first_time(session, MONDAY, *parts))

    assert first("slack", "T1", "Ev1")
    assert not first("slack", "T1", "Ev1")
    assert first("slack", "T2", "Ev1")
    assert first("heard", "slack", "T1", "Ev1")
    assert first("slack", "T1Ev1"), "parts are not run together"
