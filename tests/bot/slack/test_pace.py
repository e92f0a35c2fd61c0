"""The pace of Slack: kept by all workers together, and forgotten when it is over."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import func, select

from models.chat import Pace
from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault
from tests.support.slack.office import Office


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
    chat.say_to_all(60)
    chat.two_workers_work()
    titles = chat.said_to_all()
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


def test_an_answer_waits_where_slack_asks_to_wait(office: Office) -> None:
    """In the middle of a campaign too, somebody who writes gets an answer, and no worker begins earlier."""
    chidi = office.client("Chidi")
    office.slack.faults.waiting = [Fault("rate", "chat.postMessage", seconds=1)]
    chidi.writes("todo")
    office.surface.settle()
    assert [one.by == chidi.user.id for one in chidi.direct.messages] == [True, False]
    first, second = office.slack.log.of("chat.postMessage")
    assert (first.status, second.taken) == (429, True)
    assert office.slack.log.too_early() == []
    held = office.stage.read(lambda session: session.get_one(Pace, "hold:slack:T0HALDEN").held_until)
    assert held is not None
    assert timedelta(seconds=1) < held - office.stage.now < timedelta(seconds=2)
    began = time.monotonic()
    chidi.writes("todo")
    office.surface.settle()
    assert office.slack.log.of("chat.postMessage")[-1].begun - began > 1


def test_what_slack_says_to_an_answer_holds_everybody_each_time(office: Office) -> None:
    """The answer is tried twice; the second refusal counts for the workers as the first does."""
    chidi = office.client("Chidi")
    office.slack.faults.waiting = [Fault("rate", "chat.postMessage", seconds=one) for one in (1, 40)]
    chidi.writes("todo")
    office.surface.settle()
    assert [call.status for call in office.slack.log.of("chat.postMessage")] == [429, 429]
    held = office.stage.read(lambda session: session.get_one(Pace, "hold:slack:T0HALDEN").held_until)
    assert held is not None
    assert held - office.stage.now > timedelta(seconds=40)
