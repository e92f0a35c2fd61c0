"""How far things have come, counted: one grouped query over the assignments that the viewer may see.

"Overdue" changes by the clock, so it is counted from the due time and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from evidence.chart import percent
from models import message as m
from models.campaign import Assignment
from models.person import Person
from workflows.duty import OPEN
from workflows.who import visible


@dataclass(frozen=True, slots=True)
class Count:
    """Assignments under one key: answered, waiting, late, and ended otherwise (left, exempt, withdrawn, superseded)."""

    key: str
    done: int
    open: int
    overdue: int
    other: int

    @property
    def asked(self) -> int:
        """Everybody who is or was to answer."""
        return self.done + self.open + self.overdue


def overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an assignment is late at `now`; who cannot agree waits for an answer and is not."""
    return (Assignment.state == "open") & (Assignment.due_at < now)


def count_by(
    session: Session, viewer: Person, now: datetime, key: InstrumentedAttribute[Any], *where: ColumnElement[bool]
) -> list[Count]:
    """Return a Count for every value of the assignment column `key`, in its order, of what the viewer may see."""
    late = overdue(now)
    waiting = Assignment.state.in_(OPEN) & ~late
    done = Assignment.state == "done"
    rows: Select[Any] = (
        select(key, _sum(done), _sum(waiting), _sum(late), func.count())
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(visible(viewer), *where)
        .group_by(key)
        .order_by(key)
    )
    return [
        Count(str(name), finished, still, behind, every - finished - still - behind)
        for name, finished, still, behind, every in session.execute(rows)
    ]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def chart(title: str, counts: Iterable[Count], none: str = "No department") -> m.Chart:
    """Return the bars of some counts."""
    return m.Chart(
        title,
        tuple(
            m.Bar(one.key or none, (("Done", one.done), ("Open", one.open), ("Overdue", one.overdue))) for one in counts
        ),
    )


def sentence(counts: Iterable[Count]) -> str:
    """Return counts in a sentence: "41 of 57 done, 12 open, 4 overdue."."""
    every = list(counts)
    done, waiting, late = (sum(getattr(one, name) for one in every) for name in ("done", "open", "overdue"))
    asked = done + waiting + late
    if not asked:
        return "Nobody has been asked yet."
    return f"{done} of {asked} done ({percent(done, asked)} %), {waiting} open, {late} overdue."
