"""Finds what is wrong with what a bot sends: activities, and the answers to presses and dialogs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.teams.rules.cards import wrong_card
from tests.support.teams.world import CARD

WORDS = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
MOST_BYTES = 28 * 1024  # of a message; beyond it Teams answers 413
KNOWN = {
    "type", "id", "text", "textFormat", "summary", "attachments", "attachmentLayout", "entities", "channelData",
    "replyToId", "from", "recipient", "conversation", "channelId", "serviceUrl", "locale", "importance", "inputHint",
    "suggestedActions", "value", "name", "timestamp",
}  # fmt: skip
SIZES = ("small", "medium", "large")
DIALOG_TITLE = 80


def wrong_activity(activity: Any) -> list[str]:
    """Return what is wrong with a message that a bot sends."""
    if not isinstance(activity, dict):
        return ["activity: is no object"]
    return list(_activity(activity))


def too_big(activity: Any) -> bool:
    """Return whether Teams would not take it."""
    return len(json.dumps(activity, ensure_ascii=False).encode()) > MOST_BYTES


def _activity(activity: dict[str, Any]) -> Iterator[str]:
    if activity.get("type") not in ("message", "typing"):
        yield f"activity: nobody shows type {activity.get('type')!r}"
    yield from (f"activity: nobody knows {name}" for name in sorted(activity.keys() - KNOWN))
    text, attachments = activity.get("text", ""), activity.get("attachments", [])
    if not isinstance(text, str) or not isinstance(activity.get("summary", ""), str):
        yield "activity: text or summary is no text"
    if not isinstance(attachments, list):
        yield "activity: attachments are no list"
        return
    if activity.get("type") == "message" and not attachments and not str(text).strip():
        yield "activity: says nothing"
    if attachments and not activity.get("summary"):
        yield "activity: a notification of it would say nothing, summary is missing"
    for number, one in enumerate(attachments):
        if not isinstance(one, dict) or one.get("contentType") != CARD:
            yield f"attachments[{number}]: is no Adaptive Card"
            continue
        yield from (f"attachments[{number}]: nobody knows {name}" for name in one.keys() - {"contentType", "content"})
        yield from (f"attachments[{number}]: {problem}" for problem in wrong_card(one.get("content")))


def wrong_press(answer: Any) -> list[str]:
    """Return what is wrong with the answer to a press of a universal action."""
    if not isinstance(answer, dict) or set(answer) != {"statusCode", "type", "value"}:
        return ["answer to a press: must have statusCode, type and value"]
    if answer["type"] == CARD:
        bad = [] if answer["statusCode"] == 200 else ["answer to a press: a card comes with 200"]
        return bad + wrong_card(answer["value"])
    if answer["type"] == WORDS:
        return [] if isinstance(answer["value"], str) and answer["value"].strip() else ["answer to a press: no words"]
    if answer["type"] == ERROR:
        return [] if answer["statusCode"] in (400, 500) else ["answer to a press: an error has 400 or 500"]
    return [f"answer to a press: nobody knows {answer['type']!r}"]


def wrong_dialog(answer: Any) -> list[str]:
    """Return what is wrong with what a dialog is to show next; an empty answer closes it."""
    if answer in (None, {}):
        return []
    task = answer.get("task") if isinstance(answer, dict) else None
    if not isinstance(task, dict) or set(task) != {"type", "value"} or set(answer) != {"task"}:
        return ["answer to a dialog: must have a task of type and value"]
    if task["type"] == "message":
        return [] if isinstance(task["value"], str) and task["value"].strip() else ["answer to a dialog: no words"]
    if task["type"] != "continue" or not isinstance(task["value"], dict):
        return ["answer to a dialog: neither continue nor message"]
    return list(_task(task["value"]))


def _task(info: dict[str, Any]) -> Iterator[str]:
    yield from (f"dialog: nobody knows {name}" for name in info.keys() - {"title", "height", "width", "card"})
    title = info.get("title")
    if not isinstance(title, str) or not 0 < len(title) <= DIALOG_TITLE:
        yield "dialog: needs a title that fits"
    for name in ("height", "width"):
        if info.get(name, "small") not in SIZES and not isinstance(info[name], int):
            yield f"dialog: {name} is {info[name]!r}"
    card = info.get("card")
    if not isinstance(card, dict) or card.get("contentType") != CARD:
        yield "dialog: has no card"
        return
    yield from wrong_card(card.get("content"), dialog=True)
