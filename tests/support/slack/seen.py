"""Reads blocks as a person would: what they say, what can be pressed, what can be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.support.seen import Way

Block = dict[str, Any]
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_MARK = re.compile(r"(?<![\w*_~])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*_~])")


@dataclass
class Seen:
    """What blocks show. `cards` are the texts between lines across, `questions` the input blocks."""

    text: str = ""
    title: str = ""
    cards: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    questions: dict[str, Block] = field(default_factory=dict)


def read(blocks: Iterable[Block]) -> Seen:
    """Return what blocks show."""
    seen = Seen(cards=[""])
    for block in blocks:
        if block["type"] == "divider":
            seen.cards.append("")
            continue
        words = " ".join(_words(block))
        seen.cards[-1] = f"{seen.cards[-1]} {words}"
        for way in _ways(block):
            way.card = len(seen.cards) - 1
            seen.ways.append(way)
        if block["type"] == "header":
            seen.title = seen.title or words
        if block["type"] == "input":
            seen.questions[block["block_id"]] = block
    seen.cards = [" ".join(card.split()) for card in seen.cards]
    seen.text = " ".join(card for card in seen.cards if card)
    return seen


def plain(thing: Block | None) -> str:
    """Return the text of a text object, as it is drawn."""
    if thing is None:
        return ""
    text = str(thing["text"])
    if thing["type"] == "mrkdwn":
        text = _LINK.sub(lambda found: found[2] or found[1], _MARK.sub(r"\2", text))
    return unescape(text)


def options(element: Block) -> list[Block]:
    """Return all options of a menu, in groups or not."""
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(one for group in groups for one in group["options"])]


def _words(block: Block) -> list[str]:
    match block["type"]:
        case "header":
            return [plain(block["text"])]
        case "section":
            side = _element(block["accessory"]) if "accessory" in block else []
            return [*(plain(one) for one in (block.get("text"), *block.get("fields", []))), *side]
        case "context":
            return [plain(one) for one in block["elements"] if one["type"] != "image"]
        case "actions":
            return [word for one in block["elements"] for word in _element(one)]
        case "rich_text":
            return [_part(part) for part in block["elements"]]
        case "input":
            return [plain(block["label"]), *_element(block["element"]), plain(block.get("hint"))]
        case "image":
            return [block["alt_text"]]
    raise AssertionError(f"nobody knows how {block['type']} looks")


def _element(element: Block) -> list[str]:
    """Return what an element shows: its label, its options, what stands in it."""
    if element["type"] == "button":
        return [plain(element["text"])]
    beforehand = [str(element[name]) for name in ("initial_value", "initial_date") if name in element]
    if element["type"] == "external_select" and "initial_option" in element:
        beforehand.append(plain(element["initial_option"]["text"]))
    told = [part for one in options(element) for part in (plain(one["text"]), plain(one.get("description")))]
    return [*beforehand, *told]


def _part(part: Block) -> str:
    if part["type"] != "rich_text_list":
        return "".join(_run(one) for one in part["elements"])
    first = part.get("offset", 0) + 1
    said = (_part(one) for one in part["elements"])
    if part["style"] == "ordered":
        return " ".join(f"{number}. {one}" for number, one in enumerate(said, first))
    return " ".join(said)


def _run(one: Block) -> str:
    text = str(one.get("text") or one.get("url") or f":{one.get('name')}:")
    return f"`{text}`" if one.get("style", {}).get("code") else text


def _ways(block: Block) -> list[Way]:
    """Return what can be pressed in a block: buttons, and links within texts."""
    elements = block.get("elements", []) if block["type"] == "actions" else []
    elements = [*elements, block["accessory"]] if "accessory" in block else elements
    found = [
        Way(plain(one["text"]), {**_sent(one), "block_id": block.get("block_id", "")}, one.get("url", ""))
        for one in elements
        if one["type"] == "button"
    ]
    for part in block["elements"] if block["type"] == "rich_text" else []:
        inner = (
            [one for two in part["elements"] for one in two["elements"]] if "list" in part["type"] else part["elements"]
        )
        found += [Way(str(one.get("text", one["url"])), {}, one["url"]) for one in inner if one["type"] == "link"]
    return found


def _sent(button: Block) -> Block:
    """Return a button as Slack sends it back: escapes in its label stay."""
    return {name: button[name] for name in ("type", "action_id", "text", "value", "style") if name in button}
