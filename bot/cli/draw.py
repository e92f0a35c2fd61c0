"""What is said, drawn on a terminal: tables, bars, and buttons as the words to type next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evidence.chart import chart_text
from models import message as m
from workflows.workflow import REGISTRY

TONES = {"plain": "bold", "good": "bold green", "warn": "bold yellow", "bad": "bold red"}


def drawn(said: m.Said, names: Mapping[str, str], base_url: str) -> RenderableType:
    """Return a message, a page or a form's head, ready to print; `names` stand for mentions."""
    return Group(*_Drawing(names, base_url).parts(said))


class _Drawing:
    """One thing being drawn."""

    def __init__(self, names: Mapping[str, str], base_url: str) -> None:
        self._names = names
        self._base_url = base_url

    def parts(self, said: m.Said) -> Iterator[RenderableType]:
        match said:
            case m.Home():
                yield from self._home(said)
            case m.Form():
                yield from self._head(said.title, said.lines, "plain")
                given = tuple(m.Fact(one.label, text) for one in said.fields if (text := _given(one)))
                yield from self._body((*said.facts, *given), (), said.tables)
                yield from self._ways((), said.links)
            case m.Message():
                yield from self._message(said)

    def _home(self, home: m.Home) -> Iterator[RenderableType]:
        yield from self._head(home.title, home.lines or ((home.empty,) if not home.cards else ()), "plain")
        for card in home.cards:
            yield Padding(Group(*self._message(card)), (1, 0, 0, 2), expand=False)
        yield from self._ways(home.buttons, ())

    def _message(self, message: m.Message) -> Iterator[RenderableType]:
        yield from self._head(message.title, message.lines, message.tone)
        yield from self._body(message.facts, message.charts, message.tables)
        if message.prose:
            yield Padding(Markdown(self._named(message.prose), hyperlinks=False), (1, 0), expand=False)
        yield from self._ways(message.buttons, message.links)

    def _head(self, title: str, lines: tuple[str, ...], tone: m.Tone) -> Iterator[RenderableType]:
        yield Text(self._named(title), style=TONES[tone])
        for line in lines:
            yield Text(self._named(line))

    def _body(
        self, facts: tuple[m.Fact, ...], charts: tuple[m.Chart, ...], tables: tuple[m.Table, ...]
    ) -> Iterator[RenderableType]:
        if facts:
            grid = Table.grid(padding=(0, 2))
            for fact in facts:
                grid.add_row(Text(fact.label, style="dim"), Text(self._named(fact.value)))
            yield grid
        for chart in charts:
            yield Text(chart.title, style="bold")
            yield from (Text(self._named(line)) for line in chart_text(chart))
        for table in tables:
            yield self._table(table)

    def _table(self, table: m.Table) -> Table:
        grid = Table(
            title=self._named(table.caption), title_justify="left", title_style="dim", header_style="bold",
            show_header=bool(table.head),
        )  # fmt: skip
        for name in table.head or ("",) * max(map(len, table.rows), default=0):
            grid.add_column(name, overflow="fold")
        for row in table.rows:
            grid.add_row(*(Text(self._named(cell)) for cell in row))
        return grid

    def _ways(self, buttons: tuple[m.Button, ...], links: tuple[m.Link, ...]) -> Iterator[RenderableType]:
        grid = Table.grid(padding=(0, 2))
        for button in buttons:
            grid.add_row(Text(f"  {button.label}:"), Text(self._named(typed(button, self._names)), style="cyan"))
        for link in links:
            grid.add_row(Text(f"  {link.label}:"), Text(self._base_url + link.path, style="cyan"))
        if buttons or links:
            yield grid

    def _named(self, text: str) -> str:
        """Return the text with names, and without what could steer a terminal."""
        return m.clean(m.with_names(text, self._names))


def _given(one: m.AnyField) -> str:
    """Return what a question is answered with beforehand, as a person reads it."""
    match one:
        case m.Person(value=ref) if ref:
            return m.mention(ref)
        case m.Choice(value=value):
            chosen = value.split(",") if one.many else [value]
            return ", ".join(option.label for option in one.options if option.value in chosen)
        case m.Toggle():
            return "yes" if one.value else ""
        case m.Text(value=value) | m.Date(value=value):
            return value
    return ""


def typed(button: m.Button, names: Mapping[str, str]) -> str:
    """Return the words that do the same as a button; a person is named as people name them."""
    act = REGISTRY.act(button.act)
    words = act.words if act else button.act.replace(".", " ")
    target = f'@"{names[button.target]}"' if button.target in names else button.target
    return f"{words} {target}".strip()
