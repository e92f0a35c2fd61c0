"""A copy in Teams: said once, whatever breaks; changed when things change; another way where there is none."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot import outbox
from bot.teams.channel import BUSY
from models.chat import Conversation
from models.message import Message, encode
from models.outbox import Delivery, OutboxMessage
from models.person import Identity, Person
from tests.bot.teams.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.teams.surface import TeamsSurface


def redrawn(chat: Chat, title: str) -> None:
    """Draw every message anew, as happens when somebody acts."""

    def work(session: Session) -> None:
        session.execute(update(OutboxMessage).values(body=encode(Message(title)), revision=OutboxMessage.revision + 1))
        session.execute(update(Delivery).where(Delivery.state == "sent").values(state="queued", due_at=chat.stage.now))

    chat.stage.write(work)


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
    for number in range(100):
        chat.say(("Ana", "Bruno", "Chidi")[number % 3], f"Message {number}")
    chat.stage.works()
    titles = Counter(title for name in ("Ana", "Bruno", "Chidi") for title in chat.titles(name))
    assert titles == Counter(f"Message {number}" for number in range(100))
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
    chat.say("Ana", "Please read")
    chat.stage.works()
    redrawn(chat, "Half done")
    redrawn(chat, "Thank you")
    chat.stage.works()
    assert chat.titles("Ana") == ["Thank you"]
    assert [call.method for call in chat.teams.log.calls] == ["send", "update"]
    assert chat.states() == ["sent"]


def test_a_card_that_is_gone_is_left_alone(chat: Chat) -> None:
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.place("Ana").messages.clear()
    redrawn(chat, "Thank you")
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
    redrawn(chat, "Thank you")
    chat.stage.works()
    chat.stage.later(minutes=2)
    chat.stage.works()
    assert (chat.titles("Ana"), chat.states()) == (["Thank you"], ["sent"])
    assert len(chat.teams.log.of("update")) == 2


def test_a_message_that_is_too_long_leads_on(chat: Chat) -> None:
    """Nothing is dropped: what does not fit opens from a button on it, which asks for the message by its id."""
    long = Message("All of it", lines=tuple(f"Line {number} " + "x" * 200 for number in range(300)))
    chat.say("Ana", "All of it")
    chat.stage.write(lambda session: session.execute(update(OutboxMessage).values(body=encode(long))))
    chat.stage.works()
    assert len(chat.messages("Ana")) == 1
    chat.stage.surface = TeamsSurface(chat.stage, chat.teams)
    (row,) = chat.rows()
    chat.stage.person("Ana").says(f"inbox show M-{row.message_id}").sees("Line 0", "Line 299")
    chat.stage.person("Bruno").says(f"inbox show M-{row.message_id}").sees("no such message for you")


@pytest.mark.parametrize(
    ("kind", "more", "arrived"),
    [
        ("drop before", {}, 0),
        ("drop after", {}, 1),
        ("slow after", {"seconds": 3}, 1),
        ("status", {"status": 500}, 0),
        ("page", {}, 0),
    ],
)
def test_what_is_in_doubt_stays_unconfirmed_and_is_never_sent_again(
    chat: Chat, kind: Any, more: dict[str, Any], arrived: int
) -> None:
    """There is nowhere to look whether it arrived. It is on record, and nothing else is said instead."""
    chat.teams.faults.add(Fault(kind, "send", **more))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    assert chat.states() == ["in doubt"]
    for _ in range(5):
        chat.stage.later(minutes=10)
        chat.stage.works()
    assert chat.states() == ["unconfirmed"]
    assert len(chat.teams.log.of("send")) == 1
    assert (len(chat.messages("Ana")), chat.letters("Ana")) == (arrived, [])
    (record,) = chat.stage.records("message.unconfirmed")
    assert record["facts"]["channel"] == "teams"


def test_a_process_that_is_killed_leaves_it_unconfirmed(chat: Chat) -> None:
    """It had claimed three copies and sent one of them: not one is sent by those that live."""
    for name in ("Ana", "Bruno", "Chidi"):
        chat.say(name, f"Who knows, {name}?")
    dead, now = chat.channel(), chat.stage.now
    take = partial(outbox.claim, settings=chat.stage.settings, channel=dead, limit=9, now=now, by="the dead")
    parcels, _ = chat.stage.write(take)
    chat.stage.loop.run(dead.send(parcels[0].copy, parcels[0].message, parcels[0].names))
    chat.stage.loop.run(dead.close())
    chat.stage.works()
    assert chat.states() == ["claimed"] * 3
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert chat.states() == ["unconfirmed"] * 3
    assert len(chat.teams.log.of("send")) == 1


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


def test_nothing_begins_before_teams_wants_it(chat: Chat) -> None:
    """One 429 holds the whole tenant, in another process too; the hold is no failed try of any copy."""
    for number in range(60):
        chat.say(("Ana", "Bruno")[number % 2], f"Message {number}")
    chat.teams.faults.add(Fault("rate", "send", seconds=30))
    chat.stage.works()
    before = len(chat.teams.log.calls)
    assert before < 60
    other = chat.worker()
    chat.stage.loop.run(other.until_idle())
    chat.stage.later(seconds=25)
    chat.stage.works()
    chat.stage.loop.run(other.until_idle())
    assert len(chat.teams.log.calls) == before
    chat.stage.later(seconds=6)
    chat.stage.works()
    chat.stage.loop.run(other.close())
    assert set(chat.states()) == {"sent"}
    titles = Counter(chat.titles("Ana") + chat.titles("Bruno"))
    assert titles == Counter(f"Message {number}" for number in range(60))


def test_two_workers_say_everything_once(chat: Chat) -> None:
    for number in range(60):
        chat.say(("Ana", "Bruno", "Chidi")[number % 3], f"Message {number}")
    other = chat.worker()

    async def both() -> None:
        await asyncio.gather(chat.stage.worker.until_idle(), other.until_idle())
        await other.close()

    chat.stage.loop.run(both())
    titles = Counter(title for name in ("Ana", "Bruno", "Chidi") for title in chat.titles(name))
    assert titles == Counter(f"Message {number}" for number in range(60))


@pytest.mark.parametrize("how", ["blocked", "removed"])
def test_whom_teams_no_longer_reaches_gets_mail_from_now_on(chat: Chat, how: str) -> None:
    """MessageWritesBlocked, or not in the roster: one refusal is enough, and the others go on."""
    chat.place("Ana").blocked, chat.place("Ana").installed = how == "blocked", how != "removed"
    for title in ("First", "Second"):
        chat.say("Ana", title)
        chat.say("Bruno", title + " for Bruno")
        chat.stage.works()
    assert (chat.letters("Ana"), chat.titles("Ana")) == (["First", "Second"], [])
    assert chat.titles("Bruno") == ["First for Bruno", "Second for Bruno"]
    assert Counter(chat.states()) == {"failed": 1, "sent": 2}
    assert len(chat.teams.log.of("send")) == 3


def test_who_writes_again_is_written_to_again(chat: Chat) -> None:
    chat.place("Ana").blocked = True
    chat.say("Ana", "First")
    chat.stage.works()
    chat.place("Ana").blocked = False
    chat.stage.surface = TeamsSurface(chat.stage, chat.teams)
    chat.stage.person("Ana").says("todo")
    chat.say("Ana", "Second")
    chat.stage.works()
    assert chat.letters("Ana") == ["First"]
    assert "Second" in chat.titles("Ana")


def test_a_service_that_is_off_the_list_gets_neither_token_nor_message(chat: Chat) -> None:
    """Ana's was stored while it was on the list: she gets a letter, and nobody else waits for that."""
    elsewhere = chat.teams.service_url.replace("127.0.0.1", "localhost")
    mine = select(Identity.id).join(Person, Person.id == Identity.person_id).where(Person.name.startswith("Ana"))
    chat.stage.write(
        lambda session: session.execute(
            update(Conversation).where(Conversation.identity_id.in_(mine)).values(service_url=elsewhere)
        )
    )
    chat.say("Ana", "By letter")
    chat.say("Bruno", "As ever")
    chat.stage.works()
    assert (chat.letters("Ana"), chat.titles("Bruno")) == (["By letter"], ["As ever"])
    assert len(chat.teams.log.calls) == 1


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


class TestInAHurry:
    """With the pace of a real Teams: one a second to one person, twenty a second to all of them."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        """The pace as it is set by default."""
        return {"teams_per_second": 20.0, "teams_per_conversation": 1.0}

    def test_one_a_second_to_one_person_and_nobody_waits_for_that(self, chat: Chat) -> None:
        for number in range(3):
            chat.say("Ana", f"Message {number}")
        chat.say("Bruno", "Meanwhile")
        chat.stage.works()
        assert (chat.titles("Ana"), chat.titles("Bruno")) == (["Message 0"], ["Meanwhile"])
        chat.stage.later(seconds=1)
        chat.stage.works()
        assert chat.titles("Ana") == ["Message 0", "Message 1"]

    def test_twenty_a_second_in_a_tenant(self, chat: Chat) -> None:
        """All workers together: what they reserve is spaced by a twentieth of a second."""
        mine, other = chat.channel(), chat.channel()
        for name in ("Ana", "Bruno", "Chidi"):
            chat.say(name, f"For {name}")
        begins = []
        for one in (mine, other, mine):
            take = partial(outbox.claim, settings=chat.stage.settings, channel=one, limit=1, now=chat.stage.now, by="x")
            (parcel,), _ = chat.stage.write(take)
            begins.append(parcel.copy.address.slot.starts_at - chat.stage.now)
        assert begins == [number * timedelta(seconds=1 / 20) for number in range(3)]
