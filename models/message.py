"""The words every surface can draw: what is owed, asked, answered and proved; never widgets.

Texts are plain: no markup, no platform syntax. A person stands in a text as `mention(ref)`, so stored bodies and
commitments hold no names; the surface that draws looks the name up. Everything here is frozen, serialises with
`encode` / `decode`, and means the same on Slack, Teams and the web.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

Tone = Literal["plain", "good", "warn", "bad"]
Style = Literal["plain", "primary", "danger"]

# Private-use characters delimit a mention; `clean` removes them from everything people type, so nobody can forge one.
_MENTION = re.compile("\ue000([0-9a-f]{32})\ue001")
# Surrogates, private use, bidirectional controls (they make text read as something else), controls but tab and newline.
_UNSAFE = re.compile("[\ud800-\uf8ff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x00-\x08\x0b-\x1f\x7f-\x9f]")


def mention(ref: str) -> str:
    """Return the token that stands for the person `ref` (32 hex digits) inside a text."""
    return f"\ue000{ref}\ue001"


def mentioned(text: str) -> list[str]:
    """Return the refs of the people who stand in `text`, in order."""
    return _MENTION.findall(text)


def with_names(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with every mention replaced by the name in `names`, or "somebody" where there is none."""
    return _MENTION.sub(lambda found: names.get(found[1], "somebody"), text)


def clean(text: str) -> str:
    """Return typed text without characters that hide, reorder or forge; line ends become a newline."""
    if text.isascii() and text.isprintable():
        return text  # as most are
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value: ("Due", "Fri 4 Dec 2026")."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; every cell is text. `caption` says what the rows are."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: `parts` are (series, count) in the order of the chart's series."""

    label: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked horizontal bars. The table of the same numbers always stands beside the drawing."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Something one can do: `act` names it, `target` is an opaque id; who may is decided when it is pressed."""

    label: str
    act: str
    target: str = ""
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Link:
    """A place inside the web inbox: `path` begins with "/" and the surface puts the base address before it."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said to one person. `prose` is long text in Markdown (a policy), everything else is plain."""

    title: str
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    prose: str = ""
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Home:
    """A page of cards: what I owe, a dashboard, a list. `empty` is said where there are no cards."""

    title: str
    lines: tuple[str, ...] = ()
    cards: tuple[Message, ...] = ()
    empty: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer of a `Choice`."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What every question has: a name for the machine, a label and a hint for people."""

    name: str
    label: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of (or, with `many`, any of) the options; `value` is chosen beforehand (comma-separated with `many`)."""

    options: tuple[Option, ...] = ()
    many: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Text(Field):
    """Typed text up to `limit` characters; `long` asks for a larger box."""

    long: bool = False
    limit: int = 3000
    value: str = ""


@dataclass(frozen=True, slots=True)
class Person(Field):
    """Somebody from the roster, by ref; typed as @name, name or e-mail."""

    value: str = ""


@dataclass(frozen=True, slots=True)
class Date(Field):
    """A day, as ISO text; people may also type the short forms of the grammar (fri, +5d, 2w)."""

    value: str = ""


@dataclass(frozen=True, slots=True)
class Toggle(Field):
    """A box to tick. A required toggle must be ticked."""

    value: bool = False


@dataclass(frozen=True, slots=True)
class File(Field):
    """A file handed in: an upload on the web, a direct message in a chat. `accept` lists endings (".csv")."""

    accept: tuple[str, ...] = ()


AnyField = Choice | Text | Person | Date | Toggle | File


@dataclass(frozen=True, slots=True)
class Form:
    """Questions for one act on one target. `about` is what the person must have in front of them to answer."""

    act: str
    target: str
    title: str
    fields: tuple[AnyField, ...]
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    submit: str = "Send"


Said = Message | Form | Home


_SHOWN = (Fact, Table, Bar, Chart, Button, Link, Message, Home)
_ASKED = (Option, Choice, Text, Person, Date, Toggle, File, Form)
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (*_SHOWN, *_ASKED)}
_PARTS = {kind: tuple((one.name, one.default) for one in dataclasses.fields(kind)) for kind in _KINDS.values()}
_READ = {kind: attrgetter(*(name for name, _ in parts)) for kind, parts in _PARTS.items()}


def encode(thing: Any) -> Any:
    """Return `thing` as JSON-ready data: a dataclass becomes an object tagged "is", without fields at their default."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, tuple | list):
        return [encode(part) for part in thing]
    parts = _PARTS.get(type(thing))
    if parts is None:
        return thing
    body = {"is": type(thing).__name__}
    for name, default in parts:
        value = getattr(thing, name)
        if value != default:
            body[name] = encode(value)
    return body


def decode(data: Any) -> Any:
    """Return what `encode` was given. Raises KeyError for an unknown kind."""
    if isinstance(data, dict):
        kind = _KINDS[data["is"]]
        return kind(**{name: decode(value) for name, value in data.items() if name != "is"})
    if isinstance(data, list):
        return tuple(decode(part) for part in data)
    return data


def texts(data: Any, least: int = 0) -> list[str]:
    """Return every text of at least so many characters inside a message, encoded or not, in whatever order."""
    found: list[str] = []
    inside = [data]
    for one in inside:  # grows while it is walked
        kind = type(one)
        if kind is str:
            if len(one) >= least:
                found.append(one)
        elif kind in _READ:
            inside += _READ[kind](one)
        elif kind in (tuple, list):
            inside += one
        elif kind is dict:
            inside += one.values()
    return found
