"""A stage with the people of `tests.support.company` and a mail server, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import found
from tests.support.stage import Stage, on_stage_with_mail


@pytest.fixture
def post(database_url: str) -> Iterator[Stage]:
    """A stage whose people are reached by mail."""
    with on_stage_with_mail(database_url, company="Halden Instruments") as stage:
        found(stage)
        yield stage
