"""Modals and homes in front of people."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from tests.support.slack.client import Client
from tests.support.slack.conftest import Api, App
from tests.support.slack.server import Slack
from tests.support.slack.test_rules import QUESTIONS, modal, section

PRESSED = {"type": "button", "action_id": "policy.read:1", "block_id": "b", "value": "A-1"}


def trigger(slack: Slack, user_id: str = "U1") -> str:
    """Return a fresh trigger of somebody."""
    return slack.world.trigger(slack.world.users[user_id])


def test_a_trigger_serves_once_and_for_three_seconds(slack: Slack, api: Api, chidi: Client) -> None:
    fresh, view = trigger(slack), modal(section("a"))
    assert api.call("views.open", trigger_id=fresh, view=view)["ok"] is True
    assert api.call("views.open", trigger_id=fresh, view=view)["error"] == "exchanged_trigger_id"
    assert api.call("views.open", trigger_id="1.2.made-up", view=view)["error"] == "invalid_trigger_id"
    old = trigger(slack)
    slack.world.triggers[old].born = time.monotonic() - 3.1
    assert api.call("views.open", trigger_id=old, view=view)["error"] == "expired_trigger_id"
    assert chidi.modal is not None
    assert slack.log.violations == []


def test_three_modals_at_most(slack: Slack, api: Api, chidi: Client, app: App) -> None:
    api.call("views.open", trigger_id=trigger(slack), view=modal(section("1")))
    for number, error in ((2, None), (3, None), (4, "push_limit_reached")):
        assert chidi.modal is not None
        chidi.presses(PRESSED, chidi.modal)
        pushed = api.call("views.push", trigger_id=app.got[-1]["trigger_id"], view=modal(section(str(number))))
        assert pushed.get("error") == error
    stack = slack.world.stack("U1")
    assert [view.previous_id for view in stack] == ["", stack[0].id, stack[1].id]
    chidi.presses(PRESSED, stack[-1])
    assert api.call("views.open", trigger_id=app.got[-1]["trigger_id"], view=modal(section("5")))["ok"] is False
    assert "push another one or update it" in slack.log.violations[-1]


def test_a_hash_guards_against_crossing_updates(slack: Slack, api: Api) -> None:
    opened = api.call("views.open", trigger_id=trigger(slack), view=modal(section("1")))["view"]
    given = {"view_id": opened["id"], "hash": opened["hash"]}
    assert api.call("views.update", view=modal(section("2")), **given)["ok"] is True
    assert api.call("views.update", view=modal(section("3")), **given)["error"] == "hash_conflict"
    assert api.call("views.update", view=modal(section("3")), view_id="V0")["error"] == "not_found"
    home = {"type": "home", "blocks": [section("owed")]}
    first = api.call("views.publish", user_id="U1", view=home)["view"]
    assert api.call("views.publish", user_id="U1", view=home)["ok"] is True
    assert api.call("views.publish", user_id="U1", view=home, hash=first["hash"])["error"] == "hash_conflict"


def test_what_may_answer_a_form(slack: Slack, api: Api, chidi: Client, app: App) -> None:
    """Errors stand beside questions that were asked; anything that Slack would not understand is written down."""
    answers: list[tuple[dict[str, Any], str]] = [
        ({"response_action": "errors", "errors": {"why": "This is needed."}}, ""),
        ({"response_action": "errors", "errors": {"who": "?"}}, "asked was ['why']"),
        ({"response_action": "update", "view": modal(section("x" * 3001))}, "3001 characters"),
        ({"text": "Thank you"}, "answer no modal"),
        ({"response_action": "update", "view": modal(section("Done"))}, ""),
        ({"response_action": "clear"}, ""),
    ]
    for body, words in answers:
        api.call("views.open", trigger_id=trigger(slack), view=modal(QUESTIONS[0]))
        app.answer = lambda payload, body=body: web.json_response(body)  # type: ignore[misc]
        before = len(slack.log.violations)
        chidi.sends({"why": {"v": {"type": "plain_text_input", "value": "Because"}}})
        assert words in "\n".join(slack.log.violations[before:])
        assert bool(words) == (len(slack.log.violations) > before)
    assert app.got[0]["view"]["state"]["values"]["why"]["v"]["value"] == "Because"
    assert chidi.modal is None
