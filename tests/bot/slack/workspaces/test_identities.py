"""Who is who in Slack: by address and nothing else, on record, and never by half a list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.chat import Stranger
from models.message import Message
from models.outbox import Delivery
from models.person import EmailAlias, Identity, Person
from tests.bot.slack.workspaces.conftest import Chat
from tests.bot.slack.workspaces.people import joins, linked, read, strangers, tells
from tests.support.slack.faults import Fault


def test_a_night_links_by_address_and_nothing_else(chat: Chat) -> None:
    stage, chidi = chat.stage, chat.stage.person("Chidi")

    def also(session: Session) -> None:
        session.add(EmailAlias(email="c.okafor@halden.example", person_id=chidi.row.id))
        person = session.get_one(Person, stage.person("Callum").row.id)
        person.email, person.kind = "callum@freelance.example", "contractor"

    stage.write(also)
    ana = joins(chat, "Ana Duarte", email="ANA@halden.example")
    okafor = joins(chat, "Chidi O.", email="c.okafor@halden.example")
    guest = joins(chat, "Callum", email="callum@freelance.example", is_restricted=True)
    joins(chat, "Bruno Keller", deleted=True)
    joins(chat, "Keisha Bot", email="keisha@halden.example", is_bot=True)
    joins(chat, "Farah Haddad", is_stranger=True)
    joins(chat, "Ana Duarte the Other", email="ana.d@elsewhere.example")
    joins(chat, "Nobody Known", email="")
    assert read(chat) == 1
    assert linked(stage) == {ana.id: "Ana Duarte", okafor.id: "Chidi Okafor", guest.id: "Callum Whitford"}
    assert strangers(stage) == {"Ana Duarte the Other": "not on the roster", "Nobody Known": "no address"}
    records = stage.records("identity.linked")
    assert {record["subject"]["ref"] for record in records} == {stage.person(n).ref for n in ("Ana", "Chidi", "Callum")}
    assert records[0]["facts"] == {"by": "address", "platform": "slack", "workspace": "W-1"}
    assert not [word for word in (ana.id, "halden.example", chat.team.id) if word in str(records)]
    assert [one["facts"] for one in stage.records("workspace.read")] == [
        {"accounts": 5, "linked": 3, "not_on_roster": 2}
    ]


def test_a_night_is_one_night_and_another_finds_nothing_new(chat: Chat) -> None:
    joins(chat, "Ana Duarte")
    assert [read(chat), read(chat)] == [1, 0]
    chat.stage.later(days=1)
    assert [read(chat), read(chat)] == [1, 0]
    assert len(chat.stage.records("identity.linked")) == 1
    assert len(chat.stage.records("workspace.read")) == 2


def test_half_a_list_changes_nothing(chat: Chat) -> None:
    """Somebody left meanwhile and somebody came: without the last page nothing is known of either."""
    ana = joins(chat, "Ana Duarte")
    for number in range(9):
        joins(chat, f"Visitor {number}", email=f"visitor{number}@halden.example")
    assert read(chat) == 1
    chat.stage.later(days=1)
    bruno = joins(chat, "Bruno Keller")
    del chat.slack.world.users[ana.id]
    chat.slack.faults.add(Fault("error", "users.list", times=None, error="internal_error"))
    chat.slack.faults.waiting[0].share = 0.5
    before = linked(chat.stage)
    assert read(chat) == 0
    assert linked(chat.stage) == before == {ana.id: "Ana Duarte"}
    assert len(chat.stage.records("workspace.read")) == 1

    chat.slack.faults.waiting.clear()
    assert read(chat) == 0  # not at once
    chat.stage.later(minutes=2)  # and whoever starts a process anew need not wait any longer
    assert read(chat) == 1
    assert linked(chat.stage) == {bruno.id: "Bruno Keller"}
    assert [one["facts"]["why"] for one in chat.stage.records("identity.unlinked")] == ["not there any more"]


def test_a_list_without_ourselves_is_no_list(chat: Chat) -> None:
    ana = joins(chat, "Ana Duarte")
    assert read(chat) == 1
    chat.stage.later(days=1)
    chat.slack.world.users.clear()
    assert read(chat) == 0
    assert linked(chat.stage) == {ana.id: "Ana Duarte"}


def test_slack_may_ask_to_wait(chat: Chat) -> None:
    joins(chat, "Ana Duarte")
    chat.slack.faults.add(Fault("rate", "users.list", seconds=1))
    assert read(chat) == 1
    assert list(linked(chat.stage).values()) == ["Ana Duarte"]


def test_a_changed_address_unlinks_and_is_never_another_person_silently(chat: Chat) -> None:
    stage = chat.stage
    user = joins(chat, "Ana Duarte")
    read(chat)
    user.email = "somebody@elsewhere.example"
    tells(chat, user)
    assert linked(stage) == {}
    assert strangers(stage) == {"Ana Duarte": "not on the roster"}
    user.email = "ana@halden.example"
    tells(chat, user)
    assert linked(stage) == {user.id: "Ana Duarte"}
    assert strangers(stage) == {}

    stage.later(minutes=1)
    user.email = "bruno@halden.example"
    tells(chat, user)
    assert linked(stage) == {user.id: "Bruno Keller"}
    why = [record["facts"]["why"] for record in stage.records("identity.unlinked")]
    assert why == ["not on the roster", "somebody else"]
    user.deleted = True
    stage.later(minutes=1)
    tells(chat, user)
    assert linked(stage) == {}
    assert stage.records("identity.unlinked")[-1]["facts"]["why"] == "deactivated"


def test_status_changes_write_nothing(chat: Chat) -> None:
    """Slack tells of every change of status."""
    user = joins(chat, "Ana Duarte")
    read(chat)
    before = len(chat.stage.records())
    for _ in range(3):
        tells(chat, user)
    assert len(chat.stage.records()) == before


def test_an_event_without_a_locale_takes_none_away(chat: Chat) -> None:
    ana, visitor = joins(chat, "Ana Duarte"), joins(chat, "Visitor", email="visitor@elsewhere.example")
    read(chat)
    for user in (ana, visitor):
        tells(chat, user)
    kept = select(Identity.locale).union_all(select(Stranger.locale))
    assert chat.stage.read(lambda session: session.scalars(kept).all()) == ["en-GB", "en-GB"]


def test_the_zone_of_a_profile_fills_what_the_roster_left_open(chat: Chat) -> None:
    stage = chat.stage

    def forget(session: Session) -> None:
        session.get_one(Person, stage.person("Chidi").row.id).zone = "UTC"

    stage.write(forget)
    user, keisha = joins(chat, "Chidi Okafor", zone="Africa/Lagos"), joins(chat, "Keisha Robinson", zone="Asia/Tokyo")
    read(chat)
    assert stage.person("Chidi").row.zone == "Africa/Lagos"
    assert stage.person("Keisha").row.zone == "America/New_York"
    assert [record["subject"]["ref"] for record in stage.records("person.zone")] == [stage.person("Chidi").ref]
    assert "Lagos" not in str(stage.records("person.zone"))
    user.zone = keisha.zone = "Europe/Oslo"
    for one in (user, keisha):
        tells(chat, one)
    assert stage.person("Chidi").row.zone == "Europe/Oslo"
    assert stage.person("Keisha").row.zone == "America/New_York"
    locale = stage.read(lambda session: session.scalars(select(Identity.locale).order_by(Identity.id)).all())
    assert len(locale) == 2


def test_who_comes_back_and_moves_is_reminded_where_they_are(chat: Chat) -> None:
    """Chidi in Lagos and Keisha in New York are deactivated, are back, and fly to Oslo; the roster knows of one."""
    stage = chat.stage

    def forget(session: Session) -> None:
        session.get_one(Person, stage.person("Chidi").row.id).zone = "UTC"

    stage.write(forget)
    users = joins(chat, "Chidi Okafor", zone="Africa/Lagos"), joins(chat, "Keisha Robinson", zone="America/New_York")
    read(chat)
    for gone, zone in ((True, ""), (False, "Africa/Lagos"), (False, "Europe/Oslo")):
        for user in users:
            user.deleted, user.zone = gone, zone or user.zone
            tells(chat, user)
        assert stage.person("Chidi").row.zone == (zone or "Africa/Lagos")
        assert stage.person("Keisha").row.zone == "America/New_York"


def test_the_roster_may_come_after_the_chat(chat: Chat) -> None:
    stage = chat.stage
    joins(chat, "Wanda Nowak", email="wanda@halden.example", zone="Europe/Warsaw")
    read(chat)
    assert strangers(stage) == {"Wanda Nowak": "not on the roster"}

    def hire(session: Session) -> None:
        session.add(Person(name="Wanda Nowak", email="wanda@halden.example", recorded_at=stage.now))

    stage.write(hire)
    stage.works()
    assert list(linked(stage).values()) == ["Wanda Nowak"]
    assert strangers(stage) == {}
    assert stage.person("Wanda").row.zone == "Europe/Warsaw"


def test_who_has_left_is_nobody(chat: Chat) -> None:
    stage = chat.stage

    def leave(session: Session) -> None:
        session.get_one(Person, stage.person("Callum").row.id).end_on = date(2026, 11, 1)

    stage.write(leave)
    joins(chat, "Callum Whitford")
    read(chat)
    stage.works()
    assert linked(stage) == {}
    assert strangers(stage) == {"Callum Whitford": "has left"}


def test_first_contact_asks_once(chat: Chat) -> None:
    stage, identities = chat.stage, chat.identities()
    user = joins(chat, "Ana Duarte")
    assert stage.loop.run(identities.contact(chat.team.id, user.id))
    assert linked(stage) == {user.id: "Ana Duarte"}
    nobody = joins(chat, "Nobody Known", email="nobody@elsewhere.example")
    for _ in range(3):
        stage.loop.run(identities.contact(chat.team.id, nobody.id))
        assert not stage.loop.run(identities.contact(chat.team.id, "U0UNKNOWN"))
    assert len([call for call in chat.slack.log.calls if call.method == "users.info"]) == 3, (
        "Ana, the one unknown, the other"
    )


def test_whom_slack_could_not_be_asked_about_is_asked_about_again_soon(chat: Chat) -> None:
    """Nobody is a stranger for five minutes because Slack was slow for a moment."""
    stage, identities = chat.stage, chat.identities()
    user = joins(chat, "Ana Duarte")
    chat.slack.faults.add(Fault("status", "users.info", status=503))
    assert not stage.loop.run(identities.contact(chat.team.id, user.id))
    assert not stage.loop.run(identities.contact(chat.team.id, user.id))
    stage.later(seconds=30)
    assert stage.loop.run(identities.contact(chat.team.id, user.id))
    assert linked(stage) == {user.id: "Ana Duarte"}


def test_what_waited_goes_by_mail_when_the_account_is_gone(chat: Chat) -> None:
    stage = chat.stage
    user = joins(chat, "Ana Duarte")
    read(chat)
    ana = stage.person("Ana")

    def say(session: Session) -> None:
        person = session.get_one(Person, ana.row.id)
        stage.context(session).say(person, Message("The report is ready"), kind="notice", dedupe="1")

    stage.write(say)
    user.deleted = True
    tells(chat, user)
    copies = stage.read(lambda session: session.execute(select(Delivery.channel, Delivery.state)).all())
    assert set(map(tuple, copies)) == {("slack", "dropped"), ("web", "queued")}
    assert [one["facts"]["problem"] for one in stage.records("message.dropped")] == ["no longer linked"]


@pytest.mark.parametrize("cause", ["token_revoked", "account_inactive"])
def test_a_dead_token_reads_nobody(chat: Chat, cause: str) -> None:
    ana = joins(chat, "Ana Duarte")
    read(chat)
    chat.stage.now += timedelta(days=1)
    chat.slack.world.tokens[chat.token].error = cause
    assert read(chat) == 0
    assert linked(chat.stage) == {ana.id: "Ana Duarte"}
