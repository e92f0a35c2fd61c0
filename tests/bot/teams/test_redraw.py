"""A card from which something was opened, after that is done: it shows how things stand now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import ask, publish
from tests.support.slack.faults import Fault
from tests.support.teams.office import Office, open_office
from tests.support.teams.seen import Seen, read
from tests.support.teams.surface import Hand, TeamsScreen


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Teams, where Chidi owes two answers."""
    with open_office(sqlite_url) as office:
        publish(office.stage, "Clean Desk", "Leave nothing lying about.")
        ask(office.stage, office.stage.person("Chidi"), "POL-2")
        yield office


def cards(hand: Hand) -> list[Seen]:
    """Return what the cards in somebody's chat show by now."""
    return [read(one.card) for one in hand.client.chat.by_bot() if one.card]


def buttons(seen: Seen) -> list[str]:
    """Return what can be pressed on a card."""
    return [way.label for way in seen.ways]


def test_a_list_no_longer_asks_for_what_was_answered_in_a_dialog(office: Office) -> None:
    hand = office.hand("Chidi")
    hand.types("todo").presses("Acknowledge", on="Clean Desk").fills(agree=True).sees("You acknowledged this")
    (todo,) = cards(hand)
    assert "1 waiting for you" in todo.text
    assert ("Clean Desk" in todo.text, buttons(todo).count("Acknowledge")) == (False, 1)


def test_what_is_opened_from_what_was_opened_leads_back_as_well(office: Office) -> None:
    """Read first, and acknowledged from there, all in one dialog; with an answer that was wrong at first."""
    hand = office.hand("Chidi")
    text = hand.types("todo").presses("Read", on="Clean Desk").sees("Leave nothing lying about.")
    form = text.presses("Acknowledge")
    form.fills(agree=False).fills(agree=True).sees("You acknowledged this")
    (todo,) = cards(hand)
    assert "Clean Desk" not in todo.text


def test_a_look_changes_no_card(office: Office) -> None:
    hand = office.hand("Chidi")
    hand.types("todo").presses("Read", on="Clean Desk")
    hand.types("todo").presses("Acknowledge", on="Clean Desk").fills(agree=False)
    assert [one.edits for one in hand.client.chat.by_bot()] == [0, 0]


def test_the_answer_stands_where_the_card_cannot_be_drawn_anew(office: Office) -> None:
    """What Teams refuses is given up; the dialog has said what became of it."""
    hand = office.hand("Chidi")
    form = hand.types("todo").presses("Acknowledge", on="Clean Desk")
    office.teams.faults.add(Fault("status", "update"))
    form.fills(agree=True).sees("You acknowledged this")
    assert len(office.stage.records("policy.acknowledged")) == 1
    assert "Clean Desk" in cards(hand)[0].text


def test_nobody_elses_card_is_touched(office: Office) -> None:
    """Whatever message is named as the one to draw anew: it is looked for in one's own chat."""
    chidi, ana = office.hand("Chidi"), office.hand("Ana")
    ana.types("todo")
    (hers,) = ana.client.chat.by_bot()
    form = chidi.types("todo").presses("Acknowledge", on="Clean Desk")
    assert isinstance(form, TeamsScreen)
    submit = form.shots[0].submit
    assert submit is not None
    submit.action["data"]["back"]["card"] = hers.id
    form.fills(agree=True).sees("You acknowledged this")
    assert office.teams.log.of("update")[-1].error == "ActivityNotFoundInConversation"
    assert (hers.edits, [one.edits for one in chidi.client.chat.by_bot()]) == (0, [0])
