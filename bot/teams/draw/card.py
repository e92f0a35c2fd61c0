"""Messages and lists of cards as Adaptive Cards, on as many pages as they need."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.teams.draw.flow import Element, Flow, heading
from bot.teams.draw.limits import ACTIONS, CARD_BYTES, SUMMARY, TITLE, VERSION
from bot.teams.draw.place import OPEN, TURN, Place
from bot.text.parts import TONES, above, fact_runs
from bot.text.prose import draw_prose
from bot.text.runs import runs
from bot.text.tables import draw_chart, draw_table
from bot.text.words import Names, readable
from bot.ways import address, behind
from models.message import Button, Fact, Home, Link, Message, Table, Tone

Card = dict[str, Any]
STYLES = {"primary": "positive", "danger": "destructive"}
WIDE = 5  # columns that still fit a phone
_FOOT = 900  # bytes kept on every page for where one is and the way on
_AROUND = 400  # bytes of what stands around the elements


@dataclass(frozen=True, slots=True)
class Look:
    """What drawing needs; `opens` says whether an act merely opens something, `dialog` that it is drawn in one.

    Where the client has no `dialogs`, what would open in one comes as a message of its own. `step` is new for each
    drawing, so that what was pressed on it counts once. `back` is what the card shows from which things open.
    """

    names: Names
    base_url: str
    opens: Callable[[str], bool]
    dialog: bool = False
    dialogs: bool = True
    step: str = ""
    back: Place | None = None


class Drawing:
    """One thing being drawn."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def title(self, text: str, tone: Tone = "plain", size: str = "Medium") -> Element:
        """Return a title with the sign of its tone."""
        return heading(TONES[tone] + (readable(text, self.look.names) or "-"), size)

    def message(self, message: Message, size: str = "Medium") -> list[Element]:
        """Return a message under its title."""
        flow = Flow()
        flow.put(self.title(message.title, message.tone, size))
        self.lines(flow, message.lines)
        self.facts(flow, message.facts)
        for chart in message.charts:
            draw_chart(flow, chart, self.look.names)
        for table in message.tables:
            self.table(flow, table)
        if message.prose:
            flow.rule()
            draw_prose(flow, message.prose, self.look.names)
        return [*flow.elements, *self.ways(message.buttons, message.links)]

    def lines(self, flow: Flow, lines: Sequence[str]) -> None:
        """Add lines to a flow."""
        for line in lines:
            if said := runs(line, self.look.names):
                flow.say(said)

    def facts(self, flow: Flow, facts: Sequence[Fact]) -> None:
        """Add facts to a flow, one a line."""
        for one in facts:
            if said := fact_runs(readable(one.label, self.look.names), readable(one.value, self.look.names)):
                flow.say(said)

    def table(self, flow: Flow, table: Table) -> None:
        """Add a table; one that is too wide for a phone as a list, a line a row."""
        columns = max((len(row) for row in (table.head, *table.rows)), default=0)
        if not 2 <= columns <= WIDE:
            draw_table(flow, table, self.look.names)
            return
        if table.caption:
            flow.caption(runs(table.caption, self.look.names, "bold"))
        rows = (
            [(table.head, "bold"), *((row, "") for row in table.rows)]
            if any(table.head)
            else [(row, "") for row in table.rows]
        )
        for row, style in rows:  # one element a row, so that a long table goes on over pages
            flow.put({"type": "ColumnSet", "columns": [self._cell(cell, style) for cell in row], "spacing": "Small"})

    def _cell(self, text: str, style: str) -> Element:
        cell = Flow()
        cell.say(runs(text or " ", self.look.names, *([style] if style else [])))
        return {"type": "Column", "width": "stretch", "items": cell.elements}

    def ways(self, buttons: Sequence[Button], links: Sequence[Link]) -> list[Element]:
        """Return sets of buttons; a label that is too long for one stands whole above them."""
        flow = Flow()
        for label in (*(one.label for one in buttons), *(one.label for one in links)):
            if len(readable(label, self.look.names)) > TITLE:
                flow.item(runs(label, self.look.names))
        actions = [self.button(one) for one in buttons] + [self._link(one) for one in links]
        return [*flow.elements, *action_sets(actions)]

    def button(self, button: Button) -> Element:
        """Return what can be pressed: what opens something opens a dialog, what does something does it here."""
        label = self.short(button.label)
        style = {"style": STYLES[button.style]} if button.style in STYLES else {}
        place = Place(button.act, button.target)
        opens = self.look.opens(button.act)
        if opens and not self.look.dialog:
            how = {"msteams": {"type": "task/fetch"}} if self.look.dialogs else {}
            data = replace(place, way=OPEN, back=self.look.back).data(**how)
            return {"type": "Action.Submit", "title": label, "data": data, "associatedInputs": "none", **style}
        return self.pressed(label, replace(place, way=OPEN if opens else ""), style)

    def pressed(self, label: str, place: Place, more: Mapping[str, Any], inputs: str = "none") -> Element:
        """Return what is pressed to do something; `inputs` "auto" sends along what was filled in.

        A dialog knows only one kind of action; in a chat it is a universal one, and for older clients that kind too.
        """
        told = place if place.way in (OPEN, TURN) else replace(place, step=self.look.step)
        if self.look.back and self.look.back.card:  # this was opened from a card, whatever else is opened from here
            told = replace(told, back=self.look.back)
        common = {"title": label, "data": told.data(), "associatedInputs": inputs, **more}
        submit = {"type": "Action.Submit", **common}
        return submit if self.look.dialog else {"type": "Action.Execute", "verb": "do", **common, "fallback": submit}

    def _link(self, link: Link) -> Element:
        """Return the button of a link: to an act, what it shows opens here; to anything else, in the browser."""
        if opened := behind(link.path):
            return self.button(Button(link.label, *opened))
        return {
            "type": "Action.OpenUrl",
            "title": self.short(link.label),
            "url": address(self.look.base_url, link.path),
        }

    def short(self, label: str) -> str:
        """Return a label that fits a button."""
        known = " ".join(readable(label, self.look.names).split()) or "-"
        return known if len(known) <= TITLE else known[: TITLE - 1].rstrip() + "…"


def action_sets(actions: Sequence[Element]) -> list[Element]:
    """Return actions in sets of as many as Teams shows."""
    rows = [list(actions[first : first + ACTIONS]) for first in range(0, len(actions), ACTIONS)]
    return [{"type": "ActionSet", "actions": row} for row in rows]


def message_cards(message: Message, look: Look, place: Place | None = None) -> list[Card]:
    """Return a message as one card or more; `place` says how to draw the same again, to turn pages."""
    drawing = Drawing(look)
    return cards([drawing.message(message, "Large")], drawing, place)


def home_cards(home: Home, look: Look, place: Place | None = None) -> list[Card]:
    """Return a list of cards as one card or more."""
    drawing = Drawing(look)
    return cards(list(_groups(home, drawing)), drawing, place)


def _groups(home: Home, drawing: Drawing) -> Iterator[list[Element]]:
    flow = Flow()
    flow.put(drawing.title(home.title, size="Large"))
    drawing.lines(flow, above(home))
    yield flow.elements
    for card in home.cards:
        yield _apart(drawing.message(card))
    if home.buttons:
        yield _apart(drawing.ways(home.buttons, ()))


def _apart(elements: list[Element]) -> list[Element]:
    """Return elements with a line across above the first."""
    return [{**elements[0], "separator": True, "spacing": "Large"}, *elements[1:]] if elements else []


def cards(groups: Sequence[Sequence[Element]], drawing: Drawing, place: Place | None) -> list[Card]:
    """Return elements as cards that Teams takes. A group that fits a card is not torn."""
    pages = paged(groups)
    if len(pages) == 1:
        return [card(pages[0])]
    return [card([*page, *_foot(number, len(pages), drawing, place)]) for number, page in enumerate(pages, 1)]


def paged(groups: Sequence[Sequence[Element]]) -> list[list[Element]]:
    """Return elements on pages of at most `CARD_BYTES`."""
    pages: list[list[Element]] = [[]]
    size, most = 0, CARD_BYTES - _FOOT - _AROUND
    for group in groups:
        sizes = [weight(one) for one in group]
        if pages[-1] and size + sum(sizes) > most >= sum(sizes):
            pages.append([])
            size = 0
        for element, one in zip(group, sizes, strict=True):
            if pages[-1] and size + one > most:
                pages.append([])
                size = 0
            pages[-1].append(element)
            size += one
    return pages


def weight(element: Element) -> int:
    """Return how many bytes an element takes at most: some write JSON with escapes and spaces."""
    return len(json.dumps(element)) + 2


def card(body: list[Element]) -> Card:
    """Return a card; one with columns takes all the width there is."""
    wide = {"msteams": {"width": "Full"}} if any(one["type"] == "ColumnSet" for one in body) else {}
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "body": body,
        **wide,
    }


def summary(title: str, line: str, names: Names) -> str:
    """Return what a notification says: the title and the first line."""
    said = ": ".join(part for part in (readable(title, names).strip(), readable(line, names).strip()) if part)
    return said[:SUMMARY]


def _foot(number: int, of: int, drawing: Drawing, place: Place | None) -> list[Element]:
    where: Element = {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": f"Page {number} of {of}", "isSubtle": True, "size": "Small"}],
        "separator": True,
    }
    if place is None:
        return [where]
    ways = [(number - 1, f"Back ({number - 1} of {of})")] if number > 1 else []
    ways += [(number + 1, f"More ({number + 1} of {of})")] if number < of else []
    turns = [drawing.pressed(label, replace(place, page=to, way=TURN), {}) for to, label in ways]
    return [where, *action_sets(turns)]
