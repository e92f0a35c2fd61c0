"""From the bytes of a roster to staged lines: what each would set, what stands now, and a commitment to its words.

Thinking about 100,000 people takes seconds, so it happens beside the writer (`think` only reads); the lines are then
kept in many small transactions, of which any may be the last before the process dies.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from evidence.canonical import canonical
from evidence.tree import tree_hash
from evidence.vault import commitment
from models.base import new_ref
from models.message import Message
from models.person import RosterImport
from models.policy import Original
from workflows.people import directory
from workflows.people import values as v
from workflows.people.check import check
from workflows.people.compare import compare
from workflows.people.decode import Unreadable
from workflows.people.describe import describe, describe_problems
from workflows.people.preview import Item, Preview
from workflows.people.read import Reading, read
from workflows.people.rows import Known, Problem, Row, Value, handles, key
from workflows.people.values import Values

DOMAIN = "countersign/v1/roster-row"
_RENAMED = {"preferred_name": "name", "start": "start_on", "end": "end_on"}
_COLUMNS = tuple(part.name for part in dataclasses.fields(Row) if part.name != "line")


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of a file: lines to keep (rows of `RosterLine`), or none where it was refused; and how to say so."""

    message: Message
    rows: int = 0
    errors: int = 0
    root: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[dict[str, Any]] = ()


def think(session: Session, imported: RosterImport) -> Thought:
    """Read, check and compare an import's file. Only reads; takes seconds for 100,000 people."""
    try:
        reading = read(session.get_one(Original, imported.original_sha256).body)
    except Unreadable as unreadable:
        return Thought(Message("This file cannot be read.", lines=(str(unreadable),), tone="bad"), errors=1)
    everybody = directory.read(session)
    known = _recognised(reading.rows, directory.as_known(everybody, imported.day))
    problems = [*reading.problems, *check(reading.rows, known)]
    if _errors(problems):
        return _refused(reading, problems)
    seen = compare(reading.rows, known, columns=reading.columns, full=imported.full, today=imported.day)
    problems.extend(seen.problems)
    if _errors(problems):
        return _refused(reading, problems)
    seen = dataclasses.replace(seen, problems=tuple(problems))
    lines = _Lines(reading, known, everybody, imported, seen).all()
    leaves = [(one["line"], commitment(DOMAIN, one["salt"], one["row"])) for one in lines if one["line"]]
    return Thought(
        describe(seen),
        rows=len(reading.rows),
        root=tree_hash([bytes.fromhex(leaf) for _, leaf in sorted(leaves)]),
        summary=_summary(seen),
        lines=lines,
    )


def _recognised(rows: Sequence[Row], known: Sequence[Known]) -> tuple[Known, ...]:
    """Return the directory with the file's ids for those who had none: whoever installed is found by their address."""
    ids = {address: row.employee_id for row in rows for address in row.addresses()}
    return tuple(
        one
        if one.employee_id
        else dataclasses.replace(one, employee_id=next((ids[part] for part in one.addresses() if part in ids), ""))
        for one in known
    )


def _errors(problems: Sequence[Problem]) -> int:
    return sum(problem.severity == "error" for problem in problems)


def _refused(reading: Reading, problems: Sequence[Problem]) -> Thought:
    return Thought(describe_problems(problems), rows=len(reading.rows), errors=_errors(problems))


def _summary(seen: Preview) -> dict[str, Any]:
    """Return the counts of a preview, and the number that must be typed to apply it (null: none)."""
    groups = ("new", "changed", "rehired", "returning", "left", "unmatched")
    counts = {group: len(getattr(seen, group)) for group in groups}
    return {**counts, "unchanged": seen.unchanged, "not_in_file": seen.not_in_file, "number": seen.needs_typed_number}


class _Lines:
    """Turns the groups of a preview into lines, each with what to set and what stands before."""

    def __init__(
        self,
        reading: Reading,
        known: Sequence[Known],
        everybody: Mapping[str, Values],
        imported: RosterImport,
        seen: Preview,
    ) -> None:
        self.reading, self.known, self.everybody, self.seen = reading, known, everybody, seen
        self.day = imported.day
        self.names = handles(reading.rows, known)
        self.addresses = {address for row in reading.rows for address in row.addresses()}
        self.refs = {address: person.ref for person in known for address in person.addresses()}
        # Somebody whose import was reversed comes in again under the ref they had: what they answered stays theirs.
        self.refs |= {key(one["employee_id"]): ref for ref, one in everybody.items() if one["employee_id"]}
        self.refs |= {key(person.employee_id): person.ref for person in known if person.employee_id}
        self.refs |= {key(item.row.employee_id): item.known.ref for item in seen.unmatched if item.row and item.known}
        for item in seen.new:
            if item.row:
                self.refs.setdefault(key(item.row.employee_id), new_ref())
        self.freed = self._freed()

    def all(self) -> list[dict[str, Any]]:
        """Return the lines in the order in which they can be applied: nobody before their manager."""
        lines = [self._line("new", item.row, self.ref(item.row), self._whole(item.row)) for item in self._by_depth()]
        for group in ("changed", "rehired", "returning", "unmatched"):
            lines.extend(self._changed(group, item) for item in getattr(self.seen, group))
        lines.extend(self._left(item) for item in self.seen.left)
        lines.extend(self._line("freed", None, ref, after) for ref, after in self.freed.items())
        there = {line["line"] for line in lines}
        lines.extend(self._same(row) for row in self.reading.rows if row.line not in there)
        return lines

    def _same(self, row: Row) -> dict[str, Any]:
        """Return the line of somebody of whom nothing changes but, perhaps, that they have an id from now on."""
        ref = self.ref(row)
        if self.everybody[ref]["employee_id"]:
            return self._line("same", row, ref, {})
        return self._line("changed", row, ref, {"employee_id": row.employee_id})

    def ref(self, row: Row) -> str:
        """Return the ref of the person whom a row is about."""
        return self.refs[key(row.employee_id)]

    def _by_depth(self) -> list[Any]:
        """Return the new items, managers first."""
        new = {key(item.row.employee_id): item for item in self.seen.new if item.row}
        above = {one: key(self.names.get(item.row.manager.casefold(), "")) for one, item in new.items() if item.row}
        depth: dict[str, int] = {}
        for lowest in new:
            one, chain = lowest, []
            while one in above and one not in depth:
                chain.append(one)
                one = above[one]
            for down in reversed(chain):
                depth[down] = depth.get(above[down], 0) + 1
        return [new[one] for one in sorted(new, key=lambda one: depth[one])]

    def _line(self, action: str, row: Row | None, ref: str, after: Values) -> dict[str, Any]:
        now = self.everybody.get(ref, v.BLANK)
        return {
            "line": row.line if row else 0,
            "action": action,
            "ref": ref,
            "after": after,
            "before": {} if action == "new" else {name: now[name] for name in after},
            "salt": secrets.token_bytes(32) if row else None,
            "row": canonical({**self._whole(row), "line": row.line}) if row else None,
        }

    def _whole(self, row: Row) -> Values:
        """Return everything a row says, as values; what it leaves empty and everybody needs, by default."""
        said = dict(self._value(column, getattr(row, column)) for column in _COLUMNS)
        return {name: value or v.BLANK.get(name) for name, value in said.items()}

    def _value(self, column: str, value: Value) -> tuple[str, Any]:
        """Return the name and the plain value of a column."""
        if column == "manager":
            boss = self.names.get(str(value).casefold(), str(value))
            return "manager", (self.refs.get(key(boss)) if value else None)
        if column == "roles":
            return column, v.in_order(value)
        if column == "aliases" and isinstance(value, tuple):
            return column, sorted(alias.lower() for alias in value)
        if column in ("email", "employee_id"):
            return column, value or None
        return _RENAMED.get(column, column), value.isoformat() if isinstance(value, date) else value

    def _changed(self, group: str, item: Item) -> dict[str, Any]:
        row, known = item.row, item.known
        if row is None or known is None:
            raise LookupError("a changed person stands in the file and in the directory")
        after = dict(self._value(change.column, change.new) for change in item.changes)
        if group == "unmatched":
            after = self._differing(row, known.ref)
        elif not self.everybody[known.ref]["employee_id"]:
            after["employee_id"] = row.employee_id
        if group in ("rehired", "returning"):
            after.update(self._spell(row))
        if "email" in after and "aliases" not in self.reading.columns:
            after["aliases"] = self._with_old_address(known)
        return self._line(group, row, known.ref, after)

    def _differing(self, row: Row, ref: str) -> Values:
        """Return what a row says otherwise than the directory does, of the columns that the file has."""
        now, columns = self.everybody[ref], self.reading.columns
        said = dict(self._value(column, getattr(row, column)) for column in _COLUMNS if column in columns)
        kept = ("zone", "work_days")
        return {name: value for name, value in said.items() if value != now[name] and (value or name not in kept)}

    def _spell(self, row: Row) -> Values:
        """Return what a new spell sets in any case: an end or leave of the old one does not stay."""
        now = {"end_on": v.said(row.end)}
        return now if "leave_from" in self.reading.columns else {**now, "leave_from": None, "leave_to": None}

    def _with_old_address(self, known: Known) -> list[str]:
        """Return a person's aliases with the address they had, unless the file gives it to somebody."""
        old = {known.email} - self.addresses - {""}
        return sorted({*known.aliases, *old})

    def _left(self, item: Item) -> dict[str, Any]:
        known = item.known
        if known is None:
            raise LookupError("who leaves is in the directory")
        if item.row:
            return self._changed("left", item)
        after = {"end_on": (self.day - timedelta(days=1)).isoformat(), **self.freed.pop(known.ref, {})}
        return self._line("left", None, known.ref, after)

    def _freed(self) -> dict[str, Values]:
        """Return, for those not in the file whose address it gives to somebody else, what is left to them."""
        listed = {self.ref(row) for row in self.reading.rows}
        freed: dict[str, Values] = {}
        for person in self.known:
            if person.ref in listed or self.addresses.isdisjoint(person.addresses()):
                continue
            if person.email in self.addresses:
                freed.setdefault(person.ref, {})["email"] = None
            if not self.addresses.isdisjoint(person.aliases):
                left = set(person.aliases) - self.addresses
                freed.setdefault(person.ref, {})["aliases"] = sorted(left)
        return freed
