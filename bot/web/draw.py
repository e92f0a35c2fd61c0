"""Draws what is said as a full HTML page: pure functions, the same words in give the same page out.

Every text passes `say` or `plain`, which escape it, put names in the place of mentions and drop characters that hide or
reorder. Pages hold no inline style or script, so the strictest content security policy holds for them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.text.filled import given
from bot.text.parts import DIGEST
from bot.ways import door, inside
from bot.web.frame import Ask, Frame
from bot.web.prose import Heading, prose
from evidence.chart import chart_table, svg
from models.gesture import Upload
from models.message import (
    AnyField,
    Bar,
    Chart,
    Choice,
    File,
    Form,
    Home,
    Message,
    Person,
    Said,
    Table,
    clean,
    with_names,
)

HERE = Path(__file__).parent
RADIO_CARDS = 6  # more options than this are a list to pick from
_COMMAND = re.compile(r"`([^`<>\s](?:[^`<>\n]{0,78}[^`<>\s])?)`")
_FIGURE = re.compile(r"[\d.,\u00a0 %+-]+")
LONG_TEXT = 4  # chapters from which a text has a table of contents


def page(frame: Frame, said: Said, ask: Ask) -> str:
    """Return the HTML document that says `said` to the viewer of `frame`."""
    template = {Message: "message.html", Form: "form.html", Home: "home.html"}[type(said)]
    return render(template, frame, ask.names, said=said, ask=ask)


def render(template: str, frame: Frame, names: Mapping[str, str] | None = None, **more: Any) -> str:
    """Return `template` filled with `more` and with what every page needs."""
    known = names or {}
    spoken = {
        "say": partial(say, names=known),
        "advice": partial(advice, names=known),
        "plain": partial(plain, names=known),
        "long_text": partial(long_text, names=known),
        "drawn": partial(_drawn, names=known),
        "numbers": partial(_numbers, names=known),
        "unique": partial(_unique, count(1)),
    }
    return _environment().get_template(template).render(frame=frame, **spoken, **more)


def say(text: str, names: Mapping[str, str]) -> Markup:
    """Return `text` escaped, with each mention as a name that keeps its own writing direction to itself.

    What can be typed stands between backticks; drawn as `advice` does, it can be pressed as well.
    """
    marked = {ref: f'<bdi class="person">{escape(name)}</bdi>' for ref, name in names.items()}
    return Markup(clean(with_names(str(escape(text)), marked)))  # noqa: S704  (escaped just here)


def advice(text: str, names: Mapping[str, str]) -> Markup:
    """Return `text` as `say` does, where each `command` is a link to what it shows; nothing is done by following it."""
    return Markup(_COMMAND.sub(_typed, str(say(text, names))))  # noqa: S704  (escaped by `say`)


def _typed(found: re.Match[str]) -> str:
    address = escape("/say?" + urlencode({"words": unescape(found[1])}))
    return f'<a class="typed" href="{address}"><code>{found[1]}</code></a>'


def plain(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with names for mentions, for attributes and titles; not yet escaped."""
    return clean(with_names(text, names))


def long_text(markdown: str, names: Mapping[str, str]) -> tuple[Markup, list[Heading]]:
    """Return Markdown as safe HTML with names for mentions, and its contents where it is long enough to need them."""
    html, headings = prose(markdown)
    marked = {ref: str(escape(name)) for ref, name in names.items()}
    chapters = [heading for heading in headings if heading.level == 2]
    safe = Markup(clean(with_names(str(html), marked)))  # noqa: S704  (`prose` made it safe, names are escaped)
    return safe, headings if len(chapters) >= LONG_TEXT else []


def _drawn(chart: Chart, ident: str, names: Mapping[str, str]) -> Markup:
    return Markup(svg(_named(chart, names), ident))  # noqa: S704  (`svg` escapes)


def _numbers(chart: Chart, names: Mapping[str, str]) -> Any:
    return chart_table(_named(chart, names))


def _named(chart: Chart, names: Mapping[str, str]) -> Chart:
    """Return `chart` with names for mentions, because a drawing cuts long labels and must not cut a mention."""
    bars = tuple(Bar(plain(bar.label, names), tuple((plain(n, names), c) for n, c in bar.parts)) for bar in chart.bars)
    return replace(chart, title=plain(chart.title, names), bars=bars)


def _unique(numbers: count[int], prefix: str = "n") -> str:
    return f"{prefix}{next(numbers)}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        static=static, go=partial(door, "go"), do=partial(door, "do"), inside=inside, kind=_kind, given=_given,
        chosen=_chosen, day_or_text=_day_or_text, RADIO_CARDS=RADIO_CARDS, figure_columns=_figure_columns,
        has_file=_has_file, has_person=_has_person, is_digest=DIGEST.fullmatch,
    )  # fmt: skip
    environment.filters["moment"] = _moment
    return environment


@cache
def static(name: str) -> str:
    """Return the address of a file in static/: it changes with the content, so that browsers may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256((HERE / 'static' / name).read_bytes()).hexdigest()[:12]}"


def _kind(field: AnyField) -> str:
    return type(field).__name__


def _given(field: AnyField, ask: Ask) -> Any:
    """Return what stands in the field: what was sent last time, otherwise what it is filled with beforehand."""
    value = given(field, ask.values)
    if isinstance(value, list | tuple):  # sent several times: all of it is shown, for the person to choose
        value = "\n".join(str(one) for one in value)
    if isinstance(value, Upload):
        return ""
    return plain(ask.names.get(value, value), {}) if isinstance(field, Person) else value


def _chosen(field: Choice, ask: Ask) -> set[str]:
    value = given(field, ask.values)
    if isinstance(value, str):
        return set(value.split(",")) if field.many else {value}
    return set(value or ())


def _day_or_text(value: str) -> str:
    """A browser's date box drops what is no ISO day; what somebody typed as "next friday" must stay to be put right."""
    try:
        datetime.strptime(value or "2026-01-01", "%Y-%m-%d")  # noqa: DTZ007  (only its form is looked at)
    except ValueError:
        return "text"
    return "date"


def _figure_columns(table: Table) -> set[int]:
    """Return the columns that hold figures only: those stand under one another on the right."""
    return {number for number, cells in enumerate(zip(*table.rows, strict=False)) if all(map(_FIGURE.fullmatch, cells))}


def _has_file(form: Form) -> bool:
    return any(isinstance(field, File) for field in form.fields)


def _has_person(form: Form) -> bool:
    return any(isinstance(field, Person) for field in form.fields)


def _moment(at: datetime) -> str:
    """Return an aware time as people write it, in the zone it comes in."""
    return f"{at.day} {at:%b %Y, %H:%M %Z}"
