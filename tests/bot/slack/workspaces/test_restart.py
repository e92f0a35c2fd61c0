"""What a process finds out about its workspace when it starts, with what its settings say by then."""

from __future__ import annotations

import pytest

from bot.slack.api import NoToken
from tests.bot.slack.workspaces.conftest import Chat
from tests.support.slack.world import SCOPES


def test_a_restart_does_not_resume_what_lacks_a_permission(chat: Chat) -> None:
    """The token is good, and may not do all that is needed: nothing would get better by trying."""
    chat.slack.world.tokens[chat.token].scopes = ("commands", "users:read", "users:read.email")
    chat.stage.loop.run(chat.tokens().lost(chat.team.id, "missing_scope", chat.token))
    for _ in range(2):
        chat.stage.later(minutes=2)
        assert chat.stage.loop.run(chat.workspaces().meet())
        assert (chat.row().state, chat.row().problem) == ("paused", "missing_scope")
    assert not chat.stage.records("workspace.resumed")
    chat.slack.world.tokens[chat.token].scopes = SCOPES
    assert chat.stage.loop.run(chat.workspaces().meet())
    assert chat.row().state == "connected"


def test_without_the_token_of_the_settings_its_workspace_is_paused(chat: Chat) -> None:
    """The operator goes over to installing from a browser, and has not done so in this workspace yet."""
    tokens = chat.tokens(slack_bot_token="")
    for _ in range(2):
        with pytest.raises(NoToken):
            chat.stage.loop.run(tokens.of(chat.team.id))
    assert (chat.row().state, chat.row().problem) == ("paused", "not_authed")
    assert len(chat.stage.records("workspace.paused")) == 1
    assert chat.stage.loop.run(chat.workspaces(slack_bot_token="").look_after()) == 0
    assert chat.stage.loop.run(chat.workspaces().look_after()) == 0, "one that is met is resumed by that"
    assert chat.row().state == "connected"
