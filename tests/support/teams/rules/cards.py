"""Finds what is wrong with an Adaptive Card for Teams: the schema up to 1.5, and what Teams wants beyond it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from tests.support.teams.rules import table
from tests.support.teams.rules.table import ANY, LIST, OBJECT, TEXT, WHOLE, YES, Sort, Type

MOST_BYTES = 24_000
MOST_ACTIONS = 6
VERSIONS = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def wrong_card(card: Any, *, dialog: bool = False) -> list[str]:
    """Return what is wrong with a card, in a chat or in a dialog; nothing where Teams shows it as it is meant."""
    if not isinstance(card, dict):
        return ["card: is no object"]
    found = list(_card(card, dialog))
    ids = Counter(one.get("id") for one in elements(card) if str(one.get("type", "")).startswith("Input."))
    found += [f"two inputs are called {name!r}" for name, times in ids.items() if times > 1]
    size = len(json.dumps(card, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        found.append(f"card: has {size} bytes, {MOST_BYTES} fit")
    return found


def elements(card: Any) -> Iterator[dict[str, Any]]:
    """Yield everything inside a card that has a type, the card first; fallbacks are not drawn, so they are left out."""
    if isinstance(card, dict):
        if "type" in card:
            yield card
        for name, part in card.items():
            if name not in ("fallback", "data"):
                yield from elements(part)
    elif isinstance(card, list):
        for part in card:
            yield from elements(part)


def _card(card: dict[str, Any], dialog: bool) -> Iterator[str]:
    yield from _shape(card, table.ADAPTIVE_CARD, "card")
    if card.get("type") != "AdaptiveCard":
        yield "card: its type must be AdaptiveCard"
    if card.get("version") not in VERSIONS:
        yield f"card: version {card.get('version')!r} is not drawn everywhere"
    if not card.get("body"):
        yield "card: is empty"
    yield from _elements(card.get("body", []), "body", dialog)
    yield from _actions(card.get("actions", []), "actions", dialog)


def _elements(found: Any, at: str, dialog: bool) -> Iterator[str]:
    for number, one in enumerate(found if isinstance(found, list) else []):
        yield from _element(one, f"{at}[{number}]", dialog)


def _element(one: Any, at: str, dialog: bool) -> Iterator[str]:
    kind = table.ELEMENTS.get(str(one.get("type"))) if isinstance(one, dict) else None
    if kind is None:
        yield f"{at}: is no element of a card"
        return
    at = f"{at} {one['type']}"
    yield from _shape(one, kind, at)
    if one["type"].startswith("Input."):
        yield from _input(one, at)
    else:
        yield from _inside(one, at, dialog)
    if "selectAction" in one:
        yield from _action(one["selectAction"], f"{at}.selectAction", dialog)


def _inside(one: dict[str, Any], at: str, dialog: bool) -> Iterator[str]:
    match one["type"]:
        case "TextBlock":
            if one.get("wrap") is not True:
                yield f"{at}: would be cut off, wrap is missing"
        case "RichTextBlock":
            yield from _inlines(one.get("inlines"), at, dialog)
        case "Container":
            yield from _elements(one.get("items"), at, dialog)
        case "ColumnSet":
            yield from _columns(one.get("columns", []), at, dialog)
        case "FactSet":
            yield from _all(one.get("facts"), table.FACT, at)
        case "ActionSet":
            yield from _actions(one.get("actions"), at, dialog)
        case "Table":
            yield from _table(one, at, dialog)


def _input(one: dict[str, Any], at: str) -> Iterator[str]:
    match one["type"]:
        case "Input.ChoiceSet":
            yield from _choices(one, at)
        case "Input.Date":
            yield from (f"{at}: {name} is no day" for name in ("value", "min", "max") if not _is_day(one.get(name)))
        case "Input.Toggle":
            if one.get("value", "false") not in (one.get("valueOn", "true"), one.get("valueOff", "false")):
                yield f"{at}: its value is neither on nor off"
        case "Input.Text":
            if len(str(one.get("value", ""))) > one.get("maxLength", 1_000_000):
                yield f"{at}: its value is longer than may be typed"


def _inlines(found: Any, at: str, dialog: bool) -> Iterator[str]:
    if not found:
        yield f"{at}: says nothing"
    for number, one in enumerate(found if isinstance(found, list) else []):
        if isinstance(one, str):
            continue
        if not isinstance(one, dict) or one.get("type") != "TextRun":
            yield f"{at}[{number}]: is no TextRun"
            continue
        yield from _shape(one, table.RUN, f"{at}[{number}]")
        if not one.get("text"):
            yield f"{at}[{number}]: says nothing"
        if "selectAction" in one:
            yield from _action(one["selectAction"], f"{at}[{number}].selectAction", dialog)


def _columns(found: Any, at: str, dialog: bool) -> Iterator[str]:
    for number, one in enumerate(found):
        if one.get("type", "Column") != "Column":
            yield f"{at}[{number}]: is no Column"
        yield from _shape(one, table.COLUMN, f"{at}[{number}]")
        yield from _elements(one.get("items", []), f"{at}[{number}]", dialog)


def _table(one: dict[str, Any], at: str, dialog: bool) -> Iterator[str]:
    for row in one.get("rows", []):
        if row.get("type") != "TableRow" or len(row.get("cells", [])) != len(one.get("columns", [])):
            yield f"{at}: a row is no row, or has another number of cells than there are columns"
        for cell in row.get("cells", []):
            if cell.get("type") != "TableCell":
                yield f"{at}: a cell is no cell"
            yield from _elements(cell.get("items"), at, dialog)


def _choices(one: dict[str, Any], at: str) -> Iterator[str]:
    choices = one.get("choices") or []
    if not choices:
        yield f"{at}: has no choices"
    yield from _all(choices, table.CHOICE, at)
    values = [choice.get("value") for choice in choices]
    if len(values) != len(set(values)):
        yield f"{at}: two choices have the same value"
    given = str(one.get("value", ""))
    chosen = given.split(",") if one.get("isMultiSelect") else [given]
    if given and not set(chosen) <= set(values):
        yield f"{at}: its value is none of the choices"
    if one.get("isMultiSelect") and any("," in str(value) for value in values):
        yield f"{at}: a comma in a value cannot be told from the next value"


def _is_day(value: Any) -> bool:
    try:
        return value is None or (bool(_DAY.fullmatch(value)) and date.fromisoformat(value) is not None)
    except (TypeError, ValueError):
        return False


def _actions(found: Any, at: str, dialog: bool) -> Iterator[str]:
    there = found if isinstance(found, list) else []
    if at.endswith("ActionSet") and not there:
        yield f"{at}: has no actions"
    if len(there) > MOST_ACTIONS:
        yield f"{at}: has {len(there)} actions, {MOST_ACTIONS} are shown"
    for number, one in enumerate(there):
        yield from _action(one, f"{at}[{number}]", dialog)
        if not one.get("title"):
            yield f"{at}[{number}]: a button without words"


def _action(one: Any, at: str, dialog: bool, *, fallback: bool = False) -> Iterator[str]:
    kind = table.ACTIONS.get(str(one.get("type"))) if isinstance(one, dict) else None
    if kind is None:
        yield f"{at}: is no action"
        return
    yield from _shape(one, kind, at)
    match one["type"]:
        case "Action.Execute":
            if dialog:
                yield f"{at}: a dialog knows no Action.Execute"
            if not isinstance(one.get("fallback"), dict) or one["fallback"].get("type") != "Action.Submit":
                yield f"{at}: older clients cannot press it, its fallback must be an Action.Submit"
            elif one["fallback"].get("data") != one.get("data"):
                yield f"{at}: its fallback does something else"
        case "Action.OpenUrl":
            if urlsplit(str(one.get("url"))).scheme not in ("https", "http", "mailto"):
                yield f"{at}: leads nowhere"
        case "Action.Submit":
            teams = one["data"].get("msteams") if isinstance(one.get("data"), dict) else None
            if teams is not None and (dialog or not isinstance(teams, dict) or teams.get("type") != "task/fetch"):
                yield f"{at}: msteams is not understood here"
    if one["type"] in ("Action.Execute", "Action.Submit") and not isinstance(one.get("data"), dict):
        yield f"{at}: data is no object"
    if isinstance(one.get("fallback"), dict) and not fallback:
        yield from _action(one["fallback"], f"{at}.fallback", dialog, fallback=True)


def _all(found: Any, kind: Type, at: str) -> Iterator[str]:
    for number, one in enumerate(found if isinstance(found, list) else []):
        yield from _shape(one, kind, f"{at}[{number}]")


def _shape(one: Any, kind: Type, at: str) -> Iterator[str]:
    """Yield what is missing, unknown, or of another sort than the schema says."""
    if not isinstance(one, dict):
        yield f"{at}: is no object"
        return
    yield from (f"{at}: {name} is missing" for name in sorted(kind.needs - one.keys()))
    for name, value in one.items():
        if name not in kind.has and not (name == "type" and value in ("Column", "TextRun")):
            yield f"{at}: nobody knows {name}"
        elif name in kind.has and not _fits(value, kind.has[name]):
            yield f"{at}: {name} is {value!r:.60}"


def _fits(value: Any, sort: Sort) -> bool:
    if isinstance(sort, set):
        return isinstance(value, str) and value.lower() in sort
    kinds: dict[str, Any] = {TEXT: str, YES: bool, LIST: list, OBJECT: dict, ANY: object, WHOLE: (int, float)}
    return isinstance(value, kinds[sort]) and not (sort == WHOLE and isinstance(value, bool))
