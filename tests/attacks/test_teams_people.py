"""Who somebody is in Teams: what an account claims about itself decides nothing, and what is mine only I read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select, text

from models.person import Identity
from tests.attacks.kept import ASK, LOUD, nothing_changes
from tests.attacks.teams import send, typed
from tests.storms.test_full_and_locked import locked
from tests.support.teams.client import Client
from tests.support.teams.deliver import Delivered
from tests.support.teams.office import Office, open_office
from tests.support.teams.surface import TeamsScreen
from tests.support.teams.world import Conversation, User

ELSEWHERE = "2f9b3a10-0000-4000-8000-0000000000bb"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Teams."""
    with open_office(sqlite_url) as office:
        yield office


def said(where: Conversation) -> str:
    """Return all that the bot said somewhere."""
    return " ".join(str(one.body) for one in where.by_bot())


def newcomer(office: Office, **profile: Any) -> Client:
    """Return the Teams of somebody whom the bot has not met."""
    user = office.teams.world.user(profile.pop("name", "Mallory"), **profile)
    return Client(office.teams, user)


def linked(office: Office, user: User) -> int:
    """Return whom an account is linked to; 0 for nobody."""
    row = select(Identity.person_id).where(Identity.platform == "teams", Identity.platform_id == user.account)
    return office.stage.read(lambda session: session.scalar(row)) or 0


def writes(office: Office, client: Client, words: str, where: Conversation | None = None) -> Delivered:
    """Let somebody write, and wait until the bot has answered."""
    got = client.writes(words, where)
    office.surface.settle()
    return got


@pytest.mark.parametrize("kind", ["group", "channel"])
def test_what_is_asked_among_others_is_answered_in_private(office: Office, kind: str) -> None:
    """The mention is no part of the words; the others read only that there is an answer."""
    chidi, keisha = office.client("Chidi"), office.client("Keisha")
    world = office.teams.world
    where = (world.group if kind == "group" else world.channel)(chidi.user, keisha.user)
    assert writes(office, chidi, "todo", where).status == 200
    assert "Acceptable Use" in said(chidi.chat)
    assert "Acceptable Use" not in said(where)
    assert "in our own chat" in said(where)
    writes(office, chidi, ASK, where)
    assert len(office.stage.records("policy.question")) == 1
    assert LOUD not in said(where)


def test_a_group_that_does_not_say_what_it_is_is_a_group(office: Office) -> None:
    """Where others may read along, nothing is said that is meant for one."""
    chidi, keisha = office.client("Chidi"), office.client("Keisha")
    where = office.teams.world.group(chidi.user, keisha.user)
    activity = typed(office, "todo")
    activity["conversation"] = {"id": where.id, "isGroup": True, "tenantId": chidi.user.tenant}
    assert send(office, activity).status == 200
    office.surface.settle()
    assert "Acceptable Use" in said(chidi.chat)
    assert "Acceptable Use" not in said(where)


def test_an_account_with_an_address_of_the_roster_is_linked(office: Office) -> None:
    """Teams vouches for the address, the roster for the person; it is put on record once."""
    bruno = office.stage.person("Bruno").row
    client = newcomer(office, name="B. Keller", email="Bruno@Halden.example")
    assert writes(office, client, "todo").status == 200
    assert linked(office, client.user) == bruno.id
    assert len(office.stage.records("identity.linked")) == 1
    writes(office, client, "todo")
    assert len(office.teams.log.of("member")) == 1
    assert "don't know you" not in said(client.chat)


def test_somebody_unknown_learns_nothing(office: Office) -> None:
    """They are told so, and asked about once in a while, not at every message."""
    client = newcomer(office, email="mallory@elsewhere.example")
    for words in ("todo", "status", "policy list", "policy show POL-1", ASK):
        assert writes(office, client, words).status == 200
    assert "don't know you" in said(client.chat)
    assert "Acceptable" not in said(client.chat)
    assert len(office.teams.log.of("member")) == 1
    office.stage.now += timedelta(minutes=6)
    writes(office, client, "todo")
    assert len(office.teams.log.of("member")) == 2
    assert linked(office, client.user) == 0


def test_an_account_does_not_say_who_it_is(office: Office) -> None:
    """The object id in an activity is another than the one that Teams knows of its sender: nobody is linked."""
    client = newcomer(office, email="ana@halden.example")
    activity = typed(office, "status")
    common = client.common("message")
    activity |= {"conversation": common["conversation"], "from": {**common["from"], "aadObjectId": "made-up"}}
    assert send(office, activity).status == 200
    office.surface.settle()
    assert "don't know you" in said(client.chat)
    client.user.account = "made-up"
    assert linked(office, client.user) == 0


def test_a_guest_of_another_organisation_is_not_linked_by_an_address(office: Office) -> None:
    """Whoever runs another directory can write any address into it."""
    client = newcomer(office, email="ana@halden.example")
    client.user.tenant = ELSEWHERE  # as Teams describes them; the activity names our tenant, where they are a guest
    activity = typed(office, "status")
    common = client.common("message")
    activity |= {"conversation": {**common["conversation"], "tenantId": activity["channelData"]["tenant"]["id"]}}
    activity |= {"from": common["from"], "id": "1"}
    assert send(office, activity).status == 200
    office.surface.settle()
    assert linked(office, client.user) == 0
    assert "don't know you" in said(client.chat)


def test_an_account_without_an_address_is_nobody(office: Office) -> None:
    """Teams names neither an e-mail address nor a sign-in name, as for anonymous guests of a meeting."""
    client = newcomer(office)
    assert writes(office, client, "todo").status == 200
    assert linked(office, client.user) == 0


def test_with_the_database_locked_everything_is_answered(office: Office) -> None:
    """200 and a sentence, inline; nothing is lost that somebody was told is saved."""
    hand = office.hand("Chidi")
    screen = hand.types("policy ask A-1")
    home = hand.types("todo")
    with nothing_changes(office), locked(office.stage):
        assert writes(office, hand.client, ASK).status == 200
        pressed = screen.fills(question=LOUD)
        opened = home.presses("Ask a question")
    assert "Not saved, try again." in said(hand.client.chat)
    assert isinstance(pressed, TeamsScreen)
    assert "Not saved, try again." in pressed.text
    assert isinstance(opened, TeamsScreen)
    screen.fills(question=LOUD)
    assert len(office.stage.records("policy.question")) == 1


@contextmanager
def out_of_reach(url: str) -> Iterator[None]:
    """Let nobody into a PostgreSQL database, and turn out who is in it."""
    address = make_url(url)
    engine = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as admin:
        admin.execute(text(f'ALTER DATABASE "{address.database}" ALLOW_CONNECTIONS false'))
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        admin.execute(text(ours), {"name": address.database})
        yield
        admin.execute(text(f'ALTER DATABASE "{address.database}" ALLOW_CONNECTIONS true'))
    engine.dispose()


def test_with_the_database_out_of_reach_everything_is_answered(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even who somebody is can be asked: 200, a sentence, and no accident; afterwards all is as it was."""
    with open_office(postgres_url) as office:
        hand = office.hand("Chidi")
        screen, home = hand.types("policy ask A-1"), hand.types("todo")
        with out_of_reach(postgres_url):
            got = [writes(office, hand.client, ASK), *hand.client.removes(), *hand.client.installs()]
            shown = [screen.fills(question=LOUD), home.presses("Ask a question")]
        assert {one.status for one in got} == {200}
        assert "Not saved, try again." in said(hand.client.chat)
        for one in shown:
            one.sees("Not saved, try again.")
        assert "failed" not in capsys.readouterr().out
        screen.fills(question=LOUD)
        assert len(office.stage.records("policy.question")) == 1


def test_who_removes_the_app_is_written_to_another_way(office: Office) -> None:
    """Removed, they are unreachable; installed again, they are greeted with what waits, once."""
    client = office.client("Chidi")
    row = select(Identity.unreachable_since).where(Identity.platform_id == client.user.account)
    assert {one.status for one in client.removes()} == {200}
    assert office.stage.read(lambda session: session.scalar(row)) is not None
    assert {one.status for one in client.installs()} == {200}
    office.surface.settle()
    assert office.stage.read(lambda session: session.scalar(row)) is None
    assert said(client.chat).count("AdaptiveCard") == 1
