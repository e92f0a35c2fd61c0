"""Who is in the workspace of Halden, and who of them is linked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from models.chat import Stranger
from models.person import Identity, Person
from tests.bot.slack.workspaces.conftest import Chat
from tests.support.slack.world import User
from tests.support.stage import Stage


def joins(chat: Chat, name: str, **more: Any) -> User:
    """Let somebody of Halden into the workspace."""
    about: dict[str, Any] = {"email": f"{name.partition(' ')[0]}@halden.example", "zone": "Europe/Paris", **more}
    return chat.slack.world.user(chat.team, name=name, **about)


def linked(stage: Stage) -> dict[str, str]:
    """Return {account: name of the person}."""
    rows = select(Identity.platform_id, Person.name).join(Person, Person.id == Identity.person_id)
    return dict(stage.read(lambda session: session.execute(rows).all()))


def strangers(stage: Stage) -> dict[str, str]:
    """Return {name: why they are nobody}."""
    return dict(stage.read(lambda session: session.execute(select(Stranger.name, Stranger.why)).all()))


def read(chat: Chat) -> int:
    """Let the worker look whether somebody has to be read."""
    return chat.stage.loop.run(chat.identities().read_due())
