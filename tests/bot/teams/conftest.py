"""A stage with the people of `tests.support.company` in a tenant of the stand-in, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from sqlalchemy.orm import Session

from bot.teams.bearer import AppBearer
from bot.teams.channel import TeamsChannel
from bot.teams.connector import Connector
from bot.worker import Worker
from models.chat import Conversation as Where
from models.chat import Workspace
from models.person import Identity
from tests.bot.beside import NAMES, Beside
from tests.support.company import found
from tests.support.stage import on_stage_with_mail
from tests.support.teams.issuer import TENANT
from tests.support.teams.server import Teams
from tests.support.teams.surface import tenant
from tests.support.teams.world import Conversation, Said, User

QUICK = 1.0  # seconds that these tests wait for an answer of Teams


@dataclass
class Chat(Beside):
    """A stage, a Teams beside it, and who is who in both."""

    platform: ClassVar[str] = "teams"
    teams: Teams
    users: dict[str, User] = field(default_factory=dict)
    waits: float = QUICK

    def channel(self) -> TeamsChannel:
        """Return a new channel, as another process has one."""
        stage = self.stage
        connector = Connector(stage.settings, AppBearer(stage.settings, stage.clock), self.waits)
        return TeamsChannel(stage.database, stage.settings, connector, stage.clock)

    def worker(self) -> Worker:
        """Return a worker that sends by Teams and mail, as another process is one."""
        return self.worker_by(self.channel())

    def put(self, *names: str) -> None:
        """Let people into the tenant, with the app, and know where they are written to."""
        for name in names:
            person = self.stage.person(name).row
            self.users[name] = self.teams.world.user(person.name, person.email or "", number=person.id)
            self.stage.write(lambda session, name=name, id_=person.id: self._link(session, id_, name))  # type: ignore[misc]

    def _link(self, session: Session, person_id: int, name: str) -> None:
        known = {"platform": "teams", "workspace": TENANT, "platform_id": self.users[name].account}
        identity = Identity(person_id=person_id, recorded_at=self.stage.now, **known)
        session.add(identity)
        session.flush()
        where = {"service_url": self.teams.service_url, "ref": self.place(name).id, "seen_at": self.stage.now}
        session.add(Where(identity_id=identity.id, **where))

    def place(self, name: str) -> Conversation:
        """Return somebody's own chat with the bot."""
        return self.teams.world.personal(self.users[name])

    def messages(self, name: str) -> list[Said]:
        """Return what the bot said to somebody, oldest first."""
        return self.place(name).by_bot()

    def titles(self, name: str) -> list[str]:
        """Return what the messages of somebody say first."""
        return [str(one.body["summary"]).split(":")[0] for one in self.messages(name)]


@pytest.fixture
def settings() -> dict[str, Any]:
    """A Teams that is in no hurry, so that a test need not wait; a module may have its own."""
    return {"teams_per_second": 10_000.0, "teams_per_conversation": 10_000.0}


@pytest.fixture
def chat(database_url: str, settings: dict[str, Any]) -> Iterator[Chat]:
    """Ana, Bruno and Chidi have the app; everybody has mail."""
    with ExitStack() as ending:
        teams, told = ending.enter_context(tenant())
        stage = ending.enter_context(
            on_stage_with_mail(database_url, company="Halden Instruments", **{**told, **settings})
        )
        teams.world.clock = stage.clock
        found(stage)
        here = Chat(stage, teams)
        stage.loop.run(stage.worker.close())
        stage.worker = here.worker()
        times = {"created_at": stage.now, "connected_at": stage.now}
        stage.write(
            lambda session: session.add(
                Workspace(platform="teams", ref=TENANT, name="Microsoft Teams", state="connected", **times)
            )
        )
        here.put(*NAMES)
        yield here
