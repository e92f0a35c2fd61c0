"""What the directory holds about a person as plain data, and the effective-dated facts that a change to it makes.

Values are JSON-ready: days as ISO text, people as refs, roles and aliases as sorted lists. Only these facts are
effective-dated; names and addresses stand in the directory row and, as commitments, in records.

| fact | value | valid from |
| --- | --- | --- |
| employment | {"kind", "start", "end"}; null where it never began | the start of the spell |
| manager | ref or null | the day of the change |
| department, country | text | the day of the change |
| leave | {"from", "to"} or null | the day of the change |
| role, by key | true or null | the day of the change |
| merged_into | ref or null | the day of the change |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from models.fact import Change, midnight
from models.person import ROLES

Values = dict[str, Any]
PLAIN = ("employee_id", "name", "email", "department", "title", "country", "region", "zone", "work_days", "kind")
DAYS = ("start_on", "end_on", "leave_from", "leave_to")
BLANK: Values = {
    **dict.fromkeys(PLAIN, ""),
    **dict.fromkeys(("employee_id", "email", *DAYS, "manager", "merged_into")),
    "zone": "UTC",
    "work_days": "mon-fri",
    "kind": "employee",
    "roles": ["employee"],
    "aliases": [],
}
# What is known about somebody who turned out not to belong here: that is what a reversal makes of a new person.
NOBODY: Values = {
    "department": "",
    "country": "",
    "manager": None,
    "leave_from": None,
    "leave_to": None,
    "roles": [],
}


def in_order(roles: Any) -> list[str]:
    """Return roles in the order in which we name them, each once."""
    return [role for role in ROLES if role in roles]


def parsed(day: str | None) -> date | None:
    """Return an ISO day as a date."""
    return date.fromisoformat(day) if day else None


def said(day: date | None) -> str | None:
    """Return a date as an ISO day."""
    return day.isoformat() if day else None


def never_began(values: Mapping[str, Any]) -> bool:
    """Return whether a person's end lies before their start, as a reversal leaves it: they were never here."""
    return bool(values["start_on"] and values["end_on"] and values["end_on"] < values["start_on"])


def rehired(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether a new spell begins: the start now lies after the end that was known."""
    return bool(before["end_on"] and after["start_on"] and after["start_on"] > before["end_on"])


def changes(ref: str, before: Values, after: Values, day: date, *, new: bool) -> Iterator[Change]:
    """Yield the facts by which `after` differs from `before`, both complete; of a `new` person all that says anything.

    `day` is the day from which the change holds.
    """
    since = midnight(day)
    yield from _employment(ref, before, after, day, new=new)
    for name in ("manager", "department", "country", "merged_into"):
        if after[name] != before[name] or (new and after[name]):
            yield Change(ref, name, after[name], since)
    if (after["leave_from"], after["leave_to"]) != (before["leave_from"], before["leave_to"]) or (
        new and after["leave_from"]
    ):
        leave = {"from": after["leave_from"], "to": after["leave_to"]} if after["leave_from"] else None
        yield Change(ref, "leave", leave, since)
    held, holds = set() if new else set(before["roles"]), set(after["roles"])
    # All that are held are stated, not only what differs: rows from before the first record have no facts to add to.
    for role in in_order(held | holds) if held != holds else ():
        yield Change(ref, "role", True if role in holds else None, since, key=role)


def _employment(ref: str, before: Values, after: Values, day: date, *, new: bool) -> Iterator[Change]:
    """Yield the facts about a spell. A start that moves is a correction of it; another kind holds from its day on."""
    parts = ("kind", "start_on", "end_on")
    if not new and all(before[part] == after[part] for part in parts):
        return
    began, begins = parsed(before["start_on"]) or day, parsed(after["start_on"]) or day
    if never_began(after):
        yield Change(ref, "employment", None, midnight(min(began, begins)))
        return
    value = {"kind": after["kind"], "start": after["start_on"], "end": after["end_on"]}
    if new or rehired(before, after) or never_began(before):
        yield Change(ref, "employment", value, midnight(begins))
        return
    if begins > began:
        yield Change(ref, "employment", None, midnight(began), midnight(begins))
    if before["kind"] != after["kind"] and day > begins:
        yield Change(ref, "employment", {**value, "kind": before["kind"]}, midnight(begins))
        begins = day
    yield Change(ref, "employment", value, midnight(begins))
