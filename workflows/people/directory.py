"""The directory rows, read and written many at a time. `put` is the only way a person's row changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session, aliased

from models.fact import Change
from models.person import EmailAlias, Person
from workflows.people import values as v
from workflows.people.rows import Known
from workflows.people.values import Values

_COLUMNS = (*v.PLAIN, *v.DAYS)


@dataclass(slots=True)
class Edit:
    """What to set on one person. A `new` one has no history to compare with, even where a row stands already."""

    ref: str
    sets: Values
    new: bool = False
    was: Values = field(default_factory=dict)  # complete, filled in by `put`


def read(session: Session, refs: Iterable[str] | None = None) -> dict[str, Values]:
    """Return {ref: complete values} of these people, or of everybody; each has its row's "id" too."""
    boss, other = aliased(Person), aliased(Person)
    columns = (Person.id, Person.ref, Person.roles, *(getattr(Person, name) for name in _COLUMNS))
    rows = (
        select(*columns, boss.ref.label("manager"), other.ref.label("merged_into"))
        .outerjoin(boss, Person.manager_id == boss.id)
        .outerjoin(other, Person.merged_into_id == other.id)
        .order_by(Person.id)
    )
    aliases = select(EmailAlias.person_id, EmailAlias.email).order_by(EmailAlias.email)
    if refs is not None:
        wanted = list(refs)
        rows = rows.where(Person.ref.in_(wanted))
        aliases = aliases.join(Person, Person.id == EmailAlias.person_id).where(Person.ref.in_(wanted))
    also: dict[int, list[str]] = {}
    for person_id, address in session.execute(aliases):
        also.setdefault(person_id, []).append(address)
    return {row["ref"]: _values(row, also) for row in session.execute(rows).mappings()}


def _values(row: RowMapping, aliases: Mapping[int, list[str]]) -> Values:
    values: Values = {str(name): value for name, value in row.items()}
    del values["ref"]
    values.update({name: v.said(values[name]) for name in v.DAYS})
    return {**values, "roles": v.in_order(values["roles"].split(";")), "aliases": aliases.get(values["id"], [])}


def as_known(everybody: Mapping[str, Values], today: date) -> tuple[Known, ...]:
    """Return the directory as a roster is compared with it: without those who were merged or never began."""
    there = {ref: one for ref, one in everybody.items() if not one["merged_into"] and not v.never_began(one)}
    handles = {ref: one["employee_id"] or one["email"] or "" for ref, one in everybody.items()}
    return tuple(_known(ref, one, handles, today) for ref, one in there.items())


def _known(ref: str, one: Values, handles: Mapping[str, str], today: date) -> Known:
    end = v.parsed(one["end_on"])
    return Known(
        employee_id=one["employee_id"] or "",
        preferred_name=one["name"],
        email=one["email"] or "",
        aliases=tuple(one["aliases"]),
        manager=handles.get(one["manager"] or "", ""),
        department=one["department"],
        title=one["title"],
        country=one["country"],
        region=one["region"],
        zone=one["zone"],
        work_days=one["work_days"],
        start=v.parsed(one["start_on"]),
        end=end,
        leave_from=v.parsed(one["leave_from"]),
        leave_to=v.parsed(one["leave_to"]),
        kind=one["kind"],
        roles=frozenset(one["roles"]),
        id=one["id"],
        ref=ref,
        left=end is not None and end < today,
    )


def put(session: Session, edits: Sequence[Edit], day: date, now: datetime) -> list[Change]:
    """Apply edits (at most one a person) to the directory and return the facts that a record must state with them.

    `day` is the day from which they hold. An address that is set is taken from whoever had it: the caller has decided
    that. Managers must stand in the directory or among the edits.
    """
    standing = read(session, [edit.ref for edit in edits])
    stated: list[Change] = []
    for edit in edits:
        edit.was = standing.get(edit.ref, v.BLANK)
        after = {**(v.BLANK if edit.new else edit.was), **edit.sets}
        if "aliases" in edit.sets:
            edit.sets["aliases"] = after["aliases"] = sorted(set(after["aliases"]) - {after["email"]})
        stated.extend(v.changes(edit.ref, edit.was, after, day, new=edit.new))
        if edit.ref not in standing:
            edit.sets = {name: after[name] for name in v.BLANK}
    _free_addresses(session, edits)
    _insert(session, [edit for edit in edits if edit.ref not in standing], now)
    _update(session, edits)
    for row in [one for one in session.identity_map.values() if isinstance(one, Person)]:
        session.expire(row)
    return stated


def _insert(session: Session, edits: Sequence[Edit], now: datetime) -> None:
    if edits:
        rows = [{"ref": edit.ref, "name": edit.sets["name"], "recorded_at": now} for edit in edits]
        session.execute(insert(Person), rows)


def _update(session: Session, edits: Sequence[Edit]) -> None:
    """Write the columns and aliases of rows that exist by now, in as few statements as there are sets of columns."""
    refs = {edit.ref for edit in edits}
    for name in ("manager", "merged_into"):
        refs |= {edit.sets[name] for edit in edits if edit.sets.get(name)}
    ids = dict(session.execute(select(Person.ref, Person.id).where(Person.ref.in_(refs))).all())
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for edit in edits:
        row = _row(edit.sets, ids)
        if row:
            groups.setdefault(tuple(sorted(row)), []).append({**row, "its_id": ids[edit.ref]})
    table = Person.__table__
    connection = session.connection()
    for names, rows in groups.items():
        sets: dict[str, Any] = {name: bindparam(name) for name in names}
        connection.execute(update(Person).where(table.c.id == bindparam("its_id")).values(sets), rows)
    _aliases(session, [(ids[edit.ref], edit.sets["aliases"]) for edit in edits if "aliases" in edit.sets])


def _row(sets: Values, ids: Mapping[str, int]) -> dict[str, Any]:
    """Return what to set as columns of the table."""
    row = {name: sets[name] for name in v.PLAIN if name in sets}
    row.update({name: v.parsed(sets[name]) for name in v.DAYS if name in sets})
    if "roles" in sets:
        row["roles"] = ";".join(sets["roles"])
    for name in ("manager", "merged_into"):
        if name in sets:
            row[f"{name}_id"] = ids[sets[name]] if sets[name] else None
    return row


def _aliases(session: Session, lists: Sequence[tuple[int, list[str]]]) -> None:
    if lists:
        session.execute(delete(EmailAlias).where(EmailAlias.person_id.in_([person_id for person_id, _ in lists])))
        rows = [{"email": address, "person_id": person_id} for person_id, every in lists for address in every]
        if rows:
            session.execute(insert(EmailAlias), rows)


def _free_addresses(session: Session, edits: Sequence[Edit]) -> None:
    """Take addresses that are about to be set from whoever has them: each is somebody's once in the whole company."""
    taken = {edit.sets["email"] for edit in edits if edit.sets.get("email") and edit.sets["email"] != edit.was["email"]}
    also = {alias for edit in edits for alias in edit.sets.get("aliases", ()) if alias not in edit.was["aliases"]}
    if taken or also:
        session.execute(delete(EmailAlias).where(EmailAlias.email.in_(taken | also)))
        quietly = update(Person).execution_options(synchronize_session=False)
        session.execute(quietly.where(Person.email.in_(taken | also)).values(email=None))
