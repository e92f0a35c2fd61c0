"""Fills in the inputs of a card: answers as a person gives them become the texts that Teams sends."""

from __future__ import annotations

from typing import Any

Element = dict[str, Any]


def state(question: Element, answer: Any) -> str:
    """Return what Teams sends for an input; None stands for what is in it beforehand.

    A word that is none of the choices is sent all the same, as a hand-made request would.
    """
    if answer is None:
        return str(question.get("value", question.get("valueOff", "false") if _toggles(question) else ""))
    if _toggles(question):
        ticked = answer is True or str(answer).lower() in ("true", "on", "1", "yes")
        return str(question.get("valueOn", "true") if ticked else question.get("valueOff", "false"))
    if question["type"] == "Input.ChoiceSet":
        wanted = answer if isinstance(answer, list | tuple) else _parts(question, answer)
        return ",".join(_choice(question, str(one).strip()) for one in wanted)
    return str(answer)


def _toggles(question: Element) -> bool:
    return bool(question["type"] == "Input.Toggle")


def _parts(question: Element, answer: Any) -> list[str]:
    if isinstance(answer, bool):
        return [question["choices"][0]["value"]] if answer else []
    text = str(answer)
    return text.split(",") if question.get("isMultiSelect") else [text]


def _choice(question: Element, answer: str) -> str:
    fitting = (one["value"] for one in question["choices"] if answer in (one["value"], one["title"]))
    return str(next(fitting, answer))
