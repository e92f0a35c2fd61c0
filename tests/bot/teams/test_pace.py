"""The pace of Teams: kept by all workers together, and nobody waits for somebody else's."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot import outbox
from tests.bot.teams.conftest import Chat
from tests.support.slack.faults import Fault


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
    chat.waits = 10.0  # as in earnest: sixty at once take a busy machine longer than one
    chat.say_to_all(60)
    chat.two_workers_work()
    assert chat.said_to_all() == Counter(f"Message {number}" for number in range(60))


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
