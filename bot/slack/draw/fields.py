"""The questions of a form as input blocks: one a field, its `block_id` the field's name.

What does not fit beside a field (a label, a hint, an option of many words) stands whole in a text above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack.draw.limits import BOXES, GROUPS, HINT, INPUT, LABEL, OPTION_HINT, OPTION_LABEL, OPTION_VALUE, OPTIONS
from bot.slack.draw.pages import in_bytes
from bot.slack.draw.rich import Block, Flow
from bot.slack.draw.text import fits, plain
from bot.text.filled import chosen, day
from bot.text.runs import run, runs
from bot.text.words import Names, readable
from handlers.answers import ticked
from models.message import AnyField, Choice, Date, File, Option, Person, Text, Toggle

ANSWER = "v"  # action_id of every question
TICKED = "on"
FEW = 5  # options up to here stand open to view; with hints, as many as Slack takes
_ENDINGS = 50  # of files
_MENU = 180_000  # bytes of everything to choose from in one question, which cannot be split: some 1,700 people


def draw_field(field: AnyField, value: Any, names: Names, *, files: bool) -> list[Block]:
    """Return the blocks of one question, filled with `value`; `files`: whether files can be handed in here."""
    element = _element(field, value, names, files=files)
    flow = Flow()
    label, hint = readable(field.label, names), readable(_hint(field), names)
    if not fits(label, LABEL):
        flow.say(runs(label, {}, "bold"))
    if not fits(hint, HINT):
        flow.say(runs(hint, {}))
    if isinstance(field, Choice) and element is not None:
        _spell_out(flow, field, names)
    if isinstance(field, Text) and len(str(value or "")) > _room(field):
        flow.say(runs(str(value), {}))
    if element is None:
        return [*flow.blocks, *_unanswerable(field, label, hint)]
    drawn: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(label, LABEL),
        "element": element,
        "optional": not field.required,
    }
    if hint:
        drawn["hint"] = plain(hint, HINT)
    return [*flow.blocks, drawn]


def asks(field: AnyField, names: Names, *, files: bool) -> bool:
    """Return whether a question can be answered in Slack at all: an error can then stand beside it."""
    match field:
        case File():
            return files
        case Choice():
            return bool(field.options) and _choosable(field, names)
    return True


def _choosable(field: Choice, names: Names) -> bool:
    """Return whether Slack takes everything there is to choose from."""
    if any(len(one.value) > OPTION_VALUE for one in field.options) or len(field.options) > OPTIONS * GROUPS:
        return False
    if len(field.options) <= OPTIONS:
        return True
    flow = Flow()
    _spell_out(flow, field, names)
    return sum(map(in_bytes, [*flow.blocks, _choice(field, [], names)])) <= _MENU


def _element(field: AnyField, value: Any, names: Names, *, files: bool) -> Block | None:
    if not asks(field, names, files=files):
        return None
    match field:
        case Choice():
            return _choice(field, chosen(field, value), names)
        case Text():
            return _text(field, value)
        case Person():
            return _person(value, names)
        case Date():
            return _date(value)
        case Toggle():
            return _toggle(field, value)
        case File():
            endings = [one.lstrip(".") for one in field.accept[:_ENDINGS]]
            kinds = {"filetypes": endings} if endings else {}
            return {"type": "file_input", "action_id": ANSWER, "max_files": 1, **kinds}


def _hint(field: AnyField) -> str:
    """Return the hint; a text that is to be longer than Slack takes says so."""
    if isinstance(field, Text) and field.limit > INPUT:
        return f"{field.hint} {INPUT:,} characters fit here; on the web page, {field.limit:,}.".strip()
    return field.hint


def _unanswerable(field: AnyField, label: str, hint: str) -> list[Block]:
    """Return the text that stands where there is nothing to fill in."""
    flow = Flow()
    why = "There is nothing to choose."
    if isinstance(field, File):
        why = "Files can't be handed in here. Use the web page."
    elif isinstance(field, Choice) and field.options:
        why = "There is more to choose from than fits here. Use the web page."
    for text, style in ((label, ("bold",)), (hint, ()), (why, ())):
        if text:
            flow.say(runs(text, {}, *style))
    return flow.blocks


def _choice(field: Choice, filled: list[str], names: Names) -> Block:
    options = [_option(one, names) for one in field.options]
    there = [one for one in options if one["value"] in filled]
    open_to_view = len(options) <= FEW or (len(options) <= BOXES and any(one.hint for one in field.options))
    if open_to_view:
        kind = "checkboxes" if field.many else "radio_buttons"
    else:
        kind = "multi_static_select" if field.many else "static_select"
    drawn: Block = {"type": kind, "action_id": ANSWER}
    drawn |= {"options": options} if len(options) <= OPTIONS else {"option_groups": _groups(options)}
    if there:
        drawn |= {"initial_options": there} if field.many else {"initial_option": there[0]}
    return drawn


def _option(option: Option, names: Names) -> Block:
    label, hint = readable(option.label, names), readable(option.hint, names)
    drawn: Block = {"text": plain(label, OPTION_LABEL), "value": option.value}
    if hint.strip():
        drawn["description"] = plain(hint, OPTION_HINT)
    return drawn


def _groups(options: Sequence[Block]) -> list[Block]:
    """Return long lists of options in groups, each named by how its options are counted."""
    rows = [options[first : first + OPTIONS] for first in range(0, len(options), OPTIONS)]
    return [
        {"label": plain(f"{number * OPTIONS + 1} to {number * OPTIONS + len(row)}", OPTION_LABEL), "options": row}
        for number, row in enumerate(rows)
    ]


def _spell_out(flow: Flow, field: Choice, names: Names) -> None:
    """Say above a question what is cut off in its options."""
    for one in field.options:
        label, hint = readable(one.label, names), readable(one.hint, names)
        if not fits(label, OPTION_LABEL) or not fits(hint, OPTION_HINT):
            flow.item([run(label or "-", "bold"), *([run(f": {hint}")] if hint else [])])


def _text(field: Text, value: Any) -> Block:
    limit = _room(field)
    drawn: Block = {"type": "plain_text_input", "action_id": ANSWER, "multiline": field.long, "max_length": limit}
    initial = readable(str(value or ""), {})[:limit]
    return {**drawn, "initial_value": initial} if initial else drawn


def _room(field: Text) -> int:
    return max(1, min(field.limit, INPUT))


def _person(value: Any, names: Names) -> Block:
    drawn: Block = {"type": "external_select", "action_id": ANSWER, "min_query_length": 1}
    drawn["placeholder"] = plain("Type a name", OPTION_LABEL)
    if value in names:
        drawn["initial_option"] = person_option(value, names[value])
    return drawn


def person_option(ref: str, name: str) -> Block:
    """Return somebody as something to pick."""
    return {"text": plain(readable(name, {}), OPTION_LABEL), "value": ref}


def _date(value: Any) -> Block:
    drawn: Block = {"type": "datepicker", "action_id": ANSWER}
    initial = day(value)
    return {**drawn, "initial_date": initial} if initial else drawn


def _toggle(field: Toggle, value: Any) -> Block:
    yes = {"text": plain("Yes", OPTION_LABEL), "value": TICKED}
    drawn: Block = {"type": "checkboxes", "action_id": ANSWER, "options": [yes]}
    return {**drawn, "initial_options": [yes]} if ticked(value) else drawn
