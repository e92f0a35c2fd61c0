"""Fills in the questions of a modal: answers as a person gives them become the state that Slack sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.slack.seen import options, plain

Block = dict[str, Any]
Suggest = Callable[[Block, str], list[Block]]
Hand = Callable[[str, bytes], Block]


def state(question: Block, answer: Any, suggest: Suggest, hand: Hand) -> Block:
    """Return the state of a question's element with an answer; None stands for what is in it beforehand.

    A word that is none of the options is sent all the same, as a hand-made request would.
    """
    element = question["element"]
    kind = element["type"]
    if answer is None:
        return untouched(element)
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": str(answer) or None}
        case "datepicker":
            return {"type": kind, "selected_date": str(answer) or None}
        case "radio_buttons" | "static_select":
            return {"type": kind, "selected_option": _one(options(element), str(answer))}
        case "external_select":
            found = suggest(question, str(answer)) if answer else []
            exact = [one for one in found if plain(one["text"]) == answer]
            fitting = exact or found
            return {"type": kind, "selected_option": fitting[0] if len(fitting) == 1 else _one([], str(answer))}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": _several(options(element), answer)}
        case "file_input":
            return {"type": kind, "files": [hand(*answer)] if answer else []}
    raise AssertionError(f"nobody knows how to fill {kind}")


def untouched(element: Block) -> Block:
    """Return the state of an element in which nobody changed anything."""
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": element.get("initial_value")}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "radio_buttons" | "static_select" | "external_select":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
    return {"type": kind, "files": []}


def _several(there: list[Block], answer: Any) -> list[Block]:
    if isinstance(answer, bool):
        return there[:1] if answer else []
    wanted = answer if isinstance(answer, list | tuple) else str(answer).split(",")
    return [chosen for one in wanted if one and (chosen := _one(there, str(one).strip()))]


def _one(there: list[Block], answer: str) -> Block | None:
    if not answer:
        return None
    made_up = {"text": {"type": "plain_text", "text": answer[:75]}, "value": answer}
    fitting = (one for one in there if answer in (one["value"], plain(one["text"])))
    return next(fitting, made_up)
