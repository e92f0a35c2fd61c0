"""Tables and charts as text: aligned where they are narrow enough for a phone, else a line a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from bot.text.runs import Flow, Run, run, runs
from bot.text.words import Names, readable
from evidence.chart import chart_table, chart_text
from models.message import Bar, Chart, Table

FEW = 3  # columns that need no head beside every value
_FIGURE = re.compile(r"[\d.,\u00a0 %+-]*")
_BETWEEN = " · "


def draw_table(flow: Flow, table: Table, names: Names) -> None:
    """Add a table to `flow`, every cell of it; one whose columns have no names is a list."""
    if table.caption:
        flow.caption(runs(table.caption, names, "bold"))
    rows = [tuple(readable(cell, names) for cell in row) for row in (table.head, *table.rows)]
    aligned = _aligned(rows, flow.columns) if any(table.head) else []
    if aligned:
        flow.code(aligned)
    elif rows[0] or len(rows) > 1:
        _listed(flow, rows[0], rows[1:])


def draw_chart(flow: Flow, chart: Chart, names: Names) -> None:
    """Add a chart to `flow`: each bar as signs, with its numbers beside it."""
    bars = tuple(
        Bar(readable(one.label, names), tuple((readable(name, names), many) for name, many in one.parts))
        for one in chart.bars
    )
    numbers = chart_table(Chart(chart.title, bars))
    shares = _shares(bars)
    head = (numbers.head[0], "", *numbers.head[1:])
    rows = [(row[0], share, *row[1:]) for row, share in zip(numbers.rows, shares, strict=True)]
    if chart.title:
        flow.caption(runs(chart.title, names, "bold"))
    aligned = _aligned([head, *rows], flow.columns)
    if aligned:
        flow.code(aligned)
        return
    for bar, share in zip(bars, shares, strict=True):
        counts = [f"{many} {name.lower()}" for name, many in bar.parts]
        flow.item([run(f"{share}  "), run(bar.label or "all", "bold"), run("".join(_BETWEEN + one for one in counts))])


def _shares(bars: Sequence[Bar]) -> list[str]:
    """Return each bar as signs with its percentage, in one width: "▓▓▓▓▓▓░░░░ 62 %"."""
    unnamed = Chart("", tuple(Bar("", one.parts) for one in bars))
    return [line.partition("  (")[0].strip() for line in chart_text(unnamed)]


def _aligned(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return rows under one another with their columns aligned; nothing where that is too wide or has several lines."""
    columns = list(zip_longest(*rows, fillvalue=""))
    if not columns or any("\n" in cell for column in columns for cell in column):
        return []
    widths = [max(map(_width, column)) for column in columns]
    if sum(widths) + 2 * (len(widths) - 1) > room:
        return []
    right = [any(column[1:]) and all(map(_FIGURE.fullmatch, column[1:])) for column in columns]
    padded = [
        [_padded(cell, width, right=side) for cell in column]
        for column, width, side in zip(columns, widths, right, strict=True)
    ]
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    """Return how many columns a text takes: signs of East Asia and most emoji take two, accents of their own none."""
    if cell.isascii():
        return len(cell)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in cell
    )


def _listed(flow: Flow, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add one item a row. With few columns the heads stand above them, with many each before its value."""
    heads = [name for name in head if name]
    if heads and (len(head) <= FEW or not rows):
        flow.say([run(_BETWEEN.join(heads), "italic")])
    for row in rows:
        flow.item(_row(head, row))


def _row(head: Sequence[str], row: Sequence[str]) -> Iterator[Run]:
    between = False
    for number, (name, cell) in enumerate(zip_longest(head[: len(row)], row, fillvalue="")):
        if not cell:
            continue
        if between:
            yield run(_BETWEEN)
        if number == 0 and len(row) > 1:
            yield from runs(cell, {}, "bold")
        else:
            yield from runs(f"{name} {cell}" if name and len(row) > FEW else cell, {})
        between = True
