"""What Slack does not show in time, or not at all, is said another way; and what comes again counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.slack import listening
from models import message as m
from tests.support.company import publish
from tests.support.slack.client import Client
from tests.support.slack.faults import Fault
from tests.support.slack.office import Office
from tests.support.slack.seen import read
from tests.support.slack.shots import of_view
from tests.support.slack.world import Message
from workflows.context import Context
from workflows.workflow import REGISTRY, Act

ACKNOWLEDGE = {"type": "button", "action_id": "policy.acknowledge:1", "block_id": "b", "value": "A-1"}


def last(client: Client) -> Message:
    """Return the newest message that the bot wrote to somebody."""
    return [one for one in client.direct.messages if one.by != client.user.id][-1]


def in_front(client: Client) -> str:
    """Return what the modal in front of somebody shows."""
    return of_view([client.modal]).text if client.modal else ""


def presses(office: Office, client: Client, label: str, message: Message) -> None:
    """Press the button of a message that is called so."""
    (way,) = [one for one in read(message.blocks).ways if one.label == label]
    client.presses(way.action, message)
    office.surface.settle()


@pytest.mark.parametrize("where", ["command", "card", "home"])
@pytest.mark.parametrize("trouble", ["too late", "too much", "broken"])
def test_a_form_that_does_not_open_has_a_button_that_opens_it(office: Office, where: str, trouble: str) -> None:
    """Where it was asked for, or in a direct message: nobody is left without a word."""
    chidi = office.client("Chidi")
    chidi.opens_home()
    chidi.writes("todo")
    office.surface.settle()
    card = last(chidi)
    if trouble == "too late":
        office.slack.world.trigger_seconds = 0.0
    else:
        office.slack.faults.add(Fault("rate" if trouble == "too much" else "status", "views.open", status=500))
    if where == "command":
        chidi.commands("ack A-1")
    elif where == "card":
        chidi.presses(ACKNOWLEDGE, card)
    else:
        assert chidi.home is not None
        chidi.presses(ACKNOWLEDGE, chidi.home)
    office.surface.settle()
    assert in_front(chidi) == ""
    instead = last(chidi)
    assert instead is not card
    assert "Acceptable Use" in read(instead.blocks).text
    assert instead.only_for == ("" if where == "home" else chidi.user.id)
    office.slack.world.trigger_seconds = 3.0
    presses(office, chidi, "Acknowledge", instead)
    assert "typed_name" in read(office.slack.world.stack(chidi.user.id)[0].body["blocks"]).questions
    office.slack.log.violations.clear()


def test_what_does_not_open_over_a_view_takes_its_place(office: Office) -> None:
    chidi = office.client("Chidi")
    chidi.opens_home()
    office.surface.settle()
    assert chidi.home is not None
    chidi.presses({"type": "button", "action_id": "policy.list:1", "block_id": "b"}, chidi.home)
    office.surface.settle()
    lists = chidi.modal
    assert lists is not None
    office.slack.faults.add(Fault("status", "views.push", status=500))
    chidi.presses({"type": "button", "action_id": "policy.show:1", "block_id": "b", "value": "POL-1"}, lists)
    office.surface.settle()
    assert office.slack.world.stack(chidi.user.id) == [lists]
    assert "Use things well." in in_front(chidi)


def test_a_form_keeps_room_for_what_opens_from_it(office: Office) -> None:
    """The text of a policy opens over the form about it; what was typed there is still there afterwards."""
    publish(office.stage, "Remote Work", "Lock your screen.")
    chidi = office.client("Chidi")
    chidi.opens_home()
    office.surface.settle()
    assert chidi.home is not None
    chidi.presses({"type": "button", "action_id": "policy.list:1", "block_id": "b"}, chidi.home)
    office.surface.settle()
    for act in ("policy.show", "policy.acknowledge", "policy.show"):
        assert chidi.modal is not None
        chidi.presses({"type": "button", "action_id": f"{act}:1", "block_id": "b", "value": "A-1"}, chidi.modal)
        office.surface.settle()
    _, form, text = office.slack.world.stack(chidi.user.id)
    assert "typed_name" in read(form.body["blocks"]).questions
    assert "Use things well." in of_view([text]).text


def test_an_answer_that_slack_waits_for_no_longer_follows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's by its response_url; a form's by changing its view, which Slack left as it was."""
    monkeypatch.setattr(listening, "LATE", 0.0)
    hand = office.hand("Chidi")
    assert hand.client.commands("").body == b""
    office.surface.settle()
    assert "Acceptable Use" in read(last(hand.client).blocks).text
    form = hand.types("policy ask A-1")
    form.fills(question="").sees("This is needed")
    form.fills(question="May I?")
    office.surface.settle()
    assert "Your question is on its way" in in_front(hand.client)
    assert [call.method for call in office.slack.log.calls][-1] == "views.update"


def test_a_form_that_is_sent_again_counts_once(office: Office) -> None:
    """Slack gave up waiting and Chidi pressed Send once more; another question is another."""
    chidi = office.client("Chidi")
    chidi.commands("policy ask A-1")
    office.surface.settle()
    form = chidi.modal
    assert form is not None
    said = {"question": {"v": {"type": "plain_text_input", "value": "May I?"}}}
    as_it_was = replace(form, body=dict(form.body))
    for _ in range(2):
        chidi.sends(said, as_it_was)
    assert len(office.stage.records("policy.question")) == 1
    chidi.sends({"question": {"v": {"type": "plain_text_input", "value": "And may Bruno?"}}}, as_it_was)
    assert len(office.stage.records("policy.question")) == 2


def test_a_message_that_is_turned_away_is_answered_once(office: Office) -> None:
    """However often Slack sends it: a refusal writes nothing down, and yet it is said once."""
    chidi = office.client("Chidi")
    sven = Client(office.slack, office.slack.world.user(office.surface.team, name="Sven", email="sven@other.example"))
    for client, words, files in (
        (chidi, "people list", []),
        (chidi, "", [("roster.csv", b"employee_id,name\n")]),
        (sven, "todo", []),
    ):
        told = client.writes(words, files)
        for _ in range(3):
            office.slack.run(office.slack.courier.post(told.request, told.headers))
        office.surface.settle()
        answers = [one for one in client.direct.messages if one.by != client.user.id]
        assert len(answers) == (2 if client is chidi and files else 1)


def test_a_refusal_leaves_the_answer_from_which_one_would_try_again(office: Office) -> None:
    ana = office.client("Ana")
    ana.commands("policy list")
    answer = last(ana)
    ana.presses({"type": "button", "action_id": "campaign.pause:1", "block_id": "b", "value": "C-99"}, answer)
    office.surface.settle()
    assert answer.edits == 0
    assert last(ana) is not answer
    assert "C-99" in read(last(ana).blocks).text


def test_what_broke_is_said_wherever_the_person_is(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a direct message and over the home, where a call with a token is needed to say it."""

    def breaks(ctx: Context, thing: Any, answers: Any) -> m.Message:
        raise RuntimeError("the answer to everything")

    chidi = office.client("Chidi")
    chidi.opens_home()
    office.surface.settle()
    shows: Act = REGISTRY.acts()["policy.list"]
    monkeypatch.setitem(REGISTRY.workflow("policy").acts, "policy.list", replace(shows, run=breaks))
    chidi.writes("policy list")
    office.surface.settle()
    assert "Something broke." in read(last(chidi).blocks).text
    assert chidi.home is not None
    chidi.presses({"type": "button", "action_id": "policy.list:1", "block_id": "b"}, chidi.home)
    office.surface.settle()
    assert "Something broke." in in_front(chidi)
