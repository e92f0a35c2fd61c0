"""A copy in Slack: said once, whatever breaks; changed when things change; another way where there is none."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from models.chat import Pace
from models.message import Link, Message, encode
from models.outbox import Delivery, OutboxMessage
from models.person import Identity, Person
from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.slack.world import Message as Shown
from tests.support.web import Browser, WebSurface


def redrawn(chat: Chat, title: str) -> None:
    """Draw every message anew, as happens when somebody acts."""

    def work(session: Session) -> None:
        session.execute(update(OutboxMessage).values(body=encode(Message(title)), revision=OutboxMessage.revision + 1))
        session.execute(update(Delivery).where(Delivery.state == "sent").values(state="queued", due_at=chat.stage.now))

    chat.stage.write(work)


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
    assert [letter.subject for letter in chat.stage.mailbox(chat.stage.person("Farah"))] == ["By letter"]
    assert chat.slack.log.calls == []


def test_a_card_is_changed_and_not_sent_again(chat: Chat) -> None:
    """Changes that come together cost one call, and the latest wins."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    redrawn(chat, "Half done")
    redrawn(chat, "Thank you")
    chat.stage.works()
    assert chat.titles("Ana") == ["Thank you"]
    assert [call.method for call in chat.slack.log.calls] == ["chat.postMessage", "chat.update"]
    assert chat.states() == ["sent"]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"])
def test_a_card_that_is_gone_is_left_alone(chat: Chat, error: str) -> None:
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.slack.faults.add(Fault("error", "chat.update", error=error))
    redrawn(chat, "Thank you")
    chat.stage.works()
    chat.stage.later(hours=3)
    chat.stage.works()
    assert chat.states() == ["sent"]
    assert len(chat.slack.log.of("chat.update")) == 1
    assert chat.stage.mailbox(chat.stage.person("Ana")) == []


def test_a_message_that_is_too_long_leads_on(chat: Chat) -> None:
    """Nothing is dropped: what does not fit opens from a button on it, which asks for the message by its id."""
    long = Message("All of it", lines=tuple(f"Line {number} " + "x" * 200 for number in range(300)))

    def work(session: Session) -> None:
        session.execute(update(OutboxMessage).values(body=encode(long)))

    chat.say("Ana", "All of it")
    chat.stage.write(work)
    chat.stage.works()
    (message,) = chat.messages("Ana")
    (more,) = [one for one in message.blocks[-1]["elements"] if one["text"]["text"].startswith("More")]
    number, act, target = more["value"].split("\n")
    assert (number, act) == ("2", "inbox.show")
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


@pytest.mark.parametrize("error", ["user_disabled", "cannot_dm_bot", "is_archived"])
def test_who_can_never_be_written_to_gets_mail_from_now_on(chat: Chat, error: str) -> None:
    chat.users["Halden", "Ana"].refuses = error
    chat.say("Ana", "First")
    chat.stage.works()
    chat.say("Ana", "Second")
    chat.stage.works()
    assert [letter.subject for letter in chat.stage.mailbox(chat.stage.person("Ana"))] == ["First", "Second"]
    assert (chat.states("slack"), chat.states("mail")) == (["failed"], ["sent", "sent"])


def test_who_is_deactivated_in_one_workspace_is_told_in_the_other(chat: Chat) -> None:
    """Only the identity that refused counts as unreachable."""
    chat.put(chat.connect("Sales"), "Ana")
    chat.users["Halden", "Ana"].deleted = True
    chat.say("Ana", "Told elsewhere")
    chat.stage.works()
    assert chat.titles("Ana", "Sales") == ["Told elsewhere"]
    assert chat.stage.mailbox(chat.stage.person("Ana")) == []
    rows = select(Identity.unreachable_since).where(Identity.platform == "slack").order_by(Identity.id)
    reached = chat.stage.read(lambda session: session.scalars(rows).all())
    assert [since is None for since in reached] == [False, True, True, True]


def test_a_workspace_without_a_token_waits_and_the_others_go_on(chat: Chat) -> None:
    chat.put(chat.connect("Sales"), "Callum")
    halden = next(team for team in chat.slack.world.teams.values() if team.name == "Halden")
    token = chat.tokens[halden.id]
    token.error = "token_revoked"
    for name in ("Ana", "Bruno", "Chidi", "Callum"):
        chat.say(name, f"For {name}")
    chat.stage.works()
    chat.say("Ana", "Said meanwhile")
    chat.stage.works()
    assert chat.titles("Callum", "Sales") == ["For Callum"]
    assert Counter(chat.states()) == {"queued": 4, "sent": 1}
    for _ in range(30):  # however long it lasts, nobody's message is given up
        chat.stage.later(minutes=6)
        chat.stage.works()
    token.error = ""
    chat.set_workspace(halden, "connected")
    chat.stage.later(minutes=6)
    chat.stage.works()
    assert Counter(chat.states()) == {"sent": 5}
    assert sorted(chat.titles("Ana")) == ["For Ana", "Said meanwhile"]


def test_a_connected_workspace_comes_before_a_paused_one(chat: Chat) -> None:
    chat.put(chat.connect("Sales"), "Ana")
    chat.set_workspace(next(iter(chat.slack.world.teams.values())), "paused")
    chat.say("Ana", "Told elsewhere")
    chat.stage.works()
    assert chat.titles("Ana", "Sales") == ["Told elsewhere"]


def test_a_copy_in_doubt_waits_for_the_workspace_it_may_be_in(chat: Chat) -> None:
    """Sent in Halden, whose pause came with the doubt: it is not sent in Sales as well."""
    chat.put(chat.connect("Sales"), "Ana")
    halden = next(iter(chat.slack.world.teams.values()))
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    chat.set_workspace(halden, "paused")
    for _ in range(20):
        chat.stage.later(minutes=10)
        chat.stage.works()
    assert chat.states() == ["in doubt"]
    assert chat.titles("Ana", "Sales") == []
    chat.set_workspace(halden, "connected")
    chat.stage.later(minutes=10)
    chat.stage.works()
    assert (chat.states(), chat.titles("Ana"), chat.titles("Ana", "Sales")) == (["sent"], ["In doubt"], [])


def test_what_waited_for_a_workspace_that_is_gone_goes_by_mail(chat: Chat) -> None:
    halden = next(iter(chat.slack.world.teams.values()))
    chat.set_workspace(halden, "paused")
    chat.say("Ana", "Waits")
    chat.stage.works()
    chat.set_workspace(halden, "gone")
    chat.stage.later(minutes=10)
    chat.stage.works()
    assert [letter.subject for letter in chat.stage.mailbox(chat.stage.person("Ana"))] == ["Waits"]


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


def test_nothing_begins_before_slack_wants_it(chat: Chat) -> None:
    """One 429 holds everybody in the workspace, another process too; the hold is no failed try of any copy."""
    for number in range(40):
        chat.say("Ana", f"Message {number}")
    chat.slack.faults.add(Fault("rate", "chat.postMessage", seconds=30))
    chat.stage.works()
    before = len(chat.slack.log.calls)
    other = chat.worker()
    chat.stage.loop.run(other.until_idle())
    chat.stage.later(seconds=25)
    chat.stage.works()
    assert len(chat.slack.log.calls) == before
    chat.stage.later(seconds=6)
    chat.stage.works()
    chat.stage.loop.run(other.close())
    assert set(chat.states()) == {"sent"}
    assert sorted(chat.titles("Ana")) == sorted(f"Message {number}" for number in range(40))


def test_two_workers_share_a_workspace(chat: Chat) -> None:
    for number in range(60):
        chat.say(("Ana", "Bruno", "Chidi")[number % 3], f"Message {number}")
    other = chat.worker()

    async def both() -> None:
        await asyncio.gather(chat.stage.worker.until_idle(), other.until_idle())
        await other.close()

    chat.stage.loop.run(both())
    titles = Counter(title for name in ("Ana", "Bruno", "Chidi") for title in chat.titles(name))
    assert len(titles) == 60
    assert set(titles.values()) == {1}


def test_buckets_are_forgotten_by_the_hour(chat: Chat) -> None:
    chat.say("Ana", "The report is ready")
    chat.stage.works()
    count = select(func.count()).select_from(Pace)
    assert chat.stage.read(lambda session: session.scalar(count)) == 3
    chat.stage.later(hours=1)
    chat.stage.loop.run(chat.stage.worker.tidy())
    assert chat.stage.read(lambda session: session.scalar(count)) == 1
