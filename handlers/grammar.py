"""The one parser of typed words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from models.message import clean

_ID = re.compile(r"[A-Za-z]+-?\d+(\.\d+)?(v\d+)?")


class Unreadable(ValueError):
    """Words that make no command; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, taken apart."""

    noun: str = ""
    verb: str = ""
    ids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None
    text: str = ""


def parse(typed: str, commands: Mapping[str, Collection[str]], today: date, *, aliases: Mapping[str, str]) -> Words:
    """Return what was typed, taken apart. Raises Unreadable."""
    parts = clean(typed).split()
    if parts and parts[0].lower() in aliases:
        parts = [*aliases[parts[0].lower()].split(), *parts[1:]]
    noun = parts.pop(0).lower() if parts else "todo"
    if noun not in commands:
        raise Unreadable(f"I don't know “{noun}”. Type `help`.")
    verb = parts.pop(0).lower() if parts and parts[0].lower() in commands[noun] else ""
    ids = []
    while parts and _ID.fullmatch(parts[0]):
        ids.append(parts.pop(0))
    return Words(noun, verb, tuple(ids), text=" ".join(parts))
