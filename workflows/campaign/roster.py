"""The roster as recorded at an instant: from the effective-dated facts, and from the rows where there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.fact import EffectiveFact, facts_of
from models.person import Person
from workflows.context import zone_named

COLUMNS = (
    Person.id, Person.ref, Person.zone, Person.kind, Person.start_on, Person.end_on, Person.department, Person.country,
    Person.roles, Person.manager_id, Person.leave_from, Person.leave_to, Person.recorded_at,
)  # fmt: skip
Facts = Mapping[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the roster says of one person at an instant; `roles` holds "manager" where somebody reports to them."""

    id: int
    ref: str
    zone: ZoneInfo
    kind: str
    start: date | None
    end: date | None
    department: str
    country: str
    roles: frozenset[str]
    manager: str
    leave_from: date | None
    leave_to: date | None

    def away(self, on: date) -> bool:
        """Return whether they are on leave on that day."""
        return self.leave_from is not None and self.leave_from <= on and (self.leave_to is None or on <= self.leave_to)


def standings(session: Session, after: int, limit: int, at: datetime | None = None) -> tuple[list[Standing], int]:
    """Return (standings, last id) of the next `limit` people by id: as recorded at `at`, or now.

    Who was not on the roster at the instant has no standing; somebody merged into another entry stands there.
    """
    people = select(*COLUMNS).where(Person.id > after, Person.merged_into_id.is_(None)).order_by(Person.id).limit(limit)
    rows = session.execute(people).all()
    last = rows[-1].id if rows else after
    refs = [row.ref for row in rows]
    known = facts_of(session, refs, at, at) if at is not None else {}
    rows = [row for row in rows if at is None or row.recorded_at <= at or known.get(row.ref)]
    managers = _managers(session, rows, at)
    bosses = select(Person.id, Person.ref).where(Person.id.in_({row.manager_id for row in rows}))
    names = dict(session.execute(bosses).all())
    found = [_of_row(row, names.get(row.manager_id or 0, "")) for row in rows]
    return [_managing(_with_facts(one, known.get(one.ref, {})), managers) for one in found], last


def _of_row(row: Row[*tuple[Any, ...]], manager: str) -> Standing:
    """Return what a roster row says."""
    return Standing(
        id=row.id,
        ref=row.ref,
        zone=zone_named(row.zone),
        kind=row.kind,
        start=row.start_on,
        end=row.end_on,
        department=row.department,
        country=row.country,
        roles=frozenset(row.roles.split(";")),
        manager=manager,
        leave_from=row.leave_from,
        leave_to=row.leave_to,
    )


def _with_facts(one: Standing, facts: Facts) -> Standing:
    """Return a standing in which the facts on record take the place of the row."""
    changes: dict[str, Any] = {}
    if job := facts.get(("employment", "")):
        changes |= {"kind": job["kind"], "start": _day(job["start"]), "end": _day(job["end"])}
    if ("leave", "") in facts:
        leave = facts["leave", ""] or {}
        changes |= {"leave_from": _day(leave.get("from")), "leave_to": _day(leave.get("to"))}
    for name in ("department", "country", "manager"):
        if (name, "") in facts:
            changes[name] = facts[name, ""] or ""
    if any(name == "role" for name, _ in facts):
        changes["roles"] = frozenset(key for (name, key), value in facts.items() if name == "role" and value)
    return replace(one, **changes)


def _managing(one: Standing, managers: frozenset[str]) -> Standing:
    return replace(one, roles=one.roles | {"manager"}) if one.ref in managers else one


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _managers(session: Session, rows: Sequence[Row[*tuple[Any, ...]]], at: datetime | None) -> frozenset[str]:
    """Return the refs of those among `rows` to whom somebody reported at the instant."""
    refs = {row.id: row.ref for row in rows}
    reports = session.execute(select(Person.ref, Person.manager_id).where(Person.manager_id.in_(refs))).all()
    if at is None:
        return frozenset(refs[manager] for _, manager in reports)
    by_row = {ref: refs[manager] for ref, manager in reports}
    moved = set(_changed_since(session, at))
    known = facts_of(session, moved | by_row.keys(), at, at)
    then = {ref: known.get(ref, {}).get(("manager", ""), by_row.get(ref, "")) for ref in moved | by_row.keys()}
    return frozenset(then.values()) & frozenset(refs.values())


def _changed_since(session: Session, at: datetime) -> Iterable[str]:
    """Return those whose manager changed on record since the instant: their rows no longer tell who it was.

    Facts only grow, so the newest are found from the end of the table without looking through all of it.
    """
    last = session.scalar(
        select(EffectiveFact.id).where(EffectiveFact.recorded_at <= at).order_by(EffectiveFact.id.desc()).limit(1)
    )
    newer = select(EffectiveFact.subject).where(EffectiveFact.id > (last or 0), EffectiveFact.name == "manager")
    return session.scalars(newer.distinct())
