"""Blocks, and which of them stand on which surface. What is not listed here is a failure: old clients do not know it.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.support.slack.rules import elements as e
from tests.support.slack.rules.rich import PARTS
from tests.support.slack.rules.shape import Rule, flag, items, one_of, problems, text, thing, typed
from tests.support.slack.rules.texts import either, plain

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 13_200  # characters of all text in the blocks of one message
_CHOICES: dict[str, Rule] = {
    "static_select": e.SELECT,
    "multi_static_select": e.SELECT_MANY,
    "external_select": e.EXTERNAL,
    "radio_buttons": e.RADIO,
    "checkboxes": e.CHECKBOXES,
    "datepicker": e.DATE,
}
_PRESSED = {"button": e.BUTTON, **_CHOICES}
_SIDE = typed({"image": e.IMAGE, **_PRESSED})
_SMALL = typed({"image": e.IMAGE, "mrkdwn": either(3000), "plain_text": either(3000)})


def _block(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return thing({"type": one_of(kind), **required}, {"block_id": e.ID, **(optional or {})})


def _question(*more: tuple[str, Rule]) -> Rule:
    asked = typed({"plain_text_input": e.TYPED, **_CHOICES, **dict(more)})
    details = {"hint": plain(2000), "optional": flag, "dispatch_action": flag}
    return _block("input", {"label": plain(2000), "element": asked}, details)


def _section(value: Any, path: str, found: list[str]) -> None:
    parts = {"text": either(3000), "fields": items(either(2000), 10), "accessory": _SIDE, "expand": flag}
    _block("section", {}, parts)(value, path, found)
    if not ("text" in value or "fields" in value):
        found.append(f"{path}: needs text or fields")


_EVERYWHERE: dict[str, Rule] = {
    "section": _section,
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}),
    "context": _block("context", {"elements": items(_SMALL, 10)}),
    "actions": _block("actions", {"elements": items(typed(_PRESSED), 25)}),
    "image": _block("image", {"image_url": text(3000), "alt_text": text(2000)}, {"title": plain(2000)}),
    "rich_text": _block("rich_text", {"elements": PARTS}),
    "input": _question(),
}
MESSAGE = items(typed(_EVERYWHERE), MESSAGE_BLOCKS)
HOME = items(typed(_EVERYWHERE), VIEW_BLOCKS)
MODAL = items(typed({**_EVERYWHERE, "input": _question(("file_input", e.FILE))}), VIEW_BLOCKS)


def wrong_blocks(blocks: Any, surface: Rule, path: str = "blocks") -> list[str]:
    """Return what is wrong with the blocks of a surface: by our rules, and by those of Slack's own library."""
    found = problems(surface, blocks, path)
    if found:
        return found
    return [*_twice(blocks, path), *_by_the_library(blocks, path)]


def message_text(blocks: Any) -> int:
    """Return how many characters the texts of well-formed blocks have in all."""
    return sum(len(one["text"]) for one in things(blocks) if isinstance(one.get("text"), str))


def things(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside blocks, outermost first."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from things(part)
    elif isinstance(value, list):
        for part in value:
            yield from things(part)


def _twice(blocks: list[dict[str, Any]], path: str) -> list[str]:
    """Names must be told apart: blocks on their surface, elements in their block, buttons on their surface."""
    block_ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    buttons = Counter(one["action_id"] for one in things(blocks) if one.get("type") == "button")
    inside = [
        (number, name)
        for number, block in enumerate(blocks)
        for name, times in Counter(one["action_id"] for one in things(block) if "action_id" in one).items()
        if times > 1
    ]
    return [
        *(f"{path}: block_id {name} stands there {times} times" for name, times in block_ids.items() if times > 1),
        *(f"{path}: {times} buttons are called {name}" for name, times in buttons.items() if times > 1),
        *(f"{path}[{number}]: action_id {name} stands there twice" for number, name in inside),
    ]


def _by_the_library(blocks: list[dict[str, Any]], path: str) -> list[str]:
    found = []
    for number, block in enumerate(blocks):
        try:
            known = Block.parse(block)
            if known is None:
                found.append(f"{path}[{number}]: the library does not know it")
            else:
                known.to_dict()
        except SlackObjectFormationError as wrong:
            found.append(f"{path}[{number}]: the library says: {wrong}")
    return found
