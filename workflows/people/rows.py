"""What a roster says about a person, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.person import ANSWERING_KINDS

Severity = Literal["error", "warning"]
Value = str | date | tuple[str, ...] | frozenset[str] | None

# Every column we know, in the order we show them, with the name people see.
LABELS = {
    "employee_id": "Employee ID",
    "preferred_name": "Preferred name",
    "email": "E-mail",
    "aliases": "Aliases",
    "manager": "Manager",
    "department": "Department",
    "title": "Title",
    "country": "Country",
    "region": "Region",
    "zone": "Time zone",
    "work_days": "Work days",
    "start": "Start",
    "end": "End",
    "leave_from": "Leave from",
    "leave_to": "Leave to",
    "kind": "Kind",
    "roles": "Role",
}
KINDS = (*ANSWERING_KINDS, "shared-mailbox", "service")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Details:
    """What a roster says about one person; "" and None where it says nothing.

    `zone` is an IANA name, `country` ISO 3166 alpha-2, `work_days` a span (mon-fri) or a list (mon;wed) of `WEEK`,
    `end` the last day at work, `kind` one of `KINDS`, `roles` some of `models.person.ROLES`. Addresses are in lower
    case. `manager` names the manager by employee id or by address.
    """

    employee_id: str
    preferred_name: str
    email: str
    aliases: tuple[str, ...]
    manager: str
    department: str
    title: str
    country: str
    region: str
    zone: str
    work_days: str
    start: date | None
    end: date | None
    leave_from: date | None
    leave_to: date | None
    kind: str
    roles: frozenset[str]

    def addresses(self) -> Iterator[str]:
        """Yield the e-mail and every alias, folded for comparing."""
        if self.email:
            yield self.email.lower()
        for alias in self.aliases:
            yield alias.lower()

    def called(self) -> str:
        """Return name and employee id, as a lead would say them."""
        return f"{self.preferred_name} ({self.employee_id})"


@dataclass(frozen=True, slots=True)
class Row(Details):
    """One person as the file has them; `line` is the line of the file where the row begins, the first is 1."""

    line: int


@dataclass(frozen=True, slots=True)
class Known(Details):
    """One person as the directory has them now. `left` is true for somebody whose employment has ended.

    `employee_id` is "" for somebody who never stood in a roster: the installing admin, an auditor.
    """

    id: int
    ref: str
    left: bool

    def gone(self, today: date) -> bool:
        """Return whether this person no longer works here on the day `today`."""
        return self.left or ended(self, today)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and what to do about it; after an error nothing may be changed. `column` is in `LABELS` or ""."""

    line: int
    column: str
    text: str
    severity: Severity = "error"


def key(employee_id: str) -> str:
    """Return the form in which employee ids are compared: E-7 and e-7 are one person."""
    return employee_id.casefold()


def ended(person: Details, today: date) -> bool:
    """Return whether the last day at work lies before `today`."""
    return person.end is not None and person.end < today


def handles(rows: Iterable[Details], known: Iterable[Details]) -> dict[str, str]:
    """Return what can name a person (employee id, address), folded, with the employee id, or the e-mail without one.

    The file wins over the directory, because an address may just have moved to somebody else.
    """
    found: dict[str, str] = {}
    for people in (list(rows), list(known)):
        for person in people:
            if person.employee_id:
                found.setdefault(key(person.employee_id), person.employee_id)
        for person in people:
            for address in person.addresses():
                found.setdefault(address, person.employee_id or person.email)
    return found
