"""The names that stand for refs at the moment of drawing; stored bodies hold only refs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.message import mentioned, texts
from models.person import Person


def names_in(session: Session, body: Any) -> Mapping[str, str]:
    """Return {ref: name} for everybody who is mentioned in an encoded message."""
    refs = {ref for text in texts(body) for ref in mentioned(text)}
    if not refs:
        return {}
    return dict(session.execute(select(Person.ref, Person.name).where(Person.ref.in_(refs))).all())
