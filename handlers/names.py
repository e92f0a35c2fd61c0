"""People by name: for a ref at the moment of drawing (stored bodies hold only refs), for an account in typed words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.message import mentioned, texts
from models.person import Identity, Person

_REF = re.compile("[0-9a-f]{32}")
REF = 32  # characters


def refs_in(body: Any) -> set[str]:
    """Return the refs of everybody who is mentioned in a message, encoded or not, or filled into its form."""
    found = texts(body, REF)
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


def spoken(session: Session, platform: str, workspace: str, accounts: Collection[str]) -> Mapping[str, str]:
    """Return {account id: how the parser of commands is told about the person}: by name, by ref if two share it."""
    rows = session.execute(
        select(Identity.platform_id, Person.name, Person.ref)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.platform == platform, Identity.workspace == workspace, Identity.platform_id.in_(accounts))
    ).all()
    names = [row.name for row in rows]
    counts = dict(
        session.execute(select(Person.name, func.count()).where(Person.name.in_(names)).group_by(Person.name)).all()
    )
    return {row.platform_id: f'@"{row.name}"' if counts[row.name] == 1 else f"@{row.ref}" for row in rows}
