"""Reading everybody, where Slack shows less than there is, or something happens meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.slack.asking import ask
from tests.bot.slack.workspaces.conftest import Chat
from tests.bot.slack.workspaces.people import joins, linked, news, read, strangers, tells
from tests.support.slack.world import SCOPES

NO_ADDRESSES = tuple(scope for scope in SCOPES if scope != "users:read.email")


def test_who_shows_us_no_addresses_loses_nobody(chat: Chat) -> None:
    """The app lost users:read.email; Slack lists everybody all the same."""
    ana, chidi = joins(chat, "Ana Duarte"), joins(chat, "Chidi Okafor")
    assert read(chat) == 1
    before = linked(chat.stage)
    assert set(before) == {ana.id, chidi.id}
    chat.stage.later(days=1)
    chat.slack.world.tokens[chat.token].scopes = NO_ADDRESSES
    assert read(chat) == 0
    tells(chat, ana, scopes=NO_ADDRESSES)
    assert linked(chat.stage) == before
    assert len(chat.stage.records("workspace.read")) == 1

    chidi.deleted = True
    tells(chat, chidi, scopes=NO_ADDRESSES)
    assert set(linked(chat.stage)) == {ana.id}, "whoever is gone is gone"


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[None]]) -> None:
    """Let something happen when Slack has just answered with a page of its list."""

    async def asked(*args: Any, **more: Any) -> dict[str, Any]:
        said = await ask(*args, **more)
        if args[1] == "users.list":
            await happens()
        return said

    monkeypatch.setattr("bot.slack.identities.ask", asked)


def test_who_is_deactivated_while_everybody_is_read_stays_so(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = joins(chat, "Ana Duarte")
    read(chat)

    async def leaves() -> None:
        ana.deleted = True
        await news(chat, ana)

    meanwhile(monkeypatch, leaves)
    chat.stage.later(days=1)
    assert read(chat) == 1
    assert linked(chat.stage) == {}


def test_who_joins_while_everybody_is_read_is_not_missing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = joins(chat, "Ana Duarte")
    read(chat)
    came: dict[str, str] = {}

    async def come() -> None:
        for name, email in (("Bruno Keller", "bruno@halden.example"), ("Visitor", "visitor@elsewhere.example")):
            user = joins(chat, name, email=email)
            came[user.id] = name
            await news(chat, user)

    meanwhile(monkeypatch, come)
    chat.stage.later(days=1)
    assert read(chat) == 1
    bruno, _ = came
    assert linked(chat.stage) == {ana.id: "Ana Duarte", bruno: "Bruno Keller"}
    assert strangers(chat.stage) == {"Visitor": "not on the roster"}
    assert not chat.stage.records("identity.unlinked")
