"""Gestures about a message: a reply in its thread, a shortcut, an emoji; the last two where a workflow takes them."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.record import Subject
from models import message as m
from tests.support.slack.client import Client
from tests.support.slack.office import Office
from tests.support.slack.seen import read
from tests.support.slack.world import Message
from workflows.context import Context
from workflows.workflow import REGISTRY, Act, Answers


def _ask(ctx: Context, target: str) -> m.Form:
    return m.Form("todo.keep", target, "Keep this", (m.Text("message", "What was said", long=True),), submit="Keep")


def _keep(ctx: Context, target: str, answers: Answers) -> m.Message:
    ctx.record("message.seen", Subject("message", "M-1"), outcome="kept", private={"text": answers["message"]})
    return m.Message("It is kept.", lines=(answers["message"],), tone="good")


def _mark(ctx: Context, target: str, answers: Answers) -> m.Message:
    ctx.record("message.seen", Subject("message", "M-1"), outcome="marked", facts={"where": target})
    return m.Message("Marked.")


@pytest.fixture(autouse=True)
def acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two acts of a workflow: one from the menu of a message, one by an emoji under it."""
    common: dict[str, Any] = {
        "does": "do",
        "may": lambda ctx, thing: True,
        "example": "todo",
        "find": lambda ctx, id_: id_,
    }
    keep = Act("todo.keep", run=_keep, help="keep a message", form=_ask, kinds=("shortcut",), **common)
    mark = Act("todo.mark", run=_mark, help="mark a message", kinds=("emoji",), aliases=("round_pushpin",), **common)
    for act in (keep, mark):
        monkeypatch.setitem(REGISTRY.workflow("todo").acts, act.name, act)


def written(office: Office, words: str) -> Message:
    """Return a message that Bruno wrote to the bot."""
    bruno = office.client("Bruno")
    bruno.writes(words)
    office.surface.settle()
    return next(one for one in bruno.direct.messages if one.by == bruno.user.id)


def test_a_shortcut_opens_a_form_with_what_the_message_says(office: Office) -> None:
    hand = office.hand("Chidi")
    hand.client.takes("todo.keep", written(office, "The server room is open & nobody is there"))
    office.surface.settle()
    modal = hand.client.modal
    assert modal is not None
    (question,) = read(modal.body["blocks"]).questions.values()
    assert question["element"]["initial_value"] == "The server room is open & nobody is there"
    hand.client.sends({"message": {"v": {"type": "plain_text_input", "value": "The server room is open"}}})
    office.surface.settle()
    (record,) = office.stage.records("message.seen")
    assert (record["outcome"], record["auth"]["platform"], record["actor"]["ref"]) == ("kept", "slack", hand.person.ref)
    assert "It is kept." in str(hand.client.modal)


def test_an_emoji_is_a_gesture_once_and_any_other_is_nothing(office: Office) -> None:
    chidi, message = office.client("Chidi"), written(office, "The server room is open")
    chidi.reacts("tada", message)
    assert office.stage.records("message.seen") == []
    told = chidi.reacts("round_pushpin", message)
    for _ in range(2):
        office.slack.run(office.slack.courier.post(told.request, told.headers))
    office.surface.settle()
    (record,) = office.stage.records("message.seen")
    assert record["outcome"] == "marked"
    assert record["facts"]["where"].endswith(f"/{message.ts}")


def test_a_stranger_marks_nothing(office: Office) -> None:
    message = written(office, "The server room is open")
    sven = office.slack.world.user(office.surface.team, name="Sven Fremd", email="sven@other.example", is_stranger=True)
    client = Client(office.slack, sven)
    client.reacts("round_pushpin", message)
    client.takes("todo.keep", message)
    office.surface.settle()
    assert office.stage.records("message.seen") == []


def test_an_unknown_shortcut_is_refused_politely(office: Office) -> None:
    """No act takes it: one that was taken out since, or of another app of ours."""
    client = office.client("Chidi")
    client.takes("nothing.known", written(office, "The server room is open"))
    office.surface.settle()
    assert client.modal is not None
    assert "nothing with that yet" in read(client.modal.body["blocks"]).text


def test_a_reply_in_a_thread_is_answered_in_it(office: Office) -> None:
    """Where the person looks: elsewhere they would take it for silence."""
    chidi = office.client("Chidi")
    chidi.writes("todo")
    office.surface.settle()
    card = chidi.direct.messages[-1]
    chidi.writes("ack A-1", under=card)
    office.surface.settle()
    answer = chidi.direct.messages[-1]
    assert (card.thread_ts, answer.thread_ts) == ("", card.ts)
    assert "Acknowledge" in read(answer.blocks).text
