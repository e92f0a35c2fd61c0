"""Where somebody is, by what their activities say: the roster comes first, and devices may disagree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from models.person import Identity, Person
from tests.attacks.teams import send
from tests.storms.test_full_and_locked import locked
from tests.support.teams import activities
from tests.support.teams.client import Client
from tests.support.teams.office import Office, open_office


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Teams, whose roster does not say where Chidi is."""
    with open_office(sqlite_url) as office:
        office.stage.write(
            lambda session: session.execute(update(Person).where(Person.name == "Chidi Okafor").values(zone="UTC"))
        )
        yield office


def zone(office: Office, name: str = "Chidi") -> str:
    """Return the time zone that somebody is reminded in."""
    return office.stage.person(name).row.zone


def writes(office: Office, client: Client, there: str, locale: str = "en-GB") -> None:
    """Let somebody write from a device that is set to a time zone; from then on the bot has answered."""
    client.user.zone, client.user.locale = there, locale
    client.writes("todo")
    office.surface.settle()


def test_an_installation_says_nothing_and_the_first_message_does(office: Office) -> None:
    """What an administrator installs for everybody comes without anybody's device."""
    chidi = office.client("Chidi")
    activity = activities.came(chidi.common(""), added=True)[1]
    del activity["entities"], activity["localTimezone"]
    assert send(office, activity).status == 200
    office.surface.settle()
    assert zone(office) == "UTC"
    writes(office, chidi, "W. Europe Standard Time")  # as some clients of Windows say it
    assert zone(office) == "Europe/Berlin"
    assert [one["outcome"] for one in office.stage.records("person.zone")] == ["from the profile"]


def test_another_device_is_believed_a_day_later(office: Office) -> None:
    """A phone abroad and a computer at home do not take turns at every message."""
    chidi = office.client("Chidi")
    writes(office, chidi, "Africa/Lagos")
    writes(office, chidi, "Asia/Tokyo", "ja-JP")
    assert zone(office) == "Africa/Lagos"
    office.stage.later(days=1)
    writes(office, chidi, "Asia/Tokyo", "ja-JP")
    writes(office, chidi, "Africa/Lagos")
    assert zone(office) == "Asia/Tokyo"
    assert len(office.stage.records("person.zone")) == 2
    locale = select(Identity.locale).where(Identity.platform_id == chidi.user.account)
    assert office.stage.read(lambda session: session.scalar(locale)) == "ja-JP"


def test_what_the_roster_says_stands_and_no_zone_is_made_up(office: Office) -> None:
    keisha, chidi = office.client("Keisha"), office.client("Chidi")
    for _ in range(2):
        writes(office, keisha, "Asia/Tokyo")
        writes(office, chidi, "Somewhere/Else")
        office.stage.later(days=2)
    assert (zone(office, "Keisha"), zone(office)) == ("America/New_York", "UTC")
    assert office.stage.records("person.zone") == []


def test_what_cannot_be_remembered_keeps_nobody_from_looking(office: Office) -> None:
    """Where somebody is would be written down; with the database locked a form opens all the same."""
    hand = office.hand("Chidi")
    home = hand.types("todo")
    office.stage.later(days=2)
    with locked(office.stage):
        home.presses("Ask a question").sees("Your question")
    writes(office, hand.client, "Africa/Lagos")
    assert zone(office) == "Africa/Lagos"
