"""Who may not, in Slack: other workspaces, strangers, guests, programs and leavers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.chat import Workspace
from models.person import Identity, Person
from tests.attacks.kept import ASK, nothing_changes
from tests.attacks.slack import JSON, answers, post, send, signed, type_command
from tests.support.slack import payloads
from tests.support.slack.client import Client
from tests.support.slack.deliver import Delivered
from tests.support.slack.office import Office
from tests.support.slack.world import User, View

POLITE = ("I don't know you yet", "not connected", "not on the roster", "not yours to do", "nothing like that")


def everything(office: Office, user: User) -> Iterator[tuple[str, Delivered]]:
    """Try everything a user can do in Slack, and yield what each came to."""
    client = Client(office.slack, user)
    view = View("V1", user.team_id, user.id, {"type": "modal", "callback_id": "form", "blocks": [], "title": {}})
    world, team = office.slack.world, office.slack.world.teams[user.team_id]
    yield "types", type_command(office, user)
    yield "types another", type_command(office, user, "policy acknowledge A-1")
    yield "writes", client.writes(ASK)
    for act in ("policy.acknowledge", "policy.read", "people.import", ".page", ".form"):
        action = {"type": "button", "action_id": f"{act}:1", "value": "A-1" if act[0] != "." else f"words:{ASK}"}
        yield f"presses {act}", send(office, payloads.pressed(world, user, action, view, None, None))
    remembered = {**payloads.submitted(world, user, view, answers()), "team": {"id": user.team_id}}
    remembered["view"]["private_metadata"] = json.dumps({"act": "policy.ask", "target": "A-1", "shown": "x"})
    yield "sends", send(office, remembered)
    yield "picks", send(office, payloads.suggestion(world, user, view, "person", "v", "a"))
    for name in ("app_home_opened", "reaction_added"):
        event = {"type": name, "user": user.id, "tab": "home", "channel": "D1", "reaction": "eyes"}
        yield name, send(office, payloads.event(world, team, event), JSON)
    shortcut = {**payloads.basic(world, user), "type": "shortcut", "callback_id": "incident.new"}
    yield "shortcut", send(office, {**shortcut, "trigger_id": world.trigger(user)})


def check_refused(office: Office, user: User) -> None:
    """Assert that whatever a user tries changes nothing, shows nothing of anybody, and is answered politely."""
    with nothing_changes(office):
        for what, got in everything(office, user):
            assert got.status == 200, f"{what}: {got.status}"
            assert b"Acceptable Use" not in got.body, what
            assert b"Keisha" not in got.body, what
            if what == "types":
                assert any(words in got.body.decode() for words in POLITE), got.body
    assert "Acceptable Use" not in str(office.slack.world.stack(user.id))
    assert "Acceptable Use" not in str(office.slack.world.homes.get(user.id, ""))


def stranger(office: Office) -> User:
    """Somebody of another company, in a shared channel (Slack Connect)."""
    return office.slack.world.user(office.surface.team, name="Sven Fremd", email="sven@other.example", is_stranger=True)


def borrower(office: Office) -> User:
    """Somebody of another company who says to be Chidi: with his address."""
    return office.slack.world.user(
        office.surface.team, name="Chidi Okafor", email="chidi@halden.example", is_stranger=True
    )


def guest(office: Office) -> User:
    """A guest who is not on the roster."""
    return office.slack.world.user(
        office.surface.team, name="Gina Gast", email="gina@agency.example", is_restricted=True
    )


def colleague(office: Office) -> User:
    """Somebody of the company's own domain whom nobody put on the roster."""
    return office.slack.world.user(office.surface.team, name="Nadia Neu", email="nadia@halden.example")


def robot(office: Office) -> User:
    """Another app's bot."""
    return office.slack.world.user(office.surface.team, name="Robot", is_bot=True)


def ourselves(office: Office) -> User:
    """Our own bot."""
    return office.slack.world.users[office.surface.team.bot_user_id]


def deactivated(office: Office) -> User:
    """Somebody whose account was deactivated, of which Slack told us."""
    user = office.client("Chidi").user
    user.deleted = True
    office.slack.run(office.slack.changes(user))
    return user


def leaver(office: Office) -> User:
    """Somebody who left the company and still has an account."""
    client = office.client("Chidi")
    office.stage.write(
        lambda session: session.execute(
            update(Person).where(Person.name == "Chidi Okafor").values(end_on=date(2026, 11, 20))
        )
    )
    return client.user


def nobody(office: Office) -> User:
    """An id that Slack does not know."""
    return User("U0NOBODY", office.surface.team.id, "Nobody")


def elsewhere(state: str) -> Callable[[Office], User]:
    """Return somebody in a workspace that is in this state with us, with the very id that Chidi has in ours."""

    def found(office: Office) -> User:
        team = office.slack.world.team("Elsewhere", id_="T0ELSE")
        if state:
            row = Workspace(platform="slack", ref=team.id, name="Elsewhere", state=state, created_at=office.stage.now)
            office.stage.write(lambda session: session.add(row))
        return replace(office.client("Chidi").user, team_id=team.id)

    return found


def disconnected(office: Office) -> User:
    """Chidi, after an admin disconnected his workspace."""
    user = office.client("Chidi").user
    office.stage.write(lambda session: session.execute(update(Workspace).values(state="gone")))
    return user


def unlinked(office: Office) -> User:
    """Chidi, just after his account was found not to be his."""
    user = office.client("Chidi").user
    user.email = ""
    office.stage.write(lambda session: session.query(Identity).filter_by(platform_id=user.id).delete())
    return user


NOT_THEM: dict[str, Callable[[Office], User]] = {
    "a stranger of Slack Connect": stranger,
    "a stranger with Chidi's address": borrower,
    "a guest who is not on the roster": guest,
    "somebody who is not on the roster": colleague,
    "another bot": robot,
    "our own bot": ourselves,
    "a deactivated account": deactivated,
    "somebody who left": leaver,
    "an account that Slack does not know": nobody,
    "an unknown workspace": elsewhere(""),
    "a workspace that waits to be confirmed": elsewhere("pending"),
    "a workspace that was let go": elsewhere("gone"),
    "a workspace that is disconnected": disconnected,
    "an account that is nobody's any more": unlinked,
}


@pytest.mark.parametrize("who", NOT_THEM)
def test_who_does_not_belong_here_changes_nothing(office: Office, who: str) -> None:
    """Whatever they try; the answer is a polite one."""
    user = NOT_THEM[who](office)
    if who == "our own bot":
        with nothing_changes(office):
            assert all(got.status == 200 for _, got in everything(office, user))
        return
    check_refused(office, user)


def test_another_workspaces_user_is_not_ours_of_the_same_id(office: Office) -> None:
    """Both are connected, and an id counts only where it was linked."""
    user = elsewhere("connected")(office)
    check_refused(office, user)


def test_a_foreign_user_in_our_own_workspace_is_nobody(office: Office) -> None:
    """Slack says from which company somebody is: that goes before what we know of their id."""
    chidi = office.client("Chidi").user
    view = View("V1", chidi.team_id, chidi.id, {"type": "modal", "callback_id": "said", "blocks": []})
    payload = payloads.pressed(office.slack.world, chidi, {"action_id": "todo:1", "type": "button"}, view, None, None)
    payload["user"]["team_id"] = "T0OTHER"
    with nothing_changes(office):
        assert send(office, payload).status == 200
    assert "Acceptable Use" not in str(office.slack.world.stack(chidi.id))


def test_a_message_of_a_program_is_no_command(office: Office) -> None:
    """Neither of another bot, nor of ours, nor one that was changed, deleted or posted to a channel."""
    chidi, world = office.client("Chidi").user, office.slack.world
    base = {
        "type": "message",
        "user": chidi.id,
        "text": ASK,
        "channel": "D1",
        "channel_type": "im",
        "ts": "1795424400.1",
    }
    for change in (
        {"bot_id": "B1"},
        {"app_id": "A1"},
        {"subtype": "message_changed", "message": {"user": chidi.id, "text": ASK}},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "me_message"},
        {"edited": {"user": chidi.id, "ts": "1795424400.2"}},
        {"hidden": True},
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
        {"channel_type": "app_home"},
        {"user": office.surface.team.bot_user_id},
        {"user": None},
        {"user": ""},
    ):
        with nothing_changes(office):
            assert send(office, payloads.event(world, office.surface.team, {**base, **change}), JSON).status == 200
    assert send(office, payloads.event(world, office.surface.team, base), JSON).status == 200
    office.surface.settle()
    assert len(office.stage.records("policy.question")) == 1, "the same message of a person counts"


def test_whoever_is_let_go_is_nobody_at_once(office: Office) -> None:
    """Nothing about people is remembered between two requests."""
    chidi = office.client("Chidi")
    assert "Acceptable Use" in type_command(office, chidi.user, "todo").body.decode()

    def let_go(session: Session) -> None:
        session.query(Identity).filter_by(platform_id=chidi.user.id).delete()

    chidi.user.email = ""
    office.stage.write(let_go)
    assert "Acceptable Use" not in type_command(office, chidi.user, "todo").body.decode()
    body = b"payload=%7B%22type%22%3A%22x%22%7D"
    assert post(office, body, signed(office, body)).status == 200
