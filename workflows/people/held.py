"""What is held about somebody: the directory, the chats, the browsers, and what was true when."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from models import message as m
from models.desk import WebSession
from models.fact import EffectiveFact
from models.person import EmailAlias, Identity, Person
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


def _held(ctx: Context, person: Person) -> m.Message:
    """Return every field of the directory, the addresses, the chats and the signed-in browsers."""
    session = ctx.session
    aliases = session.scalars(select(EmailAlias.email).where(EmailAlias.person_id == person.id)).all()
    chats = session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    browsers = session.scalar(
        select(func.count()).where(WebSession.person_id == person.id, WebSession.ended_at.is_(None))
    )
    said: dict[str, Any] = {
        "Employee ID": person.employee_id,
        "E-mail": person.email,
        "Other addresses": ", ".join(aliases),
        "Country": " ".join(part for part in (person.country, person.region) if part),
        "Kind": person.kind.replace("-", " "),
        "Roles": person.roles.replace(";", ", "),
        "First day": say_date(person.start_on) if person.start_on else "",
        "Last day": say_date(person.end_on) if person.end_on else "",
        "Leave from": say_date(person.leave_from) if person.leave_from else "",
        "Leave to": say_date(person.leave_to) if person.leave_to else "",
        "Chats": ", ".join(f"{one.platform} ({one.workspace})" for one in chats),
        "Signed-in browsers": str(browsers or 0),
    }
    return m.Message("In the directory", facts=tuple(m.Fact(label, value) for label, value in said.items() if value))


def _history(ctx: Context, person: Person) -> m.Message:
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
    if value is None:
        return "none"
    if fact.name in ("manager", "merged_into"):
        return m.mention(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part)
    return str(value)
