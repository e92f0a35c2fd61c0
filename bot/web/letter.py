"""Draws a message as an e-mail: a subject, plain text, and HTML that needs nothing from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.ways import door, inside
from bot.web.draw import plain, render
from bot.web.frame import Frame
from evidence.chart import chart_table, chart_text
from models.message import Chart, Message, Table

SUBJECT_LIMIT = 150  # longer ones are cut in every inbox; the whole title stands in the letter


def mail(
    frame: Frame, message: Message, names: Mapping[str, str], address: Callable[[str], str]
) -> tuple[str, str, str]:
    """Return (subject, text, html). Every button is a link to where its act is shown and then done.

    `address` turns a path inside the web inbox into the full address that is written into this letter.
    """
    subject = " ".join(plain(message.title, names).split())
    if len(subject) > SUBJECT_LIMIT:
        subject = subject[: SUBJECT_LIMIT - 1] + "…"
    ways = [(button.label, address(door("go", button.act, button.target))) for button in message.buttons]
    ways += [(link.label, address(inside(link.path))) for link in message.links]
    text = plain("\n\n".join(_parts(frame, message, ways)), names) + "\n"
    html = render("mail.html", frame, names, message=message, ways=ways, charts=_charts(message), subject=subject)
    return subject, text, html


def _charts(message: Message) -> list[tuple[Chart, Table]]:
    return [(chart, chart_table(chart)) for chart in message.charts]


def _parts(frame: Frame, message: Message, ways: list[tuple[str, str]]) -> Iterator[str]:
    yield f"{message.title}\n{'=' * min(70, len(message.title))}"
    yield from message.lines
    if message.facts:
        yield "\n".join(f"{fact.label}: {fact.value}" for fact in message.facts)
    for chart in message.charts:
        yield "\n".join([chart.title, *chart_text(chart)])
    for table in message.tables:
        yield "\n".join(_lined_up(table))
    if message.prose:
        yield message.prose
    if ways:
        yield "\n".join(f"{label}: {address}" for label, address in ways)
    yield f"-- \n{frame.bot_name}, {frame.company}"


def _lined_up(table: Table) -> Iterator[str]:
    """Yield the caption and the rows, one cell after the other: aligned columns would break in a narrow mail window."""
    yield table.caption
    for row in table.rows:
        cells = [f"{head}: {cell}" if head else cell for head, cell in zip(table.head, row, strict=False)]
        yield "- " + "; ".join([*cells, *row[len(table.head) :]])
