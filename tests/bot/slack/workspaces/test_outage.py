"""The whole way of an outage, over HTTP with a real worker: uninstalled, told by mail, back, one message each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.slack.workspaces.house import House, opened
from tests.support.slack.faults import Fault


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Halden Instruments, in Slack since a minute ago."""
    with opened(database_url) as house:
        yield house


def test_uninstalled_and_back(house: House) -> None:
    house.says("Chidi", "Before")
    house.stage.works()
    assert [text for text in house.read_by("Chidi") if "Before" in text]
    before = {name: len(house.read_by(name)) for name in house.users}

    house.slack.run(house.slack.uninstall(house.team))
    house.says("Chidi", "First", "Second", "Third")
    house.says("Bruno", "Only this")
    house.stage.works()
    for _ in range(20):
        house.stage.later(minutes=6)
        house.stage.works()
    assert {name: len(house.read_by(name)) for name in house.users} == before
    assert [house.letters(name) for name in ("Ana", "Tomasz", "Chidi", "Bruno")] == [1, 1, 0, 0]
    assert [one["facts"] for one in house.stage.records("workspace.paused")] == [{"cause": "tokens_revoked"}]

    house.token.error = ""  # installed again
    house.stage.later(minutes=6)
    house.stage.works()
    house.stage.later(minutes=6)
    house.stage.works()
    (told,) = house.read_by("Chidi")[before["Chidi"] :]
    assert "While we were away" in told
    (told,) = house.read_by("Bruno")[before["Bruno"] :]
    assert "Only this" in told
    assert [one["facts"] for one in house.stage.records("workspace.resumed")] == [{"outages": ["O-1"]}]


def test_a_token_that_dies_between_two_messages(house: House) -> None:
    """Nobody tells us: the first message that is refused does, and no other is held against anybody."""
    house.token.error = "invalid_auth"
    house.says("Chidi", "First", "Second")
    house.says("Bruno", "Only this")
    house.stage.works()
    assert len(house.stage.records("workspace.paused")) == 1
    assert [house.letters(name) for name in ("Ana", "Tomasz", "Chidi", "Bruno")] == [1, 1, 0, 0]
    house.token.error = ""
    for _ in range(3):
        house.stage.later(minutes=6)
        house.stage.works()
    assert [len(house.read_by(name)) for name in ("Chidi", "Bruno")] == [1, 1]
    assert not house.stage.records("message.failed")


@pytest.mark.parametrize("error", ["ekm_access_denied", "no_permission", "team_access_not_granted"])
def test_what_the_token_is_not_to_blame_for_pauses_nothing(house: House, error: str) -> None:
    """The token works, so a pause would be over at once, and begin anew: nobody gets twelve letters an hour."""
    house.slack.faults.add(Fault("error", "chat.postMessage", times=3, error=error))
    house.says("Chidi", "In the end")
    for _ in range(10):
        house.stage.works()
        house.stage.later(minutes=1)
    assert house.stage.records("workspace.paused") == []
    assert [house.letters(name) for name in house.users] == [0, 0, 0, 0]
    assert [text for text in house.read_by("Chidi") if "In the end" in text]


def test_a_goodbye_that_comes_again_is_overtaken(house: House) -> None:
    """Slack sends the same event once more after the app was installed again."""
    first = house.slack.run(house.slack.tell(house.team, {"type": "app_uninstalled"}))
    house.stage.later(minutes=2)
    house.stage.works()
    assert [house.letters(name) for name in ("Ana", "Tomasz")] == [1, 1]
    assert len(house.stage.records("workspace.resumed")) == 1
    again = house.slack.run(house.slack.courier.post(first.request, first.headers))
    house.stage.works()
    assert again.ok
    assert len(house.stage.records("workspace.paused")) == 1
    assert [house.letters(name) for name in ("Ana", "Tomasz")] == [1, 1]

    house.stage.later(seconds=5)
    assert house.slack.run(house.slack.tell(house.team, {"type": "app_uninstalled"})).ok
    assert len(house.stage.records("workspace.paused")) == 2, "another one is another one"
