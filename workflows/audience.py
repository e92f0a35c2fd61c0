"""Whom something is for: "everyone", or filters such as "department:Sales; kind:contractor".

Values of one key are alternatives, different keys must all hold. Only those who can answer are ever in an audience: no
shared mailboxes, no services, nobody who is on the roster only to audit.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from models.person import ANSWERING_KINDS, ROLES, Person

_report = aliased(Person)
_MANAGES = exists().where(_report.manager_id == Person.id)


def _role(value: str) -> ColumnElement[bool]:
    if value == "manager":
        return _MANAGES
    if value not in ROLES:
        raise ValueError(f"There is no role “{value}”. Roles: manager, {', '.join(ROLES)}.")
    padded = ";" + Person.roles + ";"
    return padded.contains(f";{value};", autoescape=True)


_KEYS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "department": lambda value: Person.department == value,
    "country": lambda value: Person.country == value.upper(),
    "kind": lambda value: Person.kind == value.lower(),
    "role": lambda value: _role(value.lower()),
}


def condition(audience: str) -> ColumnElement[bool]:
    """Return the condition on `Person` that an audience stands for.

    Raises ValueError, in plain words, for a filter that does not exist.
    """
    wanted: dict[str, list[ColumnElement[bool]]] = {}
    for part in (part.strip() for part in audience.split(";")):
        if part.lower() in ("", "everyone"):
            continue
        key, colon, value = (piece.strip() for piece in part.partition(":"))
        if not colon or key.lower() not in _KEYS or not value:
            raise ValueError(f"“{part}” is no audience. Write everyone, or {', '.join(f'{key}:…' for key in _KEYS)}.")
        wanted.setdefault(key.lower(), []).append(_KEYS[key.lower()](value))
    can_answer = and_(Person.kind.in_(ANSWERING_KINDS), Person.roles != "auditor", Person.merged_into_id.is_(None))
    return and_(can_answer, *(or_(*alternatives) for alternatives in wanted.values()))
