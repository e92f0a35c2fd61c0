"""Every dialogue once more, with words written to the bot in Slack where others type a command."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import signature

import pytest

from tests.support.company import found
from tests.support.dialogues import every_dialogue
from tests.support.stage import Stage
from tests.support.surfaces import by_message

pytestmark = [pytest.mark.storm, pytest.mark.timeout(600)]


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """A stage on which everybody writes to the bot."""
    with by_message(migrated_url, company="Halden Instruments") as stage:
        found(stage)
        stage.surface.meets()
        yield stage


ON_A_STAGE = {
    name: test
    for name, test in every_dialogue().items()
    if name.startswith("test_") and "stage" in signature(test).parameters
}
globals().update(ON_A_STAGE)
