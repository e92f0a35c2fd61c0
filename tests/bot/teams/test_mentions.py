"""Who is mentioned among others: the bot, which is no part of the words, and people, who stand in them by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from models.person import Person
from tests.attacks.teams import send
from tests.support.company import ask
from tests.support.slack.faults import Fault
from tests.support.teams import activities
from tests.support.teams.client import Client
from tests.support.teams.office import Office, open_office
from tests.support.teams.world import BOT_NAME, Conversation, User


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """An office in Teams, on both databases."""
    with open_office(database_url) as office:
        yield office


def mention(user: User, text: str | None = "") -> dict[str, Any]:
    """Return the entity that comes with a mention of somebody; their id is the one that bots know."""
    said = text if text != "" else f"<at>{user.name}</at>"
    return {"type": "mention", "text": said, "mentioned": {"id": user.id, "name": user.name}}


def says(office: Office, client: Client, where: Conversation, words: str, *mentions: dict[str, Any]) -> str:
    """Let somebody call the bot among others, and return what it answered them alone."""
    activity = activities.message(client.common("message", where), words)
    activity["entities"] += mentions
    before = len(client.chat.by_bot())
    assert send(office, activity).status == 200
    office.surface.settle()
    return " ".join(str(one.body) for one in client.chat.by_bot()[before:])


def group(office: Office, *names: str) -> tuple[Conversation, list[Client]]:
    """Return a group chat, and its members."""
    clients = [office.client(name) for name in names]
    return office.teams.world.group(*(one.user for one in clients)), clients


def test_a_command_about_somebody_who_is_mentioned(office: Office) -> None:
    """Teams shows another name than the roster has: the account says who it is."""
    where, (ana, keisha) = group(office, "Ana", "Keisha")
    keisha.user.name = "Robinson, Keisha (Engineering)"
    assert "Status of Keisha Robinson" in says(
        office, ana, where, f"status <at>{keisha.user.name}</at>", mention(keisha.user)
    )


def test_two_who_are_called_the_same_are_told_apart(office: Office) -> None:
    """On the roster as well: their accounts say who is who. Only the first of them was asked about a policy."""
    ask(office.stage, office.stage.person("Keisha"), "POL-1")
    where, (ana, keisha) = group(office, "Ana", "Keisha")
    namesake = Person(
        employee_id="E77", name="Keisha Robinson", email="keisha2@halden.example", recorded_at=office.stage.now
    )
    office.stage.write(lambda session: session.add(namesake))
    office.surface.meets()
    other = next(one for one in office.teams.world.users.values() if one.email == "keisha2@halden.example")
    where.members.append(other.id)
    words = "status <at>Keisha Robinson</at>"
    assert "Acceptable Use" in says(office, ana, where, words, mention(keisha.user))
    assert "Nothing has been asked yet." in says(office, ana, where, words, mention(other))


@pytest.mark.parametrize("trouble", [None, Fault("drop before", "member"), Fault("status", "member")])
def test_somebody_who_cannot_be_asked_about_stands_by_the_name_that_teams_shows(
    office: Office, trouble: Fault | None
) -> None:
    where, (ana, keisha) = group(office, "Ana", "Keisha")
    if trouble is None:
        where.members.remove(keisha.user.id)
    else:
        office.teams.faults.add(replace(trouble))
    assert "Status of Keisha Robinson" in says(
        office, ana, where, "status <at>Keisha Robinson</at>", mention(keisha.user)
    )
    stranger = office.teams.world.user('Mal "lory"', "mallory@elsewhere.example")
    assert "Nobody you can see" in says(office, ana, where, f"status <at>{stranger.name}</at>", mention(stranger))


@pytest.mark.parametrize("words", ["{} todo", "\r\n{}\xa0todo\r\n", "{}&nbsp;todo", "todo {}", "{}"])
def test_the_bot_that_was_called_is_no_part_of_the_words(office: Office, words: str) -> None:
    """However the client writes it; some do not say which part of the text the mention is."""
    where, (chidi, _) = group(office, "Chidi", "Keisha")
    for text in (f"<at>{BOT_NAME}</at>", None):
        activity = activities.message(chidi.common("message", where), "")
        activity["text"] = words.format(f"<at>{BOT_NAME}</at>")
        activity["entities"][-1]["text"] = text
        assert send(office, activity).status == 200
    office.surface.settle()
    assert [one.body["summary"] for one in chidi.chat.by_bot()] == ["To do: 1 waiting for you."] * 2
