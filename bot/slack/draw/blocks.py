"""Messages and lists of cards as blocks, and as the pages that are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from bot.slack.draw.limits import BUTTON_LABEL, BUTTON_VALUE, HEADER, IDENT, NOTICE, ROW, URL
from bot.slack.draw.pages import MESSAGE, leading_on, paged
from bot.slack.draw.rich import Block, Flow
from bot.slack.draw.text import cut, fits, plain
from bot.text.parts import TONES, above, fact_runs, first_line
from bot.text.prose import draw_prose
from bot.text.runs import Run, run, runs
from bot.text.tables import draw_chart, draw_table
from bot.text.words import Names, readable
from bot.ways import address, behind, door
from models.message import Button, Fact, Form, Home, Link, Message, Tone

Page = dict[str, Any]
LINK, FORM = ".link", ".form"
_NUMBER = 8  # digits of a row's number and a colon
SHORT, SIDE_BY_SIDE = 48, 160  # characters of a fact, and of all facts, that stand beside others


class Drawing:
    """One thing being drawn: what everything in it needs, and the number of the next button.

    `mark` says how to draw it once more, for whoever presses something in it (see `marked`).
    """

    def __init__(self, names: Names, base_url: str, mark: str = "") -> None:
        self.names = names
        self.base_url = base_url
        self._mark = mark if len(mark) <= IDENT - _NUMBER else ""
        self._numbers = count(1)

    def message(self, message: Message) -> list[Block]:
        """Return a message under its title as a header."""
        flow = self.header(message.title, message.tone)
        return self.body(flow, message)

    def card(self, message: Message) -> list[Block]:
        """Return a card of a list: a message under its title in bold."""
        flow = Flow()
        flow.say([run(TONES[message.tone] + readable(message.title, self.names) or "-", "bold")])
        return self.body(flow, message)

    def header(self, title: str, tone: Tone = "plain") -> Flow:
        """Return a flow that begins with a title; one that is longer than a header takes stands there in bold."""
        flow = Flow()
        known = TONES[tone] + readable(title, self.names)
        if fits(known, HEADER):
            flow.put({"type": "header", "text": plain(known, HEADER)})
        else:
            flow.say([run(known, "bold")])
        return flow

    def lines(self, flow: Flow, lines: Sequence[str]) -> None:
        """Add lines to a flow."""
        for line in lines:
            if said := runs(line, self.names):
                flow.say(said)

    def words(self, flow: Flow, lines: Sequence[str], facts: Sequence[Fact]) -> None:
        """Add lines and facts: short facts side by side under the title, long ones each on a line below."""
        known = [(readable(one.label, self.names), readable(one.value, self.names)) for one in facts]
        short = [one for one in known if _short(*one)]
        beside = short if sum([len(label) + len(value) + 1 for label, value in short]) <= SIDE_BY_SIDE else []
        said: list[Run] = []
        for label, value in beside:
            said += [run(" · "), *fact_runs(label, value)] if said else fact_runs(label, value)
        flow.say(said)
        self.lines(flow, lines)
        if len(beside) < len(known):
            for one in known:
                if one not in beside:
                    flow.say(fact_runs(*one))

    def about(self, flow: Flow, form: Form) -> list[Block]:
        """Return what a person must have in front of them to answer a form."""
        self.words(flow, form.lines, form.facts)
        for table in form.tables:
            draw_table(flow, table, self.names)
        return [*flow.blocks, *self.ways((), form.links)]

    def body(self, flow: Flow, message: Message) -> list[Block]:
        self.words(flow, message.lines, message.facts)
        for chart in message.charts:
            draw_chart(flow, chart, self.names)
        for table in message.tables:
            draw_table(flow, table, self.names)
        if message.prose:
            flow.rule()
            draw_prose(flow, message.prose, self.names)
        return [*flow.blocks, *self.ways(message.buttons, message.links)]

    def ways(self, buttons: Sequence[Button], links: Sequence[Link]) -> list[Block]:
        """Return rows of buttons; a label that is too long for one stands whole above them."""
        flow = Flow()
        drawn = [self._button(flow, one) for one in buttons]
        drawn += [leading for one in links if (leading := self._link(flow, one))]
        rows = range(0, len(drawn), ROW)
        return flow.blocks + [self._row(drawn[first : first + ROW]) for first in rows]

    def _row(self, elements: list[Block]) -> Block:
        mark = {"block_id": f"{next(self._numbers)}:{self._mark}"} if self._mark else {}
        return {"type": "actions", "elements": elements, **mark}

    def _label(self, flow: Flow, label: str) -> Block:
        known = readable(label, self.names)
        if not fits(known, BUTTON_LABEL):
            flow.item(runs(label, self.names))
        return plain(known, BUTTON_LABEL)

    def _button(self, flow: Flow, button: Button) -> Block:
        drawn: Block = {
            "type": "button",
            "text": self._label(flow, button.label),
            "action_id": f"{button.act}:{next(self._numbers)}",
        }
        if button.target:
            drawn["value"] = button.target
        if button.style != "plain":
            drawn["style"] = button.style
        return drawn

    def _link(self, flow: Flow, link: Link) -> Block | None:
        """Return the button of a link: to an act, what it shows opens here; to anything else, in the browser."""
        if opened := behind(link.path):
            return self._button(flow, Button(link.label, *opened))
        url = address(self.base_url, link.path)
        if len(url) > URL:
            flow.say([*runs(f"{link.label}: ", self.names), run(url)])
            return None
        return self._leading(self._label(flow, link.label), url)

    def web_page(self, form: Form) -> Block:
        """Return a row with the button that opens the web page of a form."""
        url = address(self.base_url, door("go", form.act, form.target))
        return {"type": "actions", "elements": [self._leading(plain("Open the web page", BUTTON_LABEL), url)]}

    def _leading(self, label: Block, url: str) -> Block:
        return {"type": "button", "text": label, "action_id": f"{LINK}:{next(self._numbers)}", "url": url}


def marked(block_id: str) -> str:
    """Return how to draw once more that in which something was pressed, from the row of buttons; or nothing."""
    return block_id.partition(":")[2]


def message_pages(
    message: Message, names: Names, base_url: str, again: str = "", mark: str = "", *, opens: bool = False
) -> list[Page]:
    """Return a message as one or more chat messages; `again` and `opens` as in `leading_on`, `mark` as in `Drawing`."""
    groups = [Drawing(names, base_url, mark).message(message)]
    return _sent(groups, _notice(message.title, first_line(message.lines), names), again, opens=opens)


def home_pages(
    home: Home, names: Names, base_url: str, again: str = "", mark: str = "", *, opens: bool = False
) -> list[Page]:
    """Return a list of cards as one or more chat messages; the rest as in `message_pages`."""
    notice = _notice(home.title, first_line(above(home)), names)
    return _sent(home_groups(home, Drawing(names, base_url, mark)), notice, again, opens=opens)


def opener_pages(form: Form, names: Names, base_url: str, opens: str) -> list[Page]:
    """Return what a form is about as chat messages, with a button that opens it.

    For where nothing can open by itself. `opens` is the button's value, "act\\ntarget" or "words:..."; words that are
    longer than a button can carry open the form without what they would fill in.
    """
    drawing = Drawing(names, base_url)
    about = drawing.about(drawing.header(form.title), form)
    drawn: Block = {
        "type": "button",
        "text": plain(readable(form.submit, names), BUTTON_LABEL),
        "action_id": f"{FORM}:0",
        "value": opens if len(opens) <= BUTTON_VALUE else f"{form.act}\n{form.target}",
        "style": "primary",
    }
    blocks = [*about, {"type": "actions", "elements": [drawn]}]
    return _sent([blocks], _notice(form.title, form.lines[0] if form.lines else "", names), "")


def home_groups(home: Home, drawing: Drawing) -> Iterator[list[Block]]:
    """Yield what is said above the cards, then each card, then the buttons below, with a line across between them."""
    flow = drawing.header(home.title)
    drawing.lines(flow, above(home))
    yield flow.blocks
    for card in home.cards:
        yield [{"type": "divider"}, *drawing.card(card)]
    if home.buttons:
        yield [{"type": "divider"}, *drawing.ways(home.buttons, ())]


def _sent(groups: Any, notice: str, again: str, *, opens: bool = False) -> list[Page]:
    pages = leading_on(paged(list(groups), MESSAGE, again), again, opens=opens)
    if len(pages) == 1:
        return [{"text": notice, "blocks": pages[0]}]
    return [{"text": f"{notice} ({number} of {len(pages)})", "blocks": page} for number, page in enumerate(pages, 1)]


def _notice(title: str, line: str, names: Names) -> str:
    """Return what a notification says: the title and the first line."""
    said, more = (readable(text, names).strip() for text in (title, line))
    between = " " if said.endswith((".", "!", "?")) or not (said and more) else ": "
    return cut(f"{said}{between}{more}", NOTICE - 20) or "-"  # room for "(2 of 4)"


def _short(label: str, value: str) -> bool:
    return 0 < len(label) + len(value) <= SHORT and "\n" not in value
