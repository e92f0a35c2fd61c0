"""What a process finds out about its workspace when it starts, with what its settings say by then."""

from __future__ import annotations

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
