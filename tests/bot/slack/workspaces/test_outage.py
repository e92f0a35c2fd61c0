"""The whole way of an outage, over HTTP with a real worker: uninstalled, told by mail, back, one message each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from models.message import Message
from models.person import Person
from tests.support.company import found
from tests.support.slack.server import Slack
from tests.support.slack.world import Team, Token, User
from tests.support.stage import Stage, on_stage_with_mail

PEOPLE = ("Ana Duarte", "Tomasz Zielinski", "Chidi Okafor", "Bruno Keller")


class House:
    """A company whose people are in Slack, with mail beside it."""

    def __init__(self, stage: Stage, slack: Slack, team: Team, token: Token) -> None:
        self.stage, self.slack, self.team, self.token = stage, slack, team, token
        self.users: dict[str, User] = {}
        for name in PEOPLE:
            first = name.partition(" ")[0]
            email = f"{first.lower()}@halden.example"
            self.users[first] = slack.world.user(team, name=name, email=email)

    def says(self, name: str, *titles: str) -> None:
        """Write down what should be said to somebody."""
        person_id = self.stage.person(name).row.id

        def work(session: Session) -> None:
            person = session.get_one(Person, person_id)
            for title in titles:
                self.stage.context(session).say(person, Message(title), kind="notice", dedupe=f"{title}:{name}")

        self.stage.write(work)

    def read_by(self, name: str) -> list[str]:
        """Return what stands in somebody's direct messages with the bot."""
        return [message.text for message in self.slack.world.direct(self.users[name]).messages]

    def letters(self, name: str) -> int:
        """Return how many letters somebody got."""
        return len(self.stage.mailbox(self.stage.person(name)))


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Halden Instruments, in Slack since a minute ago."""
    with Slack().running() as slack:
        team = slack.world.team("Halden")
        token = slack.world.token(team)
        settings = {
            "slack_bot_token": token.value,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
            "slack_per_second": 1000.0,
            "slack_per_conversation": 1000.0,
        }
        with on_stage_with_mail(database_url, company="Halden Instruments", **settings) as stage:
            found(stage)
            slack.world.clock, slack.app_url, slack.patience = stage.clock, stage.address, 20.0
            house = House(stage, slack, team, token)
            stage.works()
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
