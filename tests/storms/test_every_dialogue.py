"""Every dialogue there is, played once more on a database that fails at every statement once."""

from __future__ import annotations

import pytest

from tests.support.clumsy import ClumsyDatabase
from tests.support.dialogues import every_dialogue

pytestmark = [pytest.mark.storm, pytest.mark.timeout(1800)]


@pytest.fixture(autouse=True)
def _failing(clumsy: list[ClumsyDatabase]) -> None:
    """Let every database of this file fail."""


globals().update(every_dialogue())
