"""The elements of blocks: buttons, choices, boxes to type in.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.support.slack.rules.shape import Rule, anything, both, flag, items, number, one_of, text, thing
from tests.support.slack.rules.texts import either, plain

ID = text(255)
CONFIRM = thing(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = thing({"text": plain(75), "value": text(150)}, {"description": plain(75)})
BOX = thing({"text": either(75), "value": text(150)}, {"description": either(75)})  # of check boxes and radio buttons
OPTIONS = items(OPTION, 100)
GROUPS = items(thing({"label": plain(75), "options": OPTIONS}), 100)
_COMMON: dict[str, Rule] = {"action_id": ID, "focus_on_load": flag}
_MENU = {**_COMMON, "placeholder": plain(150), "confirm": CONFIRM}


def element(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    """Return the rule of one type of element."""
    return thing({"type": one_of(kind), **required}, optional)


def _http(value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"https?://\S{1,2990}", value):
        found.append(f"{path}: must be an address of a web page")


def _day(value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        found.append(f"{path}: must be a day like 2026-11-23")


def _options(value: dict[str, Any]) -> list[Any]:
    groups = value.get("option_groups") or []
    return [*(value.get("options") or []), *(one for group in groups for one in group.get("options") or [])]


def _chosen(value: Any, path: str, found: list[str]) -> None:
    """What is chosen beforehand must stand among the options exactly, and no two options may have one value."""
    if not isinstance(value, dict):
        return
    there = _options(value)
    beforehand = [
        *(value.get("initial_options") or []),
        *([value["initial_option"]] if "initial_option" in value else []),
    ]
    found += [f"{path}: {one!r} is chosen beforehand and is no option" for one in beforehand if one not in there]
    values = [one.get("value") for one in there if isinstance(one, dict)]
    if len(values) != len(set(values)):
        found.append(f"{path}: two options have one value")
    if ("options" in value) == ("option_groups" in value):
        found.append(f"{path}: needs either options or option_groups")


def _within(value: Any, path: str, found: list[str]) -> None:
    """What stands in a box beforehand must fit into it."""
    if isinstance(value, dict) and len(value.get("initial_value", "")) > value.get("max_length", 3000):
        found.append(f"{path}: initial_value is longer than max_length")


BUTTON = element(
    "button",
    {"text": plain(75), "action_id": ID},
    {
        "url": _http,
        "value": text(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": text(75),
    },
)
_LISTED = {"options": OPTIONS, "option_groups": GROUPS}
SELECT = both(element("static_select", {"action_id": ID}, {**_MENU, **_LISTED, "initial_option": OPTION}), _chosen)
SELECT_MANY = both(
    element(
        "multi_static_select",
        {"action_id": ID},
        {**_MENU, **_LISTED, "initial_options": items(OPTION, 100), "max_selected_items": number(1, 100)},
    ),
    _chosen,
)
EXTERNAL = element(
    "external_select", {"action_id": ID}, {**_MENU, "initial_option": OPTION, "min_query_length": number(0, 100)}
)
RADIO = both(
    element(
        "radio_buttons",
        {"action_id": ID, "options": items(BOX, 10)},
        {**_COMMON, "initial_option": BOX, "confirm": CONFIRM},
    ),
    _chosen,
)
CHECKBOXES = both(
    element(
        "checkboxes",
        {"action_id": ID, "options": items(BOX, 10)},
        {**_COMMON, "initial_options": items(BOX, 10), "confirm": CONFIRM},
    ),
    _chosen,
)
DATE = element("datepicker", {"action_id": ID}, {**_MENU, "initial_date": _day})
TYPED = both(
    element(
        "plain_text_input",
        {"action_id": ID},
        {
            **_COMMON,
            "placeholder": plain(150),
            "initial_value": text(3000),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
            "dispatch_action_config": anything,
        },
    ),
    _within,
)
FILE = element("file_input", {"action_id": ID}, {"filetypes": items(text(20), 50), "max_files": number(1, 10)})
IMAGE = element("image", {"image_url": _http, "alt_text": text(2000)}, {})
