"""Who is in the workspace of Halden, and who of them is linked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from models.chat import Stranger
from models.person import Identity, Person
from tests.bot.slack.workspaces.conftest import Chat
from tests.support.slack.people import described
from tests.support.slack.world import SCOPES, User
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


def tells(chat: Chat, user: User, *, scopes: tuple[str, ...] = SCOPES) -> None:
    """Let Slack tell how somebody's profile stands now."""
    chat.stage.loop.run(news(chat, user, scopes))


async def news(chat: Chat, user: User, scopes: tuple[str, ...] = SCOPES) -> None:
    """Take from Slack how somebody's profile stands a moment later."""
    chat.stage.later(seconds=1)
    await chat.identities().changed(chat.team.id, described(chat.slack.world, user, scopes), chat.stage.now)
