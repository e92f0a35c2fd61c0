"""A copy of which nobody knows whether it arrived in Teams: on record as unconfirmed, never said twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.teams.conftest import Chat
from tests.dialogues.test_campaign_mail import tell
from tests.support.company import publish
from tests.support.slack.faults import Fault
from tests.support.web import WebSurface


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
    dead = chat.channel()
    parcels = chat.begin(by=dead)
    chat.stage.loop.run(dead.send(parcels[0].copy, parcels[0].message, parcels[0].names))
    chat.stage.loop.run(dead.close())
    chat.stage.works()
    assert chat.states() == ["claimed"] * 3
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert chat.states() == ["unconfirmed"] * 3
    assert len(chat.teams.log.of("send")) == 1


def test_a_process_that_is_killed_while_it_changes_a_card_leaves_it_to_the_others(chat: Chat) -> None:
    """The card was sent long ago: nothing about it is in doubt."""
    chat.say("Ana", "Please read")
    chat.stage.works()
    chat.redraw("Thank you")
    dead = chat.channel()
    assert chat.begin(by=dead)
    chat.stage.loop.run(dead.close())
    chat.stage.later(minutes=1)
    chat.stage.works()
    assert (chat.titles("Ana"), chat.states()) == (["Thank you"], ["sent"])
    assert chat.stage.records("message.unconfirmed") == []


def test_status_names_whom_it_may_not_have_reached_until_a_reminder_does(chat: Chat) -> None:
    """The copy itself is never sent again; what asks next is another message, and once that is there all is well."""
    chidi, ana = chat.stage.person("Chidi"), chat.stage.person("Ana")
    chat.stage.surface = WebSurface(chat.stage)
    chat.teams.faults.add(Fault("drop after", "send"))
    tell(chat.stage, chidi, publish(chat.stage, "Acceptable Use", "Use things well."))
    chat.stage.works()
    chat.stage.later(minutes=5)
    chat.stage.works()
    assert chat.states() == ["unconfirmed"]
    ana.says("status").sees("Not reached: 1", "Chidi Okafor", "unconfirmed: the next reminder asks again")
    for _ in range(8):
        chat.stage.later(days=1)
        chat.stage.works()
    assert chat.states() == ["unconfirmed", "sent"]
    ana.says("status").sees("Everybody who owes something can be reached.")
