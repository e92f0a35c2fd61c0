"""A company in Slack with mail beside it, served over HTTP with a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def opened(database_url: str, *, organisation: str = "", whole: bool = True) -> Iterator[House]:
    """Halden Instruments, in Slack since a minute ago: one workspace, or all of an Enterprise Grid organisation.

    Without `whole` the app is in one workspace of the organisation only.
    """
    with Slack().running() as slack:
        team = slack.world.team("Halden", enterprise_id=organisation)
        token = slack.world.token(team)
        token.whole_company = bool(organisation) and whole
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
