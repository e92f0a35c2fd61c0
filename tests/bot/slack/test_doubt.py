"""A copy of which nobody knows whether it arrived in Slack: looked for, and never said twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.outbox import LOOKS
from bot.slack.channel import SlackChannel
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


@pytest.mark.parametrize("why", ["Slack answers nothing", "Ana is deactivated"])
def test_after_twelve_looks_it_is_unconfirmed(chat: Chat, why: str) -> None:
    """Less and less often, within half a day; then it is on record, and nothing is sent again."""
    chat.slack.faults.add(Fault("drop before", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    chat.users["Halden", "Ana"].deleted = why == "Ana is deactivated"
    chat.slack.faults.add(Fault("status", "conversations.open", times=None if why == "Slack answers nothing" else 0))
    for _ in range(30):
        chat.stage.later(seconds=20)
        chat.stage.works()
    assert len(chat.slack.log.of("conversations.open")) in range(3, 7)
    for _ in range(16):
        chat.stage.later(minutes=73)
        chat.stage.works()
    assert len(chat.slack.log.of("conversations.open")) == LOOKS
    assert (chat.states(), chat.letters("Ana")) == (["unconfirmed"], [])
    assert len(chat.stage.records("message.unconfirmed")) == 1
    assert len(chat.slack.log.of("chat.postMessage")) == 1


@pytest.mark.parametrize("why", ["Slack asks to wait", "Slack is not there"])
def test_a_look_that_nobody_could_take_does_not_count(chat: Chat, why: str) -> None:
    """However long that lasts, the copy is found after it."""
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    (channel,) = [one for one in chat.stage.worker._delivery._channels if isinstance(one, SlackChannel)]
    if why == "Slack asks to wait":
        chat.slack.faults.add(Fault("rate", "conversations.history", times=20, seconds=30))
    else:
        channel._api._client.base_url = "http://127.0.0.1:9/api/"
    for _ in range(20):
        chat.stage.later(minutes=73)
        chat.stage.works()
    assert (chat.states(), chat.rows()[0].attempts) == (["in doubt"], 0)
    channel._api._client.base_url = chat.slack.api_url
    chat.stage.later(minutes=73)
    chat.stage.works()
    assert (chat.states(), chat.titles("Ana")) == (["sent"], ["In doubt"])


def test_a_look_that_was_cut_short_is_taken_again_in_its_time(chat: Chat) -> None:
    """Another process died over it: it counts, and nobody looks while it may still be under way."""
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    chat.stage.later(minutes=1)
    chat.stage.loop.run(chat.stage.worker._delivery.expire())
    dead = chat.channel()
    assert [one.in_doubt for one in chat.begin(by=dead)] == [True]
    chat.stage.loop.run(dead.close())
    chat.stage.later(seconds=20)
    chat.stage.works()
    assert (chat.states(), chat.rows()[0].attempts) == (["in doubt"], 1)
    assert chat.slack.log.of("conversations.history") == []
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert (chat.states(), chat.titles("Ana")) == (["sent"], ["In doubt"])
