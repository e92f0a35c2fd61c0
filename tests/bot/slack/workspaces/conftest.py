"""A stage with the people of `tests.support.company`, and a Slack in which some of them are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.slack.identities import Identities
from bot.slack.keys import Keys
from bot.slack.tokens import Tokens
from bot.slack.workspaces import Workspaces
from models.chat import Workspace
from tests.support.company import found
from tests.support.slack.server import Slack
from tests.support.slack.world import Team
from tests.support.stage import KEYS, Stage, on_stage

# The stage's own worker has a Slack that nobody answers: what is to be said there waits in the outbox.
NOBODY = {"slack_api_url": "http://127.0.0.1:9/api/", "slack_oauth_client_id": "1.2"}


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A stage with the people of `tests.support.company`."""
    with on_stage(database_url, company="Halden Instruments", **NOBODY) as stage:
        found(stage)
        yield stage


@dataclass
class Chat:
    """One Slack with the workspace of Halden, and what a process of ours has for it."""

    stage: Stage
    slack: Slack
    team: Team
    token: str

    def tokens(self, **more: Any) -> Tokens:
        """Return what a process has that was told the bot token."""
        told = {"slack_api_url": self.slack.api_url, "slack_bot_token": self.token, "domains": "halden.example"}
        settings = self.stage.settings.model_copy(update={**told, **more})
        return Tokens(self.stage.database, settings, Keys(KEYS), self.stage.clock)

    def workspaces(self, **more: Any) -> Workspaces:
        """Return what knows the workspace of that token."""
        tokens = self.tokens(**more)
        return Workspaces(self.stage.database, tokens.settings, tokens, self.stage.clock)

    def identities(self, *, page: int = 4) -> Identities:
        """Return what reads people, in small pages and without waiting between them."""
        return Identities(self.stage.database, self.tokens(), self.stage.clock, page=page, pace=0.01)

    def row(self) -> Workspace:
        """Return W-1."""
        return self.stage.read(lambda session: session.get_one(Workspace, 1))


@pytest.fixture
def chat(stage: Stage) -> Iterator[Chat]:
    """A connected workspace in which nobody but the bot is yet."""
    with Slack(stage.clock).running() as slack:
        team = slack.world.team("Halden")
        chat = Chat(stage, slack, team, slack.world.token(team).value)
        assert stage.loop.run(chat.workspaces().meet())
        yield chat
