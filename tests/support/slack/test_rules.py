"""The stand-in refuses what Slack refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.slack.rules.surfaces import wrong_message, wrong_view

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Read"}, "action_id": "policy.read:1"}


def section(text: str) -> dict[str, Any]:
    """A section with a text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(kind: str, **parts: Any) -> dict[str, Any]:
    """Return a rich text with one element."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": kind, **parts}]}]}


def asked(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A question."""
    label = {"type": "plain_text", "text": "Why"}
    return {"type": "input", "block_id": "why", "label": label, "element": {"action_id": "v", **element}, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal with a button to send it."""
    words = {"title": {"type": "plain_text", "text": "Why"}, "submit": {"type": "plain_text", "text": "Send"}}
    return {"type": "modal", **words, "blocks": list(blocks), **more}


def options(number: int) -> list[dict[str, Any]]:
    """So many options."""
    return [{"text": {"type": "plain_text", "text": f"No {one}"}, "value": str(one)} for one in range(number)]


GOOD = [
    [section("Use *things* well. <https://comply.example/a?b=1|Open> &amp; &lt;read&gt;")],
    [{"type": "header", "text": {"type": "plain_text", "text": "T", "emoji": True}}, {"type": "divider"}],
    [{"type": "actions", "elements": [BUTTON, {**BUTTON, "action_id": "b:2", "style": "primary", "value": "A-1"}]}],
    [{"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]}],
    [section("x" * 3000) for _ in range(4)],
    [rich("text", text="<!channel> & so on", style={"bold": True})],
    [rich("link", url="https://comply.example/", text="Open")],
    [{"type": "section", "fields": [{"type": "mrkdwn", "text": "y" * 1000}] * 10}],
]
BAD = {
    "user' is none of": [rich("user", user_id="U1")],
    "broadcast' is none of": [rich("broadcast", range="channel")],
    "must be an address": [rich("link", url="javascript:alert(1)")],
    "text: 0 characters": [rich("text", text="")],
    "alert": [{"type": "alert", "text": {"type": "mrkdwn", "text": "!"}, "level": "info"}],
    "none of": [{"type": "data_table", "rows": []}],
    "unknown key": [{**section("a"), "colour": "red"}],
    "needs text or fields": [{"type": "section"}],
    "must be 1 to 3000": [section("x" * 3001)],
    "0 characters": [section("")],
    "must be 1 to 150": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "must be 1 to 75": [
        {"type": "actions", "elements": [{**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}]}
    ],
    "must be 1 to 2000": [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
    "must be 1 to 255": [{"type": "actions", "elements": [{**BUTTON, "action_id": "x" * 256}]}],
    "type 'mrkdwn' is none of plain_text": [{"type": "header", "text": {"type": "mrkdwn", "text": "T"}}],
    "must be 1 to 25": [{"type": "actions", "elements": [{**BUTTON, "action_id": str(n)} for n in range(26)]}],
    "must be 1 to 50": [{"type": "divider"}] * 51,
    "& is not escaped in 'You": [section("You & I")],
    "< is not escaped": [section("<!channel> wake up")],
    "> is not escaped": [section("a > b")],
    "not escaped in '<@U1>": [section("<@U1>")],
    "buttons are called": [{"type": "actions", "elements": [BUTTON]}, {"type": "actions", "elements": [BUTTON]}],
    "stands there 2 times": [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
    "an address of a web page": [{"type": "actions", "elements": [{**BUTTON, "url": "/go/todo"}]}],
    "characters in blocks": [section("x" * 2900) for _ in range(5)],
}


@pytest.mark.parametrize("blocks", GOOD)
def test_what_slack_takes(blocks: list[dict[str, Any]]) -> None:
    assert wrong_message({"text": "T", "blocks": blocks}) == ("", [])


@pytest.mark.parametrize("words", BAD)
def test_what_slack_refuses(words: str) -> None:
    code, found = wrong_message({"text": "T", "blocks": BAD[words]})
    assert code in ("invalid_blocks", "msg_blocks_too_long")
    assert words in "\n".join(found)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "no_text"),
        ({"text": " ", "blocks": [section("a")]}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "<@U1>"}, "invalid_arguments"),
        ({"text": "a", "metadata": {"event_type": "copy"}}, "invalid_metadata_format"),
        ({"text": "a", "metadata": {"event_type": "a copy", "event_payload": {}}}, "invalid_metadata_format"),
        ({"text": "a", "metadata": {"event_type": "copy", "event_payload": {"a": "x" * 9000}}}, "metadata_too_large"),
    ],
)
def test_messages_that_are_refused(said: dict[str, Any], code: str) -> None:
    assert wrong_message(said)[0] == code


QUESTIONS = [
    asked({"type": "plain_text_input", "multiline": True, "max_length": 3000, "initial_value": "a < b"}),
    asked({"type": "radio_buttons", "options": options(10), "initial_option": options(10)[3]}),
    asked({"type": "checkboxes", "options": options(1)}, optional=True),
    asked({"type": "static_select", "options": options(100)}),
    asked({"type": "multi_static_select", "option_groups": [{"label": BUTTON["text"], "options": options(100)}]}),
    asked({"type": "external_select", "min_query_length": 1}),
    asked({"type": "datepicker", "initial_date": "2026-11-23"}),
    asked({"type": "file_input", "filetypes": ["csv"], "max_files": 1}),
]
WRONG_VIEWS = {
    "at most 250000": modal(*[section("é" * 3000)] * 20),
    "must be 1 to 24": modal(section("a"), title={"type": "plain_text", "text": "x" * 25}),
    "must be 0 to 3000": modal(section("a"), private_metadata="x" * 3001),
    "must be 1 to 100": modal(*[{"type": "divider"}] * 101),
    "must be 1 to 10": modal(asked({"type": "radio_buttons", "options": options(11)})),
    "101 items": modal(asked({"type": "static_select", "options": options(101)})),
    "is no option": modal(asked({"type": "static_select", "options": options(2), "initial_option": options(3)[2]})),
    "one value": modal(asked({"type": "checkboxes", "options": options(1) * 2})),
    "longer than max_length": modal(asked({"type": "plain_text_input", "max_length": 2, "initial_value": "abc"})),
    "must be a day": modal(asked({"type": "datepicker", "initial_date": "fri"})),
    "is needed where something": {"type": "modal", "title": BUTTON["text"], "blocks": [QUESTIONS[0]]},
    "either options or option_groups": modal(asked({"type": "static_select"})),
}


def test_forms_that_slack_takes() -> None:
    for question in QUESTIONS:
        assert wrong_view(modal(question), "modal") == ("", [])


@pytest.mark.parametrize("words", WRONG_VIEWS)
def test_forms_that_slack_refuses(words: str) -> None:
    code, found = wrong_view(WRONG_VIEWS[words], "modal")
    assert code in ("invalid_arguments", "view_too_large")
    assert words in "\n".join(found)


def test_a_home_is_no_modal() -> None:
    home = {"type": "home", "blocks": [section("a")]}
    assert wrong_view(home, "home") == ("", [])
    assert wrong_view(home, "modal")[0] == "invalid_arguments"
    assert "unknown key submit" in str(wrong_view({**home, "submit": BUTTON["text"]}, "home"))
    assert "file_input" in str(wrong_view({"type": "home", "blocks": [QUESTIONS[-1]]}, "home"))
