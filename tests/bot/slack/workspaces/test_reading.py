"""Reading everybody, where Slack shows less than there is, or something happens meanwhile."""

from __future__ import annotations

from tests.bot.slack.workspaces.conftest import Chat
from tests.bot.slack.workspaces.people import joins, linked, read
from tests.support.slack.people import described
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
    news = described(chat.slack.world, ana, NO_ADDRESSES)
    chat.stage.loop.run(chat.identities().changed(chat.team.id, news))
    assert linked(chat.stage) == before
    assert len(chat.stage.records("workspace.read")) == 1

    chidi.deleted = True
    chat.stage.loop.run(chat.identities().changed(chat.team.id, described(chat.slack.world, chidi, NO_ADDRESSES)))
    assert set(linked(chat.stage)) == {ana.id}, "whoever is gone is gone"
