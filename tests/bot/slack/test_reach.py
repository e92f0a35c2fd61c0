"""Whom Slack does not reach: another workspace, a letter, or later."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person import Identity
from tests.bot.slack.conftest import Chat
from tests.support.slack.faults import Fault
from workflows.workspace.links import Member, meet
from workflows.workspace.standing import by_ref


@pytest.mark.parametrize("error", ["user_disabled", "cannot_dm_bot", "is_archived"])
def test_who_can_never_be_written_to_gets_mail_from_now_on(chat: Chat, error: str) -> None:
    chat.users["Halden", "Ana"].refuses = error
    chat.say("Ana", "First")
    chat.stage.works()
    chat.say("Ana", "Second")
    chat.stage.works()
    assert chat.letters("Ana") == ["First", "Second"]
    assert (chat.states("slack"), chat.states("mail")) == (["failed"], ["sent", "sent"])


def test_who_is_deactivated_in_one_workspace_is_told_in_the_other(chat: Chat) -> None:
    """Only the identity that refused counts as unreachable."""
    chat.put(chat.connect("Sales"), "Ana")
    chat.users["Halden", "Ana"].deleted = True
    chat.say("Ana", "Told elsewhere")
    chat.stage.works()
    assert chat.titles("Ana", "Sales") == ["Told elsewhere"]
    assert chat.letters("Ana") == []
    rows = select(Identity.unreachable_since).where(Identity.platform == "slack").order_by(Identity.id)
    reached = chat.stage.read(lambda session: session.scalars(rows).all())
    assert [since is None for since in reached] == [False, True, True, True]


def test_who_was_refused_once_is_written_to_again_after_the_night(chat: Chat) -> None:
    """Every account is read at night, and one in use is tried again; while it is refused, a letter goes instead."""
    halden, ana = next(iter(chat.slack.world.teams.values())), chat.users["Halden", "Ana"]

    def night(session: Session) -> None:
        row = by_ref(session, halden.id)
        assert row is not None
        meet(chat.stage.context(session), row, [Member(ana.id, ana.name, ana.email)])

    ana.refuses = "is_inactive"
    for title in ("First", "Second", "Third"):
        chat.say("Ana", title)
        chat.stage.works()
        chat.stage.write(night)
    assert (chat.titles("Ana"), chat.letters("Ana")) == ([], ["First", "Second", "Third"])
    ana.refuses = ""
    chat.say("Ana", "Fourth")
    chat.stage.works()
    assert (chat.titles("Ana"), len(chat.letters("Ana"))) == (["Fourth"], 3)


def test_a_workspace_without_a_token_waits_and_the_others_go_on(chat: Chat) -> None:
    chat.put(chat.connect("Sales"), "Callum")
    halden = next(team for team in chat.slack.world.teams.values() if team.name == "Halden")
    token = chat.tokens[halden.id]
    token.error = "token_revoked"
    for name in ("Ana", "Bruno", "Chidi", "Callum"):
        chat.say(name, f"For {name}")
    chat.stage.works()
    chat.say("Ana", "Said meanwhile")
    chat.stage.works()
    assert chat.titles("Callum", "Sales") == ["For Callum"]
    assert Counter(chat.states()) == {"queued": 4, "sent": 1}
    for _ in range(30):  # however long it lasts, nobody's message is given up
        chat.stage.later(minutes=6)
        chat.stage.works()
    token.error = ""
    chat.set_workspace(halden, "connected")
    chat.stage.later(minutes=6)
    chat.stage.works()
    assert Counter(chat.states()) == {"sent": 5}
    assert sorted(chat.titles("Ana")) == ["For Ana", "Said meanwhile"]


def test_a_connected_workspace_comes_before_a_paused_one(chat: Chat) -> None:
    chat.put(chat.connect("Sales"), "Ana")
    chat.set_workspace(next(iter(chat.slack.world.teams.values())), "paused")
    chat.say("Ana", "Told elsewhere")
    chat.stage.works()
    assert chat.titles("Ana", "Sales") == ["Told elsewhere"]


def test_a_copy_in_doubt_waits_for_the_workspace_it_may_be_in(chat: Chat) -> None:
    """Sent in Halden, whose pause came with the doubt: it is not sent in Sales as well."""
    chat.put(chat.connect("Sales"), "Ana")
    halden = next(iter(chat.slack.world.teams.values()))
    chat.slack.faults.add(Fault("drop after", "chat.postMessage"))
    chat.say("Ana", "In doubt")
    chat.stage.works()
    chat.set_workspace(halden, "paused")
    for _ in range(20):
        chat.stage.later(minutes=10)
        chat.stage.works()
    assert chat.states() == ["in doubt"]
    assert chat.titles("Ana", "Sales") == []
    chat.set_workspace(halden, "connected")
    chat.stage.later(minutes=10)
    chat.stage.works()
    assert (chat.states(), chat.titles("Ana"), chat.titles("Ana", "Sales")) == (["sent"], ["In doubt"], [])


def test_what_waited_for_a_workspace_that_is_gone_goes_by_mail(chat: Chat) -> None:
    halden = next(iter(chat.slack.world.teams.values()))
    chat.set_workspace(halden, "paused")
    chat.say("Ana", "Waits")
    chat.stage.works()
    chat.set_workspace(halden, "gone")
    chat.stage.later(minutes=10)
    chat.stage.works()
    assert chat.letters("Ana") == ["Waits"]
