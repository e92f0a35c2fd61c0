"""Whom something is for: "everyone", or filters such as "department:Sales; kind:contractor".

Values of one key are alternatives, different keys must all hold. Only those who can answer are ever in an audience: no
shared mailboxes, no services, nobody who is on the roster only to audit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from models.person import ANSWERING_KINDS, ROLES, Person

_report = aliased(Person)
_MANAGES = exists().where(_report.manager_id == Person.id)
KEYS = ("department", "country", "kind", "role")


class Described(Protocol):
    """What an audience can ask of somebody, wherever it is known from: the roster now, or the facts of an instant."""

    @property
    def department(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def roles(self) -> Collection[str]: ...


def read(audience: str) -> Mapping[str, list[str]]:
    """Return the values an audience wants, by key; nothing for everyone.

    Raises ValueError, in plain words, for a filter that does not exist.
    """
    wanted: dict[str, list[str]] = {}
    for part in (part.strip() for part in audience.split(";")):
        if part.lower() in ("", "everyone"):
            continue
        key, colon, value = (piece.strip() for piece in part.partition(":"))
        if not colon or key.lower() not in KEYS or not value:
            raise ValueError(f"“{part}” is no audience. Write everyone, or {', '.join(f'{key}:…' for key in KEYS)}.")
        wanted.setdefault(key.lower(), []).append(_known(key.lower(), value))
    return wanted


def _known(key: str, value: str) -> str:
    """Return a value as the roster writes it. Raises ValueError for a role that does not exist."""
    if key == "role" and value.lower() not in (*ROLES, "manager"):
        raise ValueError(f"There is no role “{value}”. Roles: manager, {', '.join(ROLES)}.")
    return {"country": value.upper(), "department": value}.get(key, value.lower())


def holds(wanted: Mapping[str, list[str]], one: Described) -> bool:
    """Return whether somebody is in the audience that was read; "manager" is a role like the others here."""
    has: Mapping[str, Collection[str]] = {
        "department": (one.department,),
        "country": (one.country,),
        "kind": (one.kind,),
        "role": one.roles,
    }
    return all(not set(values).isdisjoint(has[key]) for key, values in wanted.items())


def condition(audience: str) -> ColumnElement[bool]:
    """Return the condition on `Person` that an audience stands for, of those who can answer.

    Raises ValueError, in plain words, for a filter that does not exist.
    """
    can_answer = and_(Person.kind.in_(ANSWERING_KINDS), Person.roles != "auditor", Person.merged_into_id.is_(None))
    wanted = read(audience)
    return and_(can_answer, *(or_(*(_column(key, value) for value in values)) for key, values in wanted.items()))


def _column(key: str, value: str) -> ColumnElement[bool]:
    if key != "role":
        column: ColumnElement[bool] = getattr(Person, key) == value
        return column
    if value == "manager":
        return _MANAGES
    padded = ";" + Person.roles + ";"
    return padded.contains(f";{value};", autoescape=True)
