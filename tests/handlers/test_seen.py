"""What comes twice counts once, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from handlers.seen import first_time, newer
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


def test_what_is_not_newer_than_what_is_known_does_not_count(stage: Stage) -> None:
    def new(seconds: int, *parts: str) -> bool:
        return stage.write(lambda session: newer(session, MONDAY + timedelta(seconds=seconds), *parts))

    assert new(10, "T1", "U1")
    assert not new(9, "T1", "U1")
    assert not new(10, "T1", "U1"), "the same once more"
    assert new(11, "T1", "U1")
    assert not new(10, "T1", "U1")
    assert new(1, "T1", "U2")
