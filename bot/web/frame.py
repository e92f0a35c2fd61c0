"""What surrounds and accompanies what is said on a page: plain data that the routes fill in and the drawing reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from models.message import Tone


def fresh_key() -> str:
    """Return a key that no other gesture has."""
    return token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation; `count` is what waits there, `current` whether the page is it."""

    label: str
    path: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page.

    `viewer` is the display name of who is signed in, or empty; `csrf` goes into every form. `notice` is the outcome of
    what was just done, in the colour of `tone`. `asked` is what was typed to get here; `words` refills the box where
    what was typed was not understood. `key` gives each form a key of its own: a double click is one gesture.
    """

    bot_name: str
    company: str
    viewer: str = ""
    roles: str = ""
    nav: tuple[NavItem, ...] = ()
    csrf: str = ""
    demo: bool = False
    notice: str = ""
    tone: Tone = "good"
    asked: str = ""
    words: str = ""
    waiting: int = 0
    onward: bool = False
    key: Callable[[], str] = fresh_key


@dataclass(frozen=True, slots=True)
class Ask:
    """What drawing a conversation needs to know beside what is said.

    `opens` tells whether an act merely opens something (drawn as a link) or does something at once (a form that posts).
    `shown` is the digest of the form on the page, `errors` and `values` are what came back with it, `people` are
    (value, label) suggestions for a person field.
    """

    opens: Callable[[str], bool]
    names: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    people: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """A post that was not saved: sent once more as it was, its key included, so that it cannot count twice."""

    path: str
    values: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person one can be in the demo; `hint` is a sentence on what to try as them."""

    ref: str
    name: str
    title: str
    department: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session of the viewer: where from, when last seen, and whether this page is read in it."""

    ref: str
    device: str
    last_seen: datetime
    current: bool = False
