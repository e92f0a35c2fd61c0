"""Whom Teams does not reach: a letter, until they write again."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select, update

from models.chat import Conversation
from models.person import Identity, Person
from tests.bot.teams.conftest import Chat
from tests.support.teams.surface import TeamsSurface


@pytest.mark.parametrize("how", ["blocked", "removed"])
def test_whom_teams_no_longer_reaches_gets_mail_from_now_on(chat: Chat, how: str) -> None:
    """MessageWritesBlocked, or not in the roster: one refusal is enough, and the others go on."""
    chat.place("Ana").blocked, chat.place("Ana").installed = how == "blocked", how != "removed"
    for title in ("First", "Second"):
        chat.say("Ana", title)
        chat.say("Bruno", title + " for Bruno")
        chat.stage.works()
    assert (chat.letters("Ana"), chat.titles("Ana")) == (["First", "Second"], [])
    assert chat.titles("Bruno") == ["First for Bruno", "Second for Bruno"]
    assert Counter(chat.states()) == {"failed": 1, "sent": 2}
    assert len(chat.teams.log.of("send")) == 3


def test_who_writes_again_is_written_to_again(chat: Chat) -> None:
    chat.place("Ana").blocked = True
    chat.say("Ana", "First")
    chat.stage.works()
    chat.place("Ana").blocked = False
    chat.stage.surface = TeamsSurface(chat.stage, chat.teams)
    chat.stage.person("Ana").says("todo")
    chat.say("Ana", "Second")
    chat.stage.works()
    assert chat.letters("Ana") == ["First"]
    assert "Second" in chat.titles("Ana")


def test_a_service_that_is_off_the_list_gets_neither_token_nor_message(chat: Chat) -> None:
    """Ana's was stored while it was on the list: she gets a letter, and nobody else waits for that."""
    elsewhere = chat.teams.service_url.replace("127.0.0.1", "localhost")
    mine = select(Identity.id).join(Person, Person.id == Identity.person_id).where(Person.name.startswith("Ana"))
    chat.stage.write(
        lambda session: session.execute(
            update(Conversation).where(Conversation.identity_id.in_(mine)).values(service_url=elsewhere)
        )
    )
    chat.say("Ana", "By letter")
    chat.say("Bruno", "As ever")
    chat.stage.works()
    assert (chat.letters("Ana"), chat.titles("Bruno")) == (["By letter"], ["As ever"])
    assert len(chat.teams.log.calls) == 1
