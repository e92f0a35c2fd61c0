"""A campaign that is paused or withdrawn while nobody knows whether its cards arrived in Slack."""

from __future__ import annotations

import pytest

from tests.bot.slack.conftest import Chat
from tests.support.campaigns import prepare, said
from tests.support.slack.faults import Fault, Kind
from tests.support.web import WebSurface


def in_doubt(chat: Chat, kind: Kind) -> str:
    """Launch a campaign of whose cards nobody knows whether they arrived, and return its id."""
    chat.stage.surface = WebSurface(chat.stage)
    code = prepare(chat.stage)
    chat.stage.person("Ana").says(f"campaign launch {code}").presses("Launch").sees("is launched")
    chat.stage.later(seconds=1)
    chat.stage.works()
    chat.slack.faults.add(Fault(kind, "chat.postMessage", times=None))
    chat.stage.later(minutes=11)
    chat.stage.works()
    chat.slack.faults.waiting.clear()
    assert "in doubt" in of_chidi(chat)
    return code


def of_chidi(chat: Chat) -> list[str]:
    """Return the states of the copies of Chidi's card in Slack."""
    (card,) = said(chat.stage, "Chidi")
    return [row.state for row in chat.rows() if row.message_id == card.id and row.channel == "slack"]


def hours_pass(chat: Chat) -> None:
    """Let some time pass, and the worker work."""
    for _ in range(3):
        chat.stage.later(minutes=50)
        chat.stage.works()


@pytest.mark.parametrize("verb", ["pause", "withdraw"])
def test_a_card_that_arrived_is_found_and_says_so(chat: Chat, verb: str) -> None:
    """Nobody keeps a card that asks for what was withdrawn."""
    code = in_doubt(chat, "drop after")
    chat.stage.person("Ana").says(f"campaign {verb} {code} Wrong")
    hours_pass(chat)
    assert of_chidi(chat) == ["sent"]
    (card,) = chat.messages("Chidi")
    assert ("ack" in str(card.blocks)) is (verb == "pause")


def test_a_card_that_never_arrived_is_not_sent_after_all(chat: Chat) -> None:
    code = in_doubt(chat, "drop before")
    chat.stage.person("Ana").says(f"campaign withdraw {code} Wrong")
    hours_pass(chat)
    assert (of_chidi(chat), chat.messages("Chidi")) == (["dropped"], [])
    assert {one["facts"]["problem"] for one in chat.stage.records("message.dropped")} == {"withdrawn"}


def test_a_card_that_never_arrived_waits_for_the_end_of_the_pause(chat: Chat) -> None:
    code = in_doubt(chat, "drop before")
    chat.stage.person("Ana").says(f"campaign pause {code}")
    hours_pass(chat)
    assert (of_chidi(chat), chat.messages("Chidi")) == (["queued"], [])
    chat.stage.person("Ana").says(f"campaign resume {code}").sees("goes on")
    hours_pass(chat)
    assert (of_chidi(chat), len(chat.messages("Chidi"))) == (["sent"], 1)
