"""A form as a card: in a dialog, or, for clients without dialogs, in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.teams.draw.card import Card, Drawing, Look, action_sets, card, paged, weight
from bot.teams.draw.flow import Element, Flow
from bot.teams.draw.limits import CARD_BYTES, DIALOG_TITLE, OPTIONS
from bot.teams.draw.place import FIELD, SEND, Place
from bot.text.filled import chosen, day, given
from bot.text.runs import run, runs
from bot.text.words import Names, readable
from bot.ways import address, door
from handlers.answers import ticked
from models.message import AnyField, Choice, Date, File, Form, Message, Person, Text, Toggle

FEW = 5  # options up to here stand open to view
ROOM = 2_500  # bytes kept for what is wrong with the answers


def form_card(
    form: Form,
    look: Look,
    shown: str,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Card:
    """Return a form as a card, filled with `values`; what is wrong stands beside each field.

    A form with more to read or to ask than a card holds leads to its web page, with as much of it as fits.
    """
    known, wrong = values or {}, errors or {}
    drawing = Drawing(look)
    flow = Flow()
    flow.put(drawing.title(form.title, size="Large"))
    if wrong:
        flow.say([run("⚠️ Not sent yet: please look at what is marked below.", "bold")])
    drawing.lines(flow, form.lines)
    drawing.facts(flow, form.facts)
    for table in form.tables:
        drawing.table(flow, table)
    about = [*flow.elements, *drawing.ways((), form.links)]
    asked = [element for field in form.fields for element in _field(field, known, wrong, look.names)]
    whole = [*about, *asked, *_ending(form, drawing, shown)]
    if sum(map(weight, whole)) <= CARD_BYTES - ROOM:
        return card(whole)
    return card([*paged([about])[0], *_too_long(form, look)])


def _ending(form: Form, drawing: Drawing, shown: str) -> list[Element]:
    """Return what sends a form; one that asks for a file leads to its web page, where files can be handed in."""
    if any(isinstance(field, File) for field in form.fields):
        return _web_page(form, drawing.look)
    place = Place(form.act, form.target, shown=shown, way=SEND)
    return action_sets([drawing.pressed(drawing.short(form.submit), place, {"style": "positive"}, inputs="auto")])


def _field(field: AnyField, values: Mapping[str, Any], errors: Mapping[str, str], names: Names) -> list[Element]:
    """Return the elements of one question: its words as rich text, because labels of inputs know markup."""
    flow = Flow()
    label = readable(field.label, names)
    star = "" if field.required or isinstance(field, Toggle) else " (optional)"
    if not isinstance(field, Toggle):
        flow.paragraph([run(f"{label}{star}", "bold")])
    if field.hint:
        flow.say(runs(field.hint, names))
    if field.name in errors:
        flow.say([run("⚠️ "), *runs(errors[field.name], names)])
    drawn = _input(field, given(field, values), label, names)
    return [*flow.elements, *([{"id": FIELD + field.name, **drawn}] if drawn else [])]


def _input(field: AnyField, value: Any, label: str, names: Names) -> Element | None:
    match field:
        case Choice():
            return _choice(field, value, names)
        case Text():
            drawn: Element = {"type": "Input.Text", "isMultiline": field.long, "maxLength": field.limit}
            typed = readable(str(value or ""), names)[: field.limit]  # what is longer cannot have been typed
            return {**drawn, "value": typed} if typed else drawn
        case Person():
            shown = names.get(str(value), str(value or ""))
            drawn = {"type": "Input.Text", "placeholder": "Name or e-mail address"}
            return {**drawn, "value": readable(shown, {})} if shown else drawn
        case Date():
            initial = day(value)
            return {"type": "Input.Date", **({"value": initial} if initial else {})}
        case Toggle():
            return {"type": "Input.Toggle", "title": label, "value": str(ticked(value)).lower(), "wrap": True}
        case File():
            return None


def _choice(field: Choice, value: Any, names: Names) -> Element:
    options = [
        {"title": ": ".join(readable(part, names) for part in (one.label, one.hint) if part), "value": one.value}
        for one in field.options[:OPTIONS]
    ]
    drawn: Element = {
        "type": "Input.ChoiceSet",
        "choices": options,
        "isMultiSelect": field.many,
        "style": "expanded" if len(options) <= FEW or field.many else "compact",
        "wrap": True,
    }
    filled = chosen(field, value)
    return {**drawn, "value": ",".join(filled if field.many else filled[:1])} if filled else drawn


def _web_page(form: Form, look: Look) -> list[Element]:
    """Return the way to the web page of a form, where files can be handed in."""
    flow = Flow()
    flow.paragraph([run("Hand in the file on the web page, or here in a message together with what you would type.")])
    return [*flow.elements, *action_sets([_leading(form, look)])]


def _too_long(form: Form, look: Look) -> list[Element]:
    said = Message("", ("There is more to read or to fill in than fits here. Please use the web page.",), tone="warn")
    flow = Flow()
    flow.paragraph([run(f"⚠️ {said.lines[0]}")])
    return [*flow.elements, *action_sets([_leading(form, look)])]


def _leading(form: Form, look: Look) -> Element:
    url = address(look.base_url, door("go", form.act, form.target))
    return {"type": "Action.OpenUrl", "title": "Open the web page", "url": url}


def dialog(title: str, drawn: Card, names: Names) -> dict[str, Any]:
    """Return a card as a dialog."""
    known = " ".join(readable(title, names).split())
    return {
        "title": known if len(known) <= DIALOG_TITLE else known[: DIALOG_TITLE - 1] + "…",
        "height": "large" if weight(drawn) > 4_000 else "medium",
        "width": "medium",
        "card": {"contentType": "application/vnd.microsoft.card.adaptive", "content": drawn},
    }
