"""The surfaces on which every dialogue plays, each a stage that is ready for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from tests.support.slack.server import Slack
from tests.support.slack_surface import DirectSurface, SlackSurface, workspace
from tests.support.stage import Stage, on_stage
from tests.support.teams.surface import TeamsSurface, tenant
from tests.support.web import WebSurface


@contextmanager
def on_the_web(database_url: str, **settings: Any) -> Iterator[Stage]:
    """Open a stage on which everybody has a browser."""
    with on_stage(database_url, **settings) as stage:
        stage.surface = WebSurface(stage)
        yield stage


@contextmanager
def in_slack(
    database_url: str, surface: Callable[[Stage, Slack], SlackSurface] = SlackSurface, **settings: Any
) -> Iterator[Stage]:
    """Open a stage on which everybody is in one Slack workspace, whose rules nothing may break."""
    with workspace() as (slack, more), on_stage(database_url, **settings, **more) as stage:
        stage.surface = surface(stage, slack)
        yield stage


by_message = partial(in_slack, surface=DirectSurface)  # everybody writes to the bot where others type a command


@contextmanager
def in_teams(database_url: str, **settings: Any) -> Iterator[Stage]:
    """Open a stage on which everybody is in one Teams tenant, whose rules nothing may break."""
    with tenant() as (teams, more), on_stage(database_url, **settings, **more) as stage:
        stage.surface = TeamsSurface(stage, teams)
        yield stage


SURFACES: dict[str, Callable[..., AbstractContextManager[Stage]]] = {
    "slack": in_slack,
    "teams": in_teams,
    "web": on_the_web,
}
