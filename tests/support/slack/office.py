"""Halden Instruments in Slack: a stage whose surface is a stand-in, and on which Chidi owes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.company import chidi_owes
from tests.support.slack.client import Client
from tests.support.slack.server import Slack
from tests.support.slack_surface import Hand, SlackSurface, workspace
from tests.support.stage import Stage


@dataclass
class Office:
    """The stage, the stand-in, and everybody at their Slack."""

    stage: Stage
    slack: Slack
    surface: SlackSurface

    def hand(self, name: str) -> Hand:
        """Return the one person whose name begins so, at their Slack."""
        return self.surface.hand(self.stage.person(name).row)

    def client(self, name: str) -> Client:
        """Return that person's Slack itself."""
        return self.hand(name).client


@contextmanager
def open_office(database_url: str, **more: Any) -> Iterator[Office]:
    """Open a demo with everybody in Slack; Chidi is asked to acknowledge POL-1 (his A-1)."""
    with (
        workspace() as (slack, settings),
        chidi_owes(database_url, **settings, **more) as stage,
    ):
        surface = SlackSurface(stage, slack)
        stage.surface = surface
        surface.meets()
        yield Office(stage, slack, surface)


@pytest.fixture
def office(migrated_url: str) -> Iterator[Office]:
    """An office on both databases."""
    with open_office(migrated_url) as office:
        yield office
