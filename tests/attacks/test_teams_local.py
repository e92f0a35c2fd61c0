"""Teams without credentials: from this machine and for it alone, and said on every record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.here import FORWARDING
from tests.attacks.kept import ASK, logged, nothing_changes
from tests.attacks.teams import post
from tests.support.company import chidi_owes
from tests.support.teams import activities
from tests.support.teams.client import Client
from tests.support.teams.office import Office
from tests.support.teams.server import Teams
from tests.support.teams.surface import Hand, TeamsScreen, TeamsSurface


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """A real company in which Teams is tried: a stand-in that, like the Agents Playground, knows no tokens."""
    with (
        Teams().running() as teams,
        chidi_owes(sqlite_url, teams_local=True, admin_email="ana@halden.example") as stage,
    ):
        teams.asks_for_tokens = False
        yield Office(stage, teams, TeamsSurface(stage, teams))
        assert (teams.log.violations, teams.issuer.tokens) == ([], 0)


@pytest.fixture
def alex(office: Office) -> Hand:
    """Whoever sits at this machine, with an address that is on no roster; what they see is Chidi's if they say so."""
    user = office.teams.world.user("Alex Wilber", "alexw@playground.example")
    return Hand(office.surface, Client(office.teams, user), office.stage.person("Chidi").row)


def test_a_try_from_the_installation_to_the_answer(office: Office, alex: Hand) -> None:
    """Forms come as cards in the chat; the list behind them is drawn anew; the record says how little was verified."""
    assert {one.status for one in alex.client.installs()} == {200}
    office.surface.settle()
    assert "Who are you?" in str(alex.client.chat.by_bot()[-1].card)
    alex.types("todo").sees("Who are you?")
    form = alex.types("I am chidi@halden.example").sees("1 waiting for you").presses("Acknowledge")
    assert isinstance(form, TeamsScreen)
    assert alex.client.dialog is None
    form.fills(agree=True, typed_name="Chidi Okafor").sees("You acknowledged this", "Nothing is waiting for you.")
    (record,) = office.stage.records("policy.acknowledged")
    told = {name: record["auth"][name] for name in ("platform", "scheme", "assurance")}
    assert told == {"platform": "teams", "scheme": "none", "assurance": "unverified"}


def test_somebody_else_at_any_time(office: Office, alex: Hand) -> None:
    alex.types("I am ana@halden.example")
    alex.types("status").sees("At a glance")
    alex.types("I am chidi@halden.example")
    alex.types("status").sees("Your status")
    alex.types("i am  nobody@halden.example ").sees("Who are you?")


def reaches(office: Office, alex: Hand, headers: dict[str, str], **changed: Any) -> int:
    """Return the status of the answer to a question that is asked in Chidi's name, without any token."""
    activity = {**activities.message(alex.client.common("message"), ASK), **changed}
    return post(office, json.dumps(activity).encode(), headers).status


NOT_FROM_HERE = {
    "another host": {"Host": "comply.example.com"},
    "a host that begins alike": {"Host": "127.0.0.1.example.com:8000"},
    "an address of the network": {"Host": "10.0.0.7:8000"},
    **{name: {name: "203.0.113.9"} for name in FORWARDING},
    "a proxy on this machine": {"X-Forwarded-For": "127.0.0.1"},
}
SERVICES = ("https://smba.trafficmanager.net/emea/", "http://127.0.0.1@evil.example/", "http://127.0.0.1.evil.example/",
            "http://10.0.0.7/", "file:///etc/passwd", "", None)  # fmt: skip


def test_what_comes_from_elsewhere_or_leads_there_is_turned_away(
    office: Office, alex: Hand, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """403 for each of them; nothing is written, said or quoted. The very same from here is taken."""
    alex.types("I am chidi@halden.example")
    logged(capsys, caplog)
    with nothing_changes(office):
        for name, headers in NOT_FROM_HERE.items():
            assert reaches(office, alex, headers) == 403, name
        for service in SERVICES:
            assert reaches(office, alex, {}, serviceUrl=service) == 403, service
    assert "unmistakable" not in logged(capsys, caplog)
    assert reaches(office, alex, {}) == 200
    office.surface.settle()
    assert len(office.stage.records("policy.question")) == 1
