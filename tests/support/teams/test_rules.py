"""The stand-in refuses what Teams refuses, and what would not be shown as it is meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.teams.rules.activities import wrong_activity, wrong_dialog, wrong_press
from tests.support.teams.rules.cards import wrong_card
from tests.support.teams.world import CARD

SUBMIT = {"type": "Action.Submit", "title": "Send", "data": {"act": "todo"}}
EXECUTE = {"type": "Action.Execute", "title": "Send", "verb": "do", "data": {"act": "todo"}, "fallback": SUBMIT}
WORDS = {"type": "TextBlock", "text": "Read this", "wrap": True}
CHOICES = [{"title": "Yes", "value": "yes"}, {"title": "No", "value": "no"}]


def card(*body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a card."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def buttons(*actions: dict[str, Any]) -> dict[str, Any]:
    """Return a set of actions."""
    return {"type": "ActionSet", "actions": list(actions)}


GOOD = (
    card(WORDS, buttons(EXECUTE)),
    card({"type": "RichTextBlock", "inlines": ["a", {"type": "TextRun", "text": "b", "weight": "Bolder"}]}),
    card({"type": "ColumnSet", "columns": [{"type": "Column", "width": "stretch", "items": [WORDS]}]}),
    card({"type": "Input.ChoiceSet", "id": "a", "choices": CHOICES, "isMultiSelect": True, "value": "yes,no"}),
    card(
        {"type": "Input.Date", "id": "a", "value": "2026-11-23"}, {"type": "Input.Toggle", "id": "b", "title": "I do"}
    ),
    card(WORDS, actions=[{**SUBMIT, "data": {"msteams": {"type": "task/fetch"}}, "associatedInputs": "none"}]),
)
BAD: dict[str, Any] = {
    "no object": [],
    "no body": card(),
    "a version that phones do not draw": card(WORDS, version="1.6"),
    "an element nobody knows": card({"type": "Video"}),
    "an element of 1.6": card({"type": "CodeBlock", "codeSnippet": "x"}),
    "a property nobody knows": card({**WORDS, "markdown": True}),
    "a size nobody knows": card({**WORDS, "size": "Huge"}),
    "words that are a number": card({**WORDS, "text": 7}),
    "no words": card({"type": "TextBlock", "wrap": True}),
    "words that are cut off": card({"type": "TextBlock", "text": "Read this"}),
    "empty rich text": card({"type": "RichTextBlock", "inlines": []}),
    "an empty run": card({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": ""}]}),
    "a universal action without a fallback": card(buttons({**EXECUTE, "fallback": "drop"})),
    "a fallback that does something else": card(buttons({**EXECUTE, "data": {"act": "other"}})),
    "data that are a text": card(buttons({**SUBMIT, "data": "todo"})),
    "a button without words": card(buttons({**SUBMIT, "title": ""})),
    "an empty set": card(buttons()),
    "seven actions": card(buttons(*[SUBMIT] * 7)),
    "a link that is a script": card(buttons({"type": "Action.OpenUrl", "title": "Go", "url": "javascript:alert(1)"})),
    "a link within words that is none": card(
        {
            "type": "RichTextBlock",
            "inlines": [{"type": "TextRun", "text": "x", "selectAction": {"type": "Action.OpenUrl", "url": "/x"}}],
        }
    ),
    "two inputs of one name": card({"type": "Input.Text", "id": "a"}, {"type": "Input.Text", "id": "a"}),
    "an input without a name": card({"type": "Input.Text"}),
    "a day that is none": card({"type": "Input.Date", "id": "a", "value": "tomorrow"}),
    "a choice that is none": card({"type": "Input.ChoiceSet", "id": "a", "choices": CHOICES, "value": "maybe"}),
    "no choices": card({"type": "Input.ChoiceSet", "id": "a", "choices": []}),
    "two choices alike": card({"type": "Input.ChoiceSet", "id": "a", "choices": [CHOICES[0]] * 2}),
    "a toggle that is neither": card({"type": "Input.Toggle", "id": "a", "title": "x", "value": "True"}),
    "more than may be typed": card({"type": "Input.Text", "id": "a", "maxLength": 2, "value": "abc"}),
    "25 KB": card(*[{**WORDS, "text": "x" * 1_000}] * 24),
}


@pytest.mark.parametrize("one", GOOD)
def test_good_cards_are_taken(one: dict[str, Any]) -> None:
    assert wrong_card(one) == []


@pytest.mark.parametrize("name", BAD)
def test_bad_cards_are_not(name: str) -> None:
    assert wrong_card(BAD[name])


def test_a_dialog_knows_only_one_kind_of_action() -> None:
    assert wrong_card(card(WORDS, buttons(SUBMIT)), dialog=True) == []
    assert wrong_card(card(WORDS, buttons(EXECUTE)), dialog=True)
    assert wrong_card(card(buttons({**SUBMIT, "data": {"msteams": {"type": "task/fetch"}}})), dialog=True)


def test_what_answers_a_press_and_a_dialog() -> None:
    content = card(WORDS)
    assert wrong_press({"statusCode": 200, "type": CARD, "value": content}) == []
    assert wrong_press({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "No."}) == []
    for answer in (None, {}, {"status": 200, "body": content}, {"statusCode": 200, "type": CARD, "value": {}}):
        assert wrong_press(answer), answer
    info = {"title": "Ask", "height": "medium", "width": "medium", "card": {"contentType": CARD, "content": content}}
    assert wrong_dialog({"task": {"type": "continue", "value": info}}) == []
    assert wrong_dialog({"task": {"type": "message", "value": "Done."}}) == []
    assert wrong_dialog(None) == []
    for change in ({"title": ""}, {"height": "tall"}, {"card": content}, {"url": "https://evil.example"}):
        assert wrong_dialog({"task": {"type": "continue", "value": {**info, **change}}}), change


def test_what_a_bot_says() -> None:
    whole = {"type": "message", "summary": "Read", "attachments": [{"contentType": CARD, "content": card(WORDS)}]}
    assert wrong_activity(whole) == []
    assert wrong_activity({"type": "message", "text": "Hello"}) == []
    changes: tuple[dict[str, Any], ...] = (
        {"type": "invoke"},
        {"summary": ""},
        {"attachments": [{}]},
        {"attachments": []},
        {"buttons": []},
    )
    for change in changes:
        assert wrong_activity({**whole, **change}), change
