"""Who changes a button or a form in Slack, or sends somebody else's: it does what its sender may."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.attacks.kept import ASK, nothing_changes
from tests.attacks.slack import answers, send
from tests.support.slack import payloads
from tests.support.slack.client import Client
from tests.support.slack.deliver import Delivered
from tests.support.slack.office import Office
from tests.support.slack.world import User, View


def presses(office: Office, client: Client, action_id: str, value: str) -> Delivered:
    """Press a button with this id and value on a command's answer."""
    client.commands("help")
    message = client.direct.messages[-1]
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
    return client.presses(action, message)


TAMPERED: tuple[tuple[str, str], ...] = (
    ("policy.acknowledge:1", "A-1"),  # Chidi's, in Callum's hands
    ("policy.ask:1", "A-1"),
    ("policy.approve:1", "POL-1v1"),
    ("people.import:1", ""),
    ("people.reverse:1", "IMP-1"),
    ("campaign.launch:1", "C-1"),
    ("workspace.disconnect:1", "W-1"),
    ("policy.acknowledge", "A-1"),
    ("policy.acknowledge:1:2:3", "A-999999999999999999999"),
    ("policy.acknowledge:1", "A-1' or 1=1 --"),
    ("policy.acknowledge:1", "\u202e\x00A-1"),
    ("policy.acknowledge:1", "x" * 2000),
    ("no.such:1", "A-1"),
    ("", ""),
    (":", ":"),
    ("...", "..."),
    (".page:2", "2\npolicy.acknowledge\nA-1"),
    (".page:2", f"2\nwords:{ASK}"),
    (".page:2", "-1\nwords:campaign launch C-1"),
    (".page:2", "99999\nwords:todo"),
    (".page:2", ""),
    (".form:0", f"words:{ASK}"),
    (".form:0", "words:workspace disconnect W-1 because"),
    (".form:0", "policy.approve\nPOL-1v1"),
    (".form:0", "words:" + "x" * 1900),
    (".link:1", "https://evil.example"),
    (".other:1", "x"),
)


@pytest.mark.parametrize(("action_id", "value"), TAMPERED)
def test_a_changed_button_does_what_its_presser_may(office: Office, action_id: str, value: str) -> None:
    """Callum presses what was never drawn for him: it looks at most, and never at what is others'."""
    callum = office.client("Callum")
    callum.commands("help")
    with nothing_changes(office):
        assert presses(office, callum, action_id, value).status == 200
        assert "Chidi" not in str(callum.direct.messages) + str(office.slack.world.stack(callum.user.id))
    assert office.stage.records() == []


def form_of(office: Office, name: str, words: str) -> tuple[Client, View]:
    """Return a form that somebody has in front of them."""
    hand = office.hand(name)
    hand.types(words)
    view = hand.client.modal
    assert view is not None
    return hand.client, view


def sends(office: Office, user: User, view: View, **remembered: Any) -> Delivered:
    """Send a form with another memory than it was drawn with."""
    payload = payloads.submitted(office.slack.world, user, view, answers())
    payload["view"]["private_metadata"] = json.dumps({**json.loads(view.body["private_metadata"]), **remembered})
    return send(office, payload)


def test_a_form_in_other_hands_is_worth_nothing(office: Office) -> None:
    """Callum sends Chidi's form as it is, and his own with Chidi's target: he is asked who he is each time."""
    _, view = form_of(office, "Chidi", "policy ask A-1")
    callum = office.client("Callum").user
    with nothing_changes(office):
        assert "nothing like that" in sends(office, callum, view).body.decode()
        for act in ("policy.acknowledge", "policy.approve", "people.import", "workspace.disconnect", "campaign.launch"):
            got = sends(office, callum, view, act=act)
            assert got.status == 200
            assert got.json()["response_action"] == "update"


CHANGED: tuple[dict[str, Any], ...] = (
    {"shown": "0" * 64},
    {"shown": ""},
    {"target": "A-2"},
    {"act": "policy.acknowledge"},
    {"act": "no.such"},
    {"act": ""},
    {"act": 7},
    {"page": -3},
    {"page": 10**30},
    {"page": True},
    {"answers": {"question": ["x"]}, "shown": "x"},
    {"answers": "x", "shown": "x"},
    {"words": ASK, "act": ""},
    {"root": "x" * 2000, "shown": "x"},
)


@pytest.mark.parametrize("remembered", CHANGED)
def test_a_form_that_remembers_something_else_is_asked_again(office: Office, remembered: dict[str, Any]) -> None:
    """What was shown must be what is answered; whatever else a view says of itself decides nothing."""
    client, view = form_of(office, "Chidi", "policy ask A-1")
    if set(remembered) & {"page"}:
        assert sends(office, client.user, view, **remembered).status == 200
        assert len(office.stage.records("policy.question")) == 1, "its page is only a matter of drawing"
        return
    with nothing_changes(office):
        got = sends(office, client.user, view, **remembered)
        assert got.status == 200
        assert got.body


def test_a_form_sent_twice_counts_once(office: Office) -> None:
    """Also where the second copy comes with another signature, as a new request of the same gesture."""
    client, view = form_of(office, "Chidi", "policy ask A-1")
    payload = payloads.submitted(office.slack.world, client.user, view, answers())
    for _ in range(3):
        assert send(office, payload).status == 200
    assert len(office.stage.records("policy.question")) == 1
