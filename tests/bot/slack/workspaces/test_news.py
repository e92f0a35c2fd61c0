"""What Slack tells about accounts, over HTTP: somebody joined, changed, was deactivated, or says something first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models.person import Identity, Person
from tests.bot.slack.workspaces.house import House, opened
from tests.support.slack.client import Client
from tests.support.slack.deliver import Delivered


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Halden Instruments, in Slack since a minute ago."""
    with opened(database_url) as house:
        yield house


def linked(house: House) -> set[str]:
    """Return who is linked."""
    rows = select(Person.name).join(Identity, Identity.person_id == Person.id).where(Identity.platform == "slack")
    return set(house.stage.read(lambda session: session.scalars(rows).all()))


def answer(delivered: Delivered) -> str:
    """Return what came back."""
    return delivered.body.decode()


def test_somebody_joins_changes_and_is_deactivated(house: House) -> None:
    before = linked(house)
    keisha = house.slack.world.user(house.team, name="Keisha Robinson", email="keisha@halden.example")
    assert house.slack.run(house.slack.joins(keisha)).ok
    assert linked(house) == {*before, "Keisha Robinson"}
    records = len(house.stage.records())
    assert house.slack.run(house.slack.changes(keisha)).ok
    assert len(house.stage.records()) == records, "a new status is nothing to us"
    keisha.deleted = True
    assert house.slack.run(house.slack.changes(keisha)).ok
    assert linked(house) == before
    assert house.stage.records("identity.unlinked")[-1]["facts"]["why"] == "deactivated"


def test_old_news_changes_nothing(house: House) -> None:
    """Chidi is deactivated by mistake and back a minute later; then Slack sends the first event once more."""
    before, chidi = linked(house), house.users["Chidi"]
    chidi.deleted = True
    first = house.slack.run(house.slack.changes(chidi))
    assert linked(house) == before - {"Chidi Okafor"}
    house.stage.later(minutes=1)
    chidi.deleted = False
    assert house.slack.run(house.slack.changes(chidi)).ok
    assert linked(house) == before
    assert house.slack.run(house.slack.courier.post(first.request, first.headers)).ok
    assert linked(house) == before
    assert len(house.stage.records("identity.unlinked")) == 1


def test_whoever_speaks_first_is_looked_up(house: House) -> None:
    keisha = house.slack.world.user(house.team, name="Keisha Robinson", email="keisha@halden.example")
    visitor = house.slack.world.user(house.team, name="Visitor", email="visitor@elsewhere.example")
    stranger = house.slack.world.user(house.team, name="Farah", email="farah@halden.example", is_stranger=True)
    assert "Nothing is waiting for you" in answer(Client(house.slack, keisha).commands("todo"))
    assert "Keisha Robinson" in linked(house)
    for somebody in (visitor, stranger):
        assert "I don't know you" in answer(Client(house.slack, somebody).commands("todo"))
    assert "Farah Haddad" not in linked(house)


def test_mentions_are_people(house: House) -> None:
    """What Slack writes as <@U123> is somebody on the roster by the time a command is read."""
    ana = Client(house.slack, house.users["Ana"])
    chidi = house.users["Chidi"]
    picked = f"people show <@{chidi.id}|chidi>"  # Slack writes this where somebody picks a name
    assert "Chidi Okafor" in answer(house.slack.run(ana._commands(picked, "/comply", ana.direct)))
