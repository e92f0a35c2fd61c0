"""A stage with the people of `tests.support.company` in a workspace of the stand-in, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.slack.api import Api
from bot.slack.channel import SlackChannel
from bot.slack.keys import Keys
from bot.slack.tokens import Tokens
from bot.worker import Worker
from models.chat import Workspace
from models.person import Identity
from tests.bot.beside import NAMES, Beside
from tests.support.company import found
from tests.support.slack.server import Slack
from tests.support.slack.world import Message as Shown
from tests.support.slack.world import Team, Token, User
from tests.support.stage import KEYS, MONDAY, on_stage_with_mail

PATIENT = timedelta(seconds=10)  # how long these tests wait for an answer of Slack, on a busy machine


@dataclass
class Chat(Beside):
    """A stage, a Slack beside it, and who is who in both."""

    platform: ClassVar[str] = "slack"
    slack: Slack
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[tuple[str, str], User] = field(default_factory=dict)

    def channel(self, patience: timedelta = PATIENT) -> SlackChannel:
        """Return a new channel, as another process has one."""
        stage = self.stage
        tokens = Tokens(stage.database, stage.settings, Keys(KEYS), stage.clock)
        return SlackChannel(stage.database, stage.settings, Api(self.slack.api_url, tokens, patience), stage.clock)

    def worker(self, patience: timedelta = PATIENT) -> Worker:
        """Return a worker that sends by Slack and mail, as another process is one."""
        return self.worker_by(self.channel(patience))

    def connect(self, name: str) -> Team:
        """Connect a workspace."""
        team = self.slack.world.team(name)
        self.tokens[team.id] = self.slack.world.token(team)
        kept = Keys(KEYS).close(self.tokens[team.id].value)
        row = Workspace(
            platform="slack", ref=team.id, name=name, state="connected", token=kept, created_at=self.stage.now
        )
        self.stage.write(lambda session: session.add(row))
        return team

    def put(self, team: Team, *names: str) -> None:
        """Let people into a workspace, and know who they are there."""
        for name in names:
            person = self.stage.person(name).row
            user = self.users[team.name, name] = self.slack.world.user(team, name=person.name, email=person.email or "")
            self.stage.write(partial(self._link, person.id, user))

    def _link(self, person_id: int, user: User, session: Session) -> None:
        known = {"platform": "slack", "workspace": user.team_id, "platform_id": user.id}
        session.add(Identity(person_id=person_id, recorded_at=self.stage.now, **known))

    def messages(self, name: str, team: str = "Halden") -> list[Shown]:
        """Return what somebody has in their direct messages, oldest first."""
        return self.slack.world.direct(self.users[team, name]).messages

    def titles(self, name: str, team: str = "Halden") -> list[str]:
        """Return what the messages of somebody say first."""
        return [one.text.split(":")[0] for one in self.messages(name, team)]

    def set_workspace(self, team: Team, state: str) -> None:
        """Change the state of a workspace."""
        self.stage.write(
            lambda session: session.execute(update(Workspace).where(Workspace.ref == team.id).values(state=state))
        )


def fast(**settings: Any) -> dict[str, Any]:
    """Return the settings of a Slack that is in no hurry, so that a test need not wait."""
    return {"slack_per_second": 10_000, "slack_per_conversation": 10_000, **settings}


@pytest.fixture
def settings() -> dict[str, Any]:
    """The pace of the stage's Slack; a module may have its own."""
    return fast()


@pytest.fixture
def chat(database_url: str, settings: dict[str, Any]) -> Iterator[Chat]:
    """Ana, Bruno and Chidi are in the workspace Halden; everybody has mail."""
    with ExitStack() as ending:
        slack = ending.enter_context(Slack(lambda: MONDAY).running())
        told = {
            "slack_bot_token": "xoxb-of-the-stage",
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
            **settings,
        }
        stage = ending.enter_context(on_stage_with_mail(database_url, company="Halden Instruments", **told))
        slack.world.clock = stage.clock
        found(stage)
        chat = Chat(stage, slack)
        stage.loop.run(stage.worker.close())
        stage.worker = chat.worker()
        chat.put(chat.connect("Halden"), *NAMES)
        yield chat
        assert slack.log.violations == []
