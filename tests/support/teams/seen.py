"""Reads cards as a person would: what they say, what can be pressed, what can be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.seen import Way as AnyWay

Element = dict[str, Any]
_MARK = re.compile(r"\*\*|__|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")


class Way(AnyWay):
    """Something to press in Teams."""

    @property
    def sends(self) -> bool:
        """Whether it sends what was filled in."""
        return not self.url and self.action.get("associatedInputs", "auto") == "auto"


@dataclass
class Seen:
    """What a card shows. `cards` are the texts between lines across, `questions` the inputs by name."""

    title: str = ""
    cards: list[str] = field(default_factory=lambda: [""])
    ways: list[Way] = field(default_factory=list)
    questions: dict[str, Element] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that can be read."""
        return " ".join(" ".join(self.cards).split())


def read(card: Element) -> Seen:
    """Return what a card shows."""
    seen = Seen()
    below = [{"type": "ActionSet", "actions": card["actions"]}] if "actions" in card else []
    for element in [*card.get("body", []), *below]:
        if element.get("separator") and element.get("spacing") == "Large":
            seen.cards.append("")
        words = " ".join(_words(element))
        seen.title = seen.title or words
        seen.cards[-1] = " ".join(f"{seen.cards[-1]} {words}".split())
        for way in _ways(element):
            way.card = len(seen.cards) - 1
            seen.ways.append(way)
        for asked in _inputs(element):
            seen.questions[asked["id"]] = asked
    return seen


def _words(element: Element) -> list[str]:
    match element["type"]:
        case "TextBlock":
            return [_MARK.sub("", element["text"])]
        case "RichTextBlock":
            return ["".join(_run(one) for one in element["inlines"])]
        case "Container" | "Column":
            return [word for one in element.get("items", []) for word in _words(one)]
        case "ColumnSet":
            return [word for one in element["columns"] for word in _words({"type": "Column", **one})]
        case "FactSet":
            return [f"{one['title']} {one['value']}" for one in element["facts"]]
        case "ActionSet":
            return [one["title"] for one in element["actions"]]
        case "Table":
            return [
                word
                for row in element["rows"]
                for cell in row["cells"]
                for one in cell["items"]
                for word in _words(one)
            ]
        case "Image":
            return [element.get("altText", "")]
        case kind if kind.startswith("Input."):
            return _input(element)
    raise AssertionError(f"nobody knows how {element['type']} looks")


def _run(one: Any) -> str:
    if isinstance(one, str):
        return one
    return f"`{one['text']}`" if str(one.get("fontType")).lower() == "monospace" else str(one["text"])


def _input(element: Element) -> list[str]:
    """Return what an input shows: its label, its choices, what stands in it."""
    told = [element.get("label", ""), element.get("title", "")]
    if element["type"] in ("Input.Text", "Input.Date", "Input.Number"):
        told.append(str(element.get("value", "")))
    return [part for part in (*told, *(one["title"] for one in element.get("choices", []))) if part]


def _ways(element: Element) -> Iterator[Way]:
    """Yield what can be pressed: buttons, and links within texts."""
    for action in element.get("actions", []):
        yield Way(action["title"], action, action.get("url", ""))
    for one in element.get("inlines", []):
        if isinstance(one, dict) and "selectAction" in one:
            yield Way(one["text"], one["selectAction"], one["selectAction"].get("url", ""))
    for part in (*element.get("items", []), *element.get("columns", [])):
        yield from _ways(part)


def _inputs(element: Element) -> Iterator[Element]:
    if str(element.get("type", "")).startswith("Input."):
        yield element
    for part in (*element.get("items", []), *element.get("columns", [])):
        yield from _inputs(part)
