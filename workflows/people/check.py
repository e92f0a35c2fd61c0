"""Rules that need the whole file: who stands there twice, who manages whom, which dates contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.person import ANSWERING_KINDS
from workflows.people.cells import quoted
from workflows.people.rows import Known, Problem, Row, handles, key

_SHOWN_OF_A_CYCLE = 6


def check(rows: Sequence[Row], known: Sequence[Known]) -> tuple[Problem, ...]:
    """Return what contradicts itself in a roster, in the order of its lines.

    `known` is everybody in the directory: a manager may be somebody who is not in this file.
    """
    here = [person for person in known if not person.left]
    names = handles(rows, here)
    found = [*_ids(rows), *_addresses(rows), *_managers(rows, names), *_cycles(rows, here, names)]
    for row in rows:
        found.extend(_dates(row))
        found.extend(_oddities(row))
    return tuple(sorted(found, key=lambda problem: problem.line))


def _ids(rows: Sequence[Row]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(key(row.employee_id), row.line)
        if row.employee_id and line != row.line:
            text = f"{quoted(row.employee_id)} stands on line {line} too: remove or correct one, a person has one line."
            yield Problem(row.line, "employee_id", text)


def _addresses(rows: Sequence[Row]) -> Iterator[Problem]:
    owner: dict[str, Row] = {}
    for row in rows:
        for address in row.addresses():
            other = owner.setdefault(address, row)
            if key(other.employee_id) != key(row.employee_id):
                column = "email" if address == row.email else "aliases"
                text = f"{quoted(address)} is on line {other.line} too ({other.called()}): give one of them another."
                yield Problem(row.line, column, text)


def _managers(rows: Sequence[Row], names: dict[str, str]) -> Iterator[Problem]:
    by_id = {key(row.employee_id): row for row in rows}
    for row in rows:
        if not row.manager:
            continue
        manager = names.get(row.manager.casefold())
        if manager is None:
            text = f"We know nobody called {quoted(row.manager)}: write the manager's employee id or e-mail."
            yield Problem(row.line, "manager", text)
        elif key(manager) == key(row.employee_id):
            yield Problem(
                row.line,
                "manager",
                f"{row.called()} is their own manager: name somebody else, or leave the cell empty.",
            )
        elif (boss := by_id.get(key(manager))) and boss.kind not in ANSWERING_KINDS:
            text = f"{boss.called()} is a {boss.kind.replace('-', ' ')} and cannot manage anybody: name a person."
            yield Problem(row.line, "manager", text)


def _cycles(rows: Sequence[Row], here: Sequence[Known], names: dict[str, str]) -> Iterator[Problem]:
    """Yield each ring of managers once, at its first line in the file; it may run through people outside the file."""
    everybody: list[Row | Known] = [*here, *rows]
    people = {key(person.employee_id): person for person in everybody if person.employee_id}
    above = {one: key(names.get(person.manager.casefold(), "")) for one, person in people.items()}
    seen: dict[str, int] = {}
    for walk, row in enumerate(rows):
        path, one = [], key(row.employee_id)
        while one in above and one not in seen:
            seen[one] = walk
            path.append(one)
            one = above[one]
        if seen.get(one) == walk:
            ring = [people[each] for each in path[path.index(one) :]]
            first = min(
                (person for person in ring if isinstance(person, Row)), key=lambda person: person.line, default=None
            )
            if first and len(ring) > 1:
                start = ring.index(first)
                yield Problem(first.line, "manager", _ring(ring[start:] + ring[:start]))


def _ring(ring: Sequence[Row | Known]) -> str:
    shown = [person.called() for person in ring[:_SHOWN_OF_A_CYCLE]]
    if more := len(ring) - len(shown):
        shown.append(f"{more} more")
    circle = " → ".join([*shown, ring[0].called()])
    return f"These people manage each other in a circle: {circle}. Correct one of the managers."


def _dates(row: Row) -> Iterator[Problem]:
    if row.start and row.end and row.end < row.start:
        yield Problem(row.line, "end", f"The end ({row.end}) is before the start ({row.start}): correct one of them.")
    if row.leave_from and row.leave_to and row.leave_to < row.leave_from:
        yield Problem(
            row.line,
            "leave_to",
            f"The leave ends ({row.leave_to}) before it begins ({row.leave_from}): correct one of them.",
        )
    if row.leave_to and not row.leave_from:
        yield Problem(row.line, "leave_from", "The leave has an end but no beginning: fill in when it begins.")


def _oddities(row: Row) -> Iterator[Problem]:
    if not row.email and row.kind == "contractor":
        text = f"{row.called()} has no e-mail: they can be asked only if a chat knows them."
        yield Problem(row.line, "email", text, "warning")
    if _garbled(row.preferred_name):
        text = f"{quoted(row.preferred_name)} lost letters in an earlier export: look whether it reads right."
        yield Problem(row.line, "preferred_name", text, "warning")


def _garbled(name: str) -> bool:
    """Return whether UTF-8 was once taken for Windows-1252 ("JosÃ©"), or a letter became the mark for "unknown"."""
    if name.isascii():
        return False
    try:
        name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return "\ufffd" in name
    return True
