"""A copy in Slack: said once, changed when things change, and on time where Slack is in trouble."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from models.message import Link, Message
from models.outbox import OutboxMessage
from models.person import Person
from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.web import Browser, WebSurface


def test_ana_is_told_once_with_the_id_of_the_copy(chat: Chat) -> None:
    chat.say("Ana", "The report is ready")
    chat.stage.works()
    chat.stage.works()
    (message,) = chat.messages("Ana")
    (row,) = chat.rows()
    assert message.text == "The report is ready: It is so."
    assert message.metadata == {"event_type": "countersign_copy", "event_payload": {"copy": row.id}}
    where = chat.slack.world.direct(chat.users["Halden", "Ana"])
    assert (row.state, row.platform_ref) == ("sent", f"{where.team_id}/{where.id}/{message.ts}")
    assert [call.method for call in chat.slack.log.calls] == ["chat.postMessage"]


def test_who_is_in_no_workspace_gets_mail(chat: Chat) -> None:
    chat.say("Farah", "By letter")
    chat.stage.works()
    assert chat.letters("Farah") == ["By letter"]
    assert chat.slack.log.calls == []


def test_a_card_is_changed_and_not_sent_again(chat: Chat) -> None:
    """Changes that come together cost one call, and the latest wins."""
    chat.change_twice()
    assert chat.titles("Ana") == ["Thank you"]
    assert [call.method for call in chat.slack.log.calls] == ["chat.postMessage", "chat.update"]
    assert chat.states() == ["sent"]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"])
def test_a_card_that_is_gone_is_left_alone(chat: Chat, error: str) -> None:
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.slack.faults.add(Fault("error", "chat.update", error=error))
    chat.redraw("Thank you")
    chat.stage.works()
    chat.stage.later(hours=3)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert len(chat.slack.log.of("chat.update")) == 1
    assert chat.letters("Ana") == []


def test_a_message_that_is_too_long_leads_on(chat: Chat) -> None:
    """Nothing is dropped: what does not fit opens from a button on it, which asks for the message by its id."""
    chat.say_at_length()
    (message,) = chat.messages("Ana")
    (more,) = [one for one in message.blocks[-1]["elements"] if one["text"]["text"] == "Read all of it"]
    assert "Page 1 of" not in str(message.blocks), "it opens from its beginning"
    number, act, target = more["value"].split("\n")
    assert (number, act) == ("1", "inbox.show")
    chat.stage.surface = WebSurface(chat.stage)
    chat.stage.person("Ana").says(f"inbox show {target}").sees("Line 0", "Line 299")
    chat.stage.person("Bruno").says(f"inbox show {target}").sees("no such message for you")


def test_a_link_to_sign_in_signs_in(chat: Chat) -> None:
    """Whoever asks for one on the web gets it here, and only here does it hold the token."""

    def work(session: Session) -> None:
        ana = session.get_one(Person, chat.stage.person("Ana").row.id)
        message = Message("Sign in to Comply", links=(Link("Sign in", "/status"),))
        chat.stage.context(session).say(ana, message, kind="sign-in", dedupe="sign-in")

    chat.stage.write(work)
    chat.stage.works()
    (button,) = chat.messages("Ana")[0].blocks[-1]["elements"]
    path = button["url"].removeprefix(chat.stage.settings.base_url)
    screen = Browser(chat.stage, None).get(path)
    screen.browser.send(screen.page.forms[0], {}).sees("Ana Duarte")
    kept = chat.stage.read(lambda session: session.scalars(select(OutboxMessage.body)).all())
    assert path.split("/")[2].split("?")[0] not in str(kept)


def test_slack_that_is_not_there_is_asked_less_and_less(chat: Chat) -> None:
    """Nothing was sent, so nothing is in doubt, and no copy is given up."""
    chat.say("Ana", "Later")
    address = chat.slack.address
    channel = chat.channel()
    channel._api._client.base_url = "http://127.0.0.1:9/api/"
    delivery = chat.stage.worker._delivery
    delivery._channels = [channel]
    for _ in range(12):
        chat.stage.works()
        chat.stage.later(minutes=11)
    assert chat.states() == ["queued"]
    channel._api._client.base_url = f"{address}/api/"
    chat.stage.works()
    assert chat.titles("Ana") == ["Later"]


@pytest.mark.parametrize("status", [403, 404, 407, 408, 413])
def test_a_proxy_that_turns_a_call_away_says_nothing_of_the_message(chat: Chat, status: int) -> None:
    """Slack has not seen it, or nobody knows (408): it goes out when the proxy lets it."""
    for method in ("chat.postMessage", "chat.update"):
        chat.slack.faults.add(Fault("status", method, status=status))
    chat.say("Ana", "Please read")
    for _ in range(2):
        chat.stage.works()
        chat.stage.later(minutes=2)
    chat.stage.works()
    assert (chat.states(), chat.titles("Ana")) == (["sent"], ["Please read"])
    chat.redraw("Thank you")
    for _ in range(2):
        chat.stage.works()
        chat.stage.later(minutes=2)
    assert (chat.states(), chat.titles("Ana")) == (["sent"], ["Thank you"])


def test_a_setting_of_the_workspace_is_nobodys_fault(chat: Chat) -> None:
    chat.slack.faults.add(Fault("error", "chat.postMessage", error="messages_tab_disabled"))
    chat.say("Ana", "Later")
    with capture_logs() as logs:
        chat.stage.works()
    assert [one for one in logs if one["log_level"] == "error" and one["problem"] == "messages_tab_disabled"]
    assert chat.states() == ["queued"]
    chat.stage.later(minutes=2)
    chat.stage.works()
    assert chat.titles("Ana") == ["Later"]


def test_what_slack_cannot_read_is_our_mistake(chat: Chat) -> None:
    chat.slack.faults.add(Fault("error", "chat.postMessage", error="invalid_blocks"))
    chat.say("Ana", "Unreadable")
    with capture_logs() as logs:
        chat.stage.works()
    assert [one for one in logs if one["log_level"] == "error" and one["problem"] == "invalid_blocks"]
    assert "Unreadable" not in str(logs)
    assert chat.states() == ["failed"]
    chat.say("Ana", "Readable")
    chat.stage.works()
    assert chat.titles("Ana") == ["Readable"]
