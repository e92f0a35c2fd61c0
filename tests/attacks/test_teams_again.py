"""What Teams sends again after fifteen seconds, sometimes under a new id: one effect, and its outcome is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.attacks.kept import ASK, LOUD
from tests.attacks.teams import send, typed
from tests.support.company import ask
from tests.support.teams import activities
from tests.support.teams.deliver import Delivered
from tests.support.teams.office import Office, open_office
from tests.support.teams.surface import Hand, TeamsScreen

AGAIN = (False, False, True, True)  # as it was, twice; then twice under a new id


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Teams."""
    with open_office(sqlite_url) as office:
        yield office


def form(hand: Hand, words: str = "policy ask A-1") -> TeamsScreen:
    """Return the form that typed words lead to."""
    return hand.types(words)


def fill(hand: Hand, screen: TeamsScreen, **answers: Any) -> Delivered:
    """Fill in the form on a screen, send it, and return what was delivered."""
    (shot,) = screen.shots
    assert shot.submit is not None
    got, _ = hand.presses(shot, shot.submit, answers)
    return got


def resend(office: Office, hand: Hand, got: Delivered) -> list[Delivered]:
    """Let a gesture come again, every time a little later."""
    found = []
    for new in AGAIN:
        office.stage.later(seconds=15)
        found.append(hand.client.again(got.activity, new_id=new))
        office.surface.settle()
    return found


def questions(office: Office) -> int:
    """Return how many questions are on record."""
    return len(office.stage.records("policy.question"))


def test_typed_words_come_again(office: Office) -> None:
    """The same message has one effect, as it was and under a new id; each id is answered once."""
    hand = office.hand("Chidi")
    for words in (ASK, "todo"):
        got = hand.client.writes(words)
        assert {one.status for one in resend(office, hand, got)} == {200}
    assert questions(office) == 1
    assert len(hand.client.chat.by_bot()) == 2 * len(set(AGAIN))


def test_an_installation_comes_again(office: Office) -> None:
    """Whoever gets the app is greeted once; who gets it anew, anew."""
    hand = office.hand("Chidi")
    for times in (1, 2):
        for got in hand.client.installs():
            resend(office, hand, got)
        assert len(hand.client.chat.by_bot()) == times


def test_the_id_alone_is_enough_to_know_a_message_again(office: Office) -> None:
    """Whatever time a copy says."""
    hand = office.hand("Chidi")
    got = hand.client.writes(ASK)
    office.stage.later(seconds=15)
    hand.client.carries({**got.activity, "timestamp": "2026-11-23T09:00:15.001Z"})
    office.surface.settle()
    assert questions(office) == 1


def test_the_same_words_later_are_said_again(office: Office) -> None:
    """Their time tells them from a copy."""
    hand = office.hand("Chidi")
    for _ in range(2):
        hand.client.writes(ASK)
        office.surface.settle()
        office.stage.later(seconds=1)
    assert questions(office) == 2


def test_without_a_time_the_id_alone_counts(office: Office) -> None:
    """Nobody's words are taken for a copy of what they said before."""
    for _ in range(2):
        activity = typed(office, timestamp=None)
        for _ in range(2):
            assert send(office, activity).status == 200
            office.surface.settle()
    assert questions(office) == 2


def test_without_an_id_the_time_alone_counts(office: Office) -> None:
    """Words without an id are no copy of others without one."""
    for _ in range(2):
        activity = typed(office, id=None)
        for _ in range(2):
            assert send(office, activity).status == 200
            office.surface.settle()
    assert questions(office) == 2


def test_two_who_say_the_same_at_once_are_two(office: Office) -> None:
    """In one conversation, in the same millisecond."""
    ask(office.stage, office.stage.person("Keisha"), "POL-1")
    chidi, keisha = office.client("Chidi"), office.client("Keisha")
    where = office.teams.world.group(chidi.user, keisha.user)
    for client in (chidi, keisha):
        activity = activities.message(client.common("message", where), f"policy ask POL-1 {LOUD}")
        assert send(office, {**activity, "timestamp": "2026-11-23T09:00:00.001Z"}).status == 200
    office.surface.settle()
    assert questions(office) == 2


def test_a_form_in_a_chat_comes_again(office: Office) -> None:
    """Sent by a universal action."""
    hand = office.hand("Chidi")
    got = fill(hand, form(hand), question=LOUD)
    assert got.activity["name"] == "adaptiveCard/action"
    assert {one.status for one in resend(office, hand, got)} == {200}
    assert questions(office) == 1


def test_a_dialog_comes_again(office: Office) -> None:
    """Opened by a button on a card, sent once, and delivered five times."""
    hand = office.hand("Chidi")
    home = hand.types("todo")
    opened = home.presses("Ask a question")
    assert isinstance(opened, TeamsScreen)
    got = fill(hand, opened, question=LOUD)
    assert got.activity["name"] == "task/submit"
    assert {one.status for one in resend(office, hand, got)} == {200}
    assert questions(office) == 1


def test_an_older_client_comes_again(office: Office) -> None:
    """It presses the fallback: a message with a value, and the card is updated in place."""
    hand = office.hand("Chidi")
    hand.client.old = True
    screen = form(hand)
    got = fill(hand, screen, question=LOUD)
    assert (got.activity["type"], got.body) == ("message", b"")
    resend(office, hand, got)
    assert questions(office) == 1
    (message,) = [one for one in hand.client.chat.by_bot() if one.edits]
    assert message.card is not None
    assert "f.question" not in str(message.card), "the form made way for what became of it"


def test_two_who_press_the_same_are_two(office: Office) -> None:
    """What Chidi pressed is his; the same press by Keisha is hers, and is refused for its own reasons."""
    chidi, keisha = office.hand("Chidi"), office.hand("Keisha")
    got = fill(chidi, form(chidi), question=LOUD)
    common = keisha.client.common("invoke")
    theirs = {**got.activity, "from": common["from"], "conversation": common["conversation"], "id": "f:1"}
    answer = keisha.client.carries(theirs).json()
    assert LOUD not in str(answer)
    assert questions(office) == 1


def test_the_same_question_may_be_asked_again(office: Office) -> None:
    """A form opened anew is a step of its own."""
    hand = office.hand("Chidi")
    for _ in range(2):
        fill(hand, form(hand), question=LOUD)
    assert questions(office) == 2


def test_an_answer_stands_however_often_it_comes(office: Office) -> None:
    """An acknowledgement, sent again in both ways: one record, and everybody is shown that it stands."""
    hand = office.hand("Chidi")
    got = fill(hand, form(hand, "ack A-1"), agree=True, typed_name="Chidi Okafor")
    for one in resend(office, hand, got):
        assert "You acknowledged this" in str(one.json())
    assert len(office.stage.records("policy.acknowledged")) == 1
