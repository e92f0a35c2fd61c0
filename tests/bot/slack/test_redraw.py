"""A card in Slack is drawn anew whatever stood in the way before: one with buttons that come too late is never left."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import pytest

from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault


@pytest.mark.parametrize(
    ("kind", "more", "tried"),
    [
        ("status", {"status": 503}, range(10, 20)),
        ("drop before", {}, range(10, 20)),
        ("error", {"error": "invalid_blocks"}, [1]),
    ],
)
def test_a_card_that_could_not_be_changed_for_hours_is_changed_when_it_can(
    chat: Chat, kind: Any, more: dict[str, Any], tried: Container[int]
) -> None:
    """It was sent and stays so: nothing of it fails. It is tried by the hour, unless the mistake is in what we sent."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.slack.faults.add(Fault(kind, "chat.update", times=None, **more))
    chat.redraw("Half done")
    for _ in range(60):
        chat.stage.works()
        chat.stage.later(minutes=10)
    assert {"failed", "unconfirmed"}.isdisjoint(chat.states())
    assert len(chat.slack.log.of("chat.update")) in tried
    assert chat.rows()[0].problem
    chat.slack.faults.waiting.clear()
    chat.redraw("Thank you")
    for _ in range(2):
        chat.stage.later(hours=1, minutes=12)
        chat.stage.works()
    assert (chat.titles("Ana"), chat.states()) == (["Thank you"], ["sent"])
    assert chat.stage.records("message.failed") == []


@pytest.mark.parametrize("error", ["team_added_to_org", "restricted_action"])
def test_a_setting_of_the_workspace_puts_off_a_change(chat: Chat, error: str) -> None:
    """It says nothing of the card, which is still there."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.slack.faults.add(Fault("error", "chat.update", error=error))
    chat.redraw("Thank you")
    chat.stage.works()
    chat.stage.later(minutes=2)
    chat.stage.works()
    assert (chat.titles("Ana"), chat.states()) == (["Thank you"], ["sent"])


def test_a_change_that_was_killed_where_slack_is_gone_by_now(chat: Chat) -> None:
    """The card was sent, and nobody can change it any more: nothing of it is in doubt."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.redraw("Thank you")
    dead = chat.channel()
    assert chat.begin(by=dead)
    chat.stage.loop.run(dead.close())
    chat.set_workspace(next(iter(chat.slack.world.teams.values())), "gone")
    chat.stage.later(minutes=5)
    chat.stage.works()
    assert (chat.states(), chat.stage.records("message.unconfirmed")) == (["sent"], [])
