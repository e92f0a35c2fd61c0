"""What was true of somebody when, as it was recorded."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select

from models import message as m
from models.fact import EffectiveFact
from models.person import Person
from workflows.context import Context, say_date

_FACTS = {
    "employment": "Employment",
    "manager": "Manager",
    "department": "Department",
    "country": "Country",
    "leave": "Leave",
    "role": "Role",
    "merged_into": "Merged into",
    "exemption": "Exemption",
}
_UNTIL = {"start": "from", "end": "until", "to": "until"}


def history(ctx: Context, person: Person) -> m.Message:
    """Return the effective-dated facts about a person, as they were recorded."""
    facts = ctx.session.scalars(
        select(EffectiveFact).where(EffectiveFact.subject == person.ref).order_by(EffectiveFact.id)
    )
    rows = tuple(
        (
            _FACTS.get(one.name, one.name),
            _said(ctx, one),
            say_date(one.valid_from.date()),
            say_date(one.recorded_at.date()),
        )
        for one in facts
    )
    lines = () if rows else ("Nothing has been recorded yet: before this system.",)
    head = ("What", "Value", "True from", "Recorded")
    return m.Message("History", lines=lines, tables=(m.Table("What was true when", head, rows),) if rows else ())


def _said(ctx: Context, fact: EffectiveFact) -> str:
    """Return a fact's value in words."""
    value = json.loads(fact.value)
    if fact.name == "role":
        return fact.key if value else f"no longer {fact.key}"
    if fact.name == "exemption":
        return f"exempt from {fact.key}" if value else f"no longer exempt from {fact.key}"
    if value is None:
        return "none"
    if fact.name in ("manager", "merged_into"):
        return m.mention(value)
    if isinstance(value, dict):
        return ", ".join(_part(name, part) for name, part in value.items() if part)
    return str(value)


def _part(name: str, part: str) -> str:
    """Return one part of a spell in words: the kind as it is, the days as days."""
    if name == "kind":
        return part.replace("-", " ")
    return f"{_UNTIL.get(name, name)} {say_date(date.fromisoformat(part))}"
