"""Whole surfaces: a message, a modal, a home. Each function returns what is wrong, empty where Slack would take it."""

from __future__ import annotations

import json
import re
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from tests.support.slack.rules.blocks import HOME, MESSAGE, MESSAGE_TEXT, MODAL, message_text, things, wrong_blocks
from tests.support.slack.rules.shape import anything, flag, one_of, problems, text, thing
from tests.support.slack.rules.texts import escaped, plain

VIEW_BYTES = 250_000
METADATA_BYTES = 8_000
_COMMON = {
    "type": one_of("modal", "home"),
    "blocks": anything,
}
_NAMES = {"private_metadata": text(3000, 0), "callback_id": text(255), "external_id": text(255)}
_MODAL = thing(
    {**_COMMON, "title": plain(24)},
    {**_NAMES, "close": plain(24), "submit": plain(24), "clear_on_close": flag, "notify_on_close": flag},
)
_HOME = thing(_COMMON, _NAMES)


def wrong_message(said: dict[str, Any], most: int = 40_000) -> tuple[str, list[str]]:
    """Return (Slack's error code, what is wrong) for the text, blocks and metadata of a message; ("", []) for none."""
    words, blocks = said.get("text"), said.get("blocks")
    if blocks is not None:
        found = wrong_blocks(blocks, MESSAGE)
        if found:
            return "invalid_blocks", found
        if message_text(blocks) > MESSAGE_TEXT:
            return "msg_blocks_too_long", [f"{message_text(blocks)} characters in blocks, at most {MESSAGE_TEXT}"]
    if not isinstance(words, str) or not words.strip():
        return "no_text", ["text: is needed for notifications and screen readers, whatever the blocks say"]
    if len(words) > most:
        return "msg_too_long", [f"text: {len(words)} characters, at most {most}"]
    found = []
    escaped(words, "text", found)
    return ("invalid_arguments", found) if found else wrong_metadata(said.get("metadata"))


def wrong_metadata(metadata: Any) -> tuple[str, list[str]]:
    """Return (code, what is wrong) for the metadata of a message."""
    if metadata is None:
        return "", []
    found = problems(thing({"event_type": text(255), "event_payload": anything}), metadata, "metadata")
    if not found and not re.fullmatch(r"[A-Za-z_]\w*", metadata["event_type"]):
        found.append("metadata.event_type: letters, digits and underscores")
    if not found and not isinstance(metadata["event_payload"], dict):
        found.append("metadata.event_payload: must be an object")
    if found:
        return "invalid_metadata_format", found
    size = len(json.dumps(metadata).encode())
    return ("metadata_too_large", [f"metadata: {size} bytes"]) if size > METADATA_BYTES else ("", [])


def wrong_view(view: Any, kind: str) -> tuple[str, list[str]]:
    """Return (code, what is wrong) for a view of `kind` "modal" or "home"."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return "invalid_arguments", [f"view: type must be {kind}"]
    size = len(json.dumps(view).encode())
    if size > VIEW_BYTES:
        return "view_too_large", [f"view: {size} bytes, at most {VIEW_BYTES}"]
    found = problems(_MODAL if kind == "modal" else _HOME, view, "view")
    found = found or wrong_blocks(view["blocks"], MODAL if kind == "modal" else HOME, "view.blocks")
    found = found or [*_questions(view), *_by_the_library(view)]
    return ("invalid_arguments", found) if found else ("", [])


def _questions(view: dict[str, Any]) -> list[str]:
    asked = [block for block in view["blocks"] if block["type"] == "input"]
    found = []
    if asked and view["type"] == "modal" and "submit" not in view:
        found.append("view.submit: is needed where something is asked")
    if sum(1 for one in things(view["blocks"]) if one.get("focus_on_load")) > 1:
        found.append("view.blocks: only one element can be in focus")
    return found


def _by_the_library(view: dict[str, Any]) -> list[str]:
    try:
        View(**view).to_dict()
    except SlackObjectFormationError as wrong:
        return [f"view: the library says: {wrong}"]
    return []
