"""A copy in Teams: said once, changed when things change, and on time where Teams is in trouble."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.teams.channel import BUSY
from models.chat import Conversation
from tests.bot.teams.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.teams.surface import TeamsSurface


def test_ana_is_told_once(chat: Chat) -> None:
    chat.say("Ana", "The report is ready")
    chat.stage.works()
    chat.stage.works()
    (message,) = chat.messages("Ana")
    (row,) = chat.rows()
    assert message.body["summary"] == "The report is ready: It is so."
    assert (row.state, row.platform_ref) == ("sent", f"{chat.place('Ana').id}\n{message.id}")
    assert [call.method for call in chat.teams.log.calls] == ["send"]


def test_who_does_not_have_the_app_gets_mail(chat: Chat) -> None:
    chat.say("Farah", "By letter")
    chat.stage.works()
    assert chat.letters("Farah") == ["By letter"]
    assert chat.teams.log.calls == []


def test_one_token_for_a_hundred_messages(chat: Chat) -> None:
    """Forty are under way at once, and all of them wait for the same one."""
    chat.say_to_all(100)
    chat.stage.works()
    assert chat.said_to_all() == Counter(f"Message {number}" for number in range(100))
    assert chat.teams.issuer.tokens == 1


def test_a_token_that_counts_no_longer_is_replaced_once(chat: Chat) -> None:
    """What was refused for it is tried again; nobody is given up or told twice."""
    chat.say("Ana", "First")
    chat.stage.works()
    chat.teams.revoked.add("ours-1")
    for number in range(20):
        chat.say("Bruno", f"Message {number}")
    chat.stage.works()
    for _ in range(3):
        chat.stage.later(minutes=2)
        chat.stage.works()
    assert sorted(chat.titles("Bruno")) == sorted(f"Message {number}" for number in range(20))
    assert chat.teams.issuer.tokens == 2


def test_a_card_is_changed_and_not_sent_again(chat: Chat) -> None:
    """Changes that come together cost one call, and the latest wins."""
    chat.change_twice()
    assert chat.titles("Ana") == ["Thank you"]
    assert [call.method for call in chat.teams.log.calls] == ["send", "update"]
    assert chat.states() == ["sent"]


def test_a_card_that_is_gone_is_left_alone(chat: Chat) -> None:
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.place("Ana").messages.clear()
    chat.redraw("Thank you")
    chat.stage.works()
    chat.stage.later(hours=3)
    chat.stage.works()
    assert (chat.states(), chat.messages("Ana"), chat.letters("Ana")) == (["sent"], [], [])
    assert len(chat.teams.log.of("update")) == 1


@pytest.mark.parametrize("kind", ["drop before", "drop after", "status"])
def test_a_change_in_doubt_is_made_again(chat: Chat, kind: Any) -> None:
    """To put the same card in the same place twice harms nobody."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.teams.faults.add(Fault(kind, "update"))
    chat.redraw("Thank you")
    chat.stage.works()
    chat.stage.later(minutes=2)
    chat.stage.works()
    assert (chat.titles("Ana"), chat.states()) == (["Thank you"], ["sent"])
    assert len(chat.teams.log.of("update")) == 2


def test_a_message_that_is_too_long_leads_on(chat: Chat) -> None:
    """Nothing is dropped: what does not fit opens from a button on it, which asks for the message by its id."""
    chat.say_at_length()
    assert len(chat.messages("Ana")) == 1
    chat.stage.surface = TeamsSurface(chat.stage, chat.teams)
    (row,) = chat.rows()
    chat.stage.person("Ana").says(f"inbox show M-{row.message_id}").sees("Line 0", "Line 299")
    chat.stage.person("Bruno").says(f"inbox show M-{row.message_id}").sees("no such message for you")


@pytest.mark.parametrize("status", BUSY)
def test_a_busy_teams_is_tried_again(chat: Chat, status: int) -> None:
    """These say for certain that it was not taken: with time in between, it is sent until it arrives."""
    chat.teams.faults.add(Fault("status", "send", times=3, status=status))
    chat.say("Ana", "At last")
    chat.stage.works()
    assert (chat.states(), len(chat.teams.log.of("send"))) == (["queued"], 1)
    chat.stage.later(seconds=1)
    chat.stage.works()
    assert len(chat.teams.log.of("send")) == 1
    for _ in range(5):
        chat.stage.later(minutes=10)
        chat.stage.works()
    assert (chat.states(), chat.titles("Ana")) == (["sent"], ["At last"])
    assert len(chat.teams.log.of("send")) == 4


@pytest.mark.parametrize("broken", ["login", "service"])
def test_teams_that_is_not_there_is_asked_less_and_less(chat: Chat, broken: str) -> None:
    """Nothing was sent, so nothing is in doubt, and no copy is given up."""
    for number in range(12):
        chat.say("Ana", f"Message {number}")
    channel = chat.channel()
    chat.stage.worker._delivery._channels = [channel]
    bearer: Any = channel._connector._bearer
    if broken == "login":
        bearer._settings = chat.stage.settings.model_copy(update={"teams_login_url": "http://127.0.0.1:9"})
    else:
        nowhere = "http://127.0.0.1:9/emea/"
        channel._connector._services = (nowhere,)
        change(chat, nowhere)
    for _ in range(12):
        chat.stage.works()
        assert chat.states() == ["queued"] * 12
        chat.stage.later(minutes=11)
    bearer._settings = chat.stage.settings
    channel._connector._services = (chat.teams.service_url,)
    change(chat, chat.teams.service_url)
    chat.stage.works()
    assert sorted(chat.titles("Ana")) == sorted(f"Message {number}" for number in range(12))


def change(chat: Chat, service_url: str) -> None:
    """Let everybody be reached at another service."""
    chat.stage.write(lambda session: session.execute(update(Conversation).values(service_url=service_url)))


def test_what_teams_cannot_read_is_our_mistake(chat: Chat) -> None:
    """It is noted without a word of the message, and tried no more."""
    chat.teams.faults.add(Fault("status", "send", status=400))
    chat.say("Ana", "Unreadable")
    with capture_logs() as logs:
        chat.stage.works()
    assert [one for one in logs if one["log_level"] == "error" and one["problem"] == "ServiceError"]
    assert "Unreadable" not in str(logs)
    chat.stage.later(hours=3)
    chat.stage.works()
    assert (chat.states(), chat.messages("Ana")) == (["failed"], [])
