"""The names that stand for refs at the moment of drawing; stored bodies hold only refs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.message import mentioned, texts
from models.person import Person

_REF = re.compile("[0-9a-f]{32}")
REF = 32  # characters


def refs_in(body: Any) -> set[str]:
    """Return the refs of everybody who is mentioned in a message, encoded or not, or filled into its form."""
    found = set(texts(body))
    refs = {text for text in found if len(text) == REF and _REF.fullmatch(text)}
    return refs.union(mentioned("".join(found)))


def names_of(session: Session, refs: Collection[str]) -> Mapping[str, str]:
    """Return {ref: name} for those of `refs` who are on the roster."""
    if not refs:
        return {}
    return dict(session.execute(select(Person.ref, Person.name).where(Person.ref.in_(refs))).all())


def names_in(session: Session, body: Any) -> Mapping[str, str]:
    """Return {ref: name} for everybody in an encoded message (see `refs_in`)."""
    return names_of(session, refs_in(body))
