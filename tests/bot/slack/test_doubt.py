"""A copy of which nobody knows whether it arrived in Slack: looked for, and never said twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.slack.world import Message as Shown


@pytest.mark.parametrize("kind", ["drop after", "slow after"])
def test_a_copy_that_arrived_without_an_answer_is_found(chat: Chat, kind: Any) -> None:
    """It is looked for after its time is over, not before, and never sent again."""
    chat.slack.faults.add(Fault(kind, "chat.postMessage", seconds=3))
    chat.say("Ana", "In doubt")
    impatient = chat.worker(timedelta(seconds=1))
    chat.stage.loop.run(impatient.until_idle())
    chat.stage.loop.run(impatient.close())
    assert chat.states() == ["in doubt"]
    chat.stage.later(seconds=18)
    chat.stage.works()
    assert chat.states() == ["in doubt"]
    assert chat.slack.log.of("conversations.history") == []
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert chat.titles("Ana") == ["In doubt"]


@pytest.mark.parametrize(
    ("kind", "more"), [("drop before", {}), ("status", {"status": 500}), ("page", {}), ("error", {})]
)
def test_a_copy_that_never_arrived_is_sent_again(chat: Chat, kind: Any, more: dict[str, Any]) -> None:
    """Slack's own reference says of these errors that it may have happened: so it is looked up first."""
    chat.slack.faults.add(Fault(kind, "chat.postMessage", **more))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    assert (chat.states(), chat.messages("Ana")) == (["in doubt"], [])
    chat.stage.later(minutes=1)
    chat.stage.works()
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert chat.titles("Ana") == ["In doubt"]
    assert [call.method for call in chat.slack.log.calls] == [
        "chat.postMessage", "conversations.open", "conversations.history", "chat.postMessage"
    ]  # fmt: skip


def test_a_copy_is_found_among_many_messages(chat: Chat) -> None:
    """History comes in pages."""
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    where, team = chat.slack.world.direct(chat.users["Halden", "Ana"]), chat.users["Halden", "Ana"].team_id
    bot = chat.slack.world.teams[team].bot_user_id
    for number in range(450):
        where.messages.append(Shown(chat.slack.world.stamp(), bot, f"Said by hand {number}"))
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert len(chat.slack.log.of("conversations.history")) == 3


def test_a_doubtful_look_leaves_it_in_doubt(chat: Chat) -> None:
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.slack.faults.add(Fault("status", "conversations.history", times=2))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    for _ in range(2):
        chat.stage.later(minutes=2)
        chat.stage.works()
        assert chat.states() == ["in doubt"]
    chat.stage.later(minutes=5)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert chat.titles("Ana") == ["In doubt"]
