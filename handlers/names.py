"""The names that stand for refs at the moment of drawing; stored bodies hold only refs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.message import mentioned, texts
from models.person import Person

_REF = re.compile("[0-9a-f]{32}")


def names_in(session: Session, body: Any) -> Mapping[str, str]:
    """Return {ref: name} for everybody who is mentioned in an encoded message, or filled into its form."""
    found = set(texts(body))
    refs = {ref for text in found for ref in mentioned(text)} | {text for text in found if _REF.fullmatch(text)}
    if not refs:
        return {}
    return dict(session.execute(select(Person.ref, Person.name).where(Person.ref.in_(refs))).all())
