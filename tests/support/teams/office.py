"""Halden Instruments in Teams: a stage whose surface is a stand-in, and on which Chidi owes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.company import chidi_owes
from tests.support.stage import Stage
from tests.support.teams.client import Client
from tests.support.teams.server import Teams
from tests.support.teams.surface import Hand, TeamsSurface, tenant


@dataclass
class Office:
    """The stage, the stand-in, and everybody at their Teams."""

    stage: Stage
    teams: Teams
    surface: TeamsSurface

    def hand(self, name: str) -> Hand:
        """Return the one person whose name begins so, at their Teams."""
        return self.surface.hand(self.stage.person(name).row)

    def client(self, name: str) -> Client:
        """Return that person's Teams itself."""
        return self.hand(name).client


@contextmanager
def open_office(database_url: str, **more: Any) -> Iterator[Office]:
    """Open a demo with everybody in Teams; Chidi is asked to acknowledge POL-1 (his A-1)."""
    with (
        tenant() as (teams, settings),
        chidi_owes(database_url, **settings, **more) as stage,
    ):
        surface = TeamsSurface(stage, teams)
        stage.surface = surface
        surface.meets()
        yield Office(stage, teams, surface)
