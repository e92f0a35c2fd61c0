"""Looking at people: the list, and one person with everything that is held about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from models import message as m
from models.desk import WebSession
from models.fact import EffectiveFact
from models.person import EmailAlias, Identity, Person
from workflows.context import Context, say_date
from workflows.people.base import WORKFLOW, find_visible, words
from workflows.who import OVERSEERS, admins, everyone, overseers_or_managers, visible
from workflows.workflow import Answers, Refusal

SHOWN = 100  # people on a page
_STATES = ("here", "leave", "left", "later", "withdrawn")
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


@WORKFLOW.look(
    "list",
    aliases=words("list"),
    help="see who is on the roster: all, team:…, state:leave, state:left, or a part of a name",
    example="people list team:Engineering",
    may=everyone,
    offers=overseers_or_managers,
    page="People",
)
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return the people the actor may see, narrowed by the words in `target`."""
    where = [visible(ctx.person), Person.merged_into_id.is_(None), *_narrowed(ctx, target, answers)]
    total = ctx.session.scalar(select(func.count()).select_from(Person).where(*where)) or 0
    people = ctx.session.scalars(select(Person).where(*where).order_by(Person.name, Person.id).limit(SHOWN)).all()
    rows = tuple((m.mention(one.ref), one.department, one.title, _stands(ctx, one)) for one in people)
    more = f"The first {SHOWN} of {total:,}; narrow the list with team:… or a part of a name." if total > SHOWN else ""
    lines = tuple(line for line in (f"{total:,} found." if total != 1 else "1 found.", more) if line)
    table = m.Table("People, by name", ("Name", "Department", "Title", "How they stand"), rows)
    cards = (m.Message("On the roster", lines=lines, tables=(table,)),) if rows else ()
    return m.Home("People", cards=cards, empty="Nobody fits that.", buttons=_doors(ctx))


def _doors(ctx: Context) -> tuple[m.Button, ...]:
    """Return what else can be done with people, for those who may."""
    show = (m.Button("What is held about me", "people.show"),)
    if not admins(ctx, None):
        return show
    names = {"import": "Import people", "imports": "Imports", "add": "Add somebody", "role": "Roles"}
    return (*(m.Button(label, f"people.{verb}") for verb, label in names.items()), *show)


def _narrowed(ctx: Context, name: str, answers: Answers) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a list asks for. Raises Refusal for a state that does not exist."""
    if team := answers.get("team"):
        yield func.lower(Person.department).startswith(team.lower(), autoescape=True)
    if state := answers.get("state"):
        yield _state(ctx, state.lower())
    if name:
        yield func.lower(Person.name).contains(name.lower(), autoescape=True)


def _state(ctx: Context, state: str) -> ColumnElement[bool]:
    today = ctx.today
    begun = or_(Person.start_on.is_(None), Person.start_on <= today)
    ended = Person.end_on < today
    never = (Person.start_on.is_not(None)) & (Person.end_on < Person.start_on)
    stays = or_(Person.end_on.is_(None), Person.end_on >= today)
    until = or_(Person.leave_to.is_(None), Person.leave_to >= today)
    conditions: dict[str, ColumnElement[bool]] = {
        "here": begun & stays,
        "leave": stays & (Person.leave_from <= today) & until,
        "left": ended & ~never,
        "later": stays & (Person.start_on > today) & ~never,
        "withdrawn": never,
    }
    if state not in conditions:
        raise Refusal(f"There is no state “{state}”.", f"Use one of: {', '.join(_STATES)}.")
    return conditions[state]


def _stands(ctx: Context, person: Person) -> str:
    """Return how somebody stands today, in plain words."""
    today = ctx.today
    if person.withdrawn:
        return "withdrawn: came in with an import, gone again"
    if person.end_on and person.end_on < today:
        return f"left on {say_date(person.end_on)}"
    if person.start_on and person.start_on > today:
        return f"starts on {say_date(person.start_on)}"
    if person.away(today):
        return f"on leave until {say_date(person.leave_to)}" if person.leave_to else "on leave"
    if not person.answers():
        return person.kind.replace("-", " ")
    roles = [role for role in person.roles.split(";") if role not in ("", "employee")]
    return ", ".join(roles) or "here"


@WORKFLOW.look(
    "show",
    aliases=words("show", "my data"),
    help="see what is held about you, or somebody you may see",
    example="people show @ana",
    find=find_visible,
    may=everyone,
)
def show(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Return one person: everything to themselves and to those who oversee the programme, the outline to managers."""
    person = person or ctx.person
    whole = person.id == ctx.person.id or ctx.person.has(*OVERSEERS)
    cards = [m.Message(m.mention(person.ref), facts=_outline(ctx, person), buttons=_acts(ctx, person))]
    if whole:
        cards += [_held(ctx, person), _history(ctx, person)]
    title = "What is held about you" if person.id == ctx.person.id else "One person"
    return m.Home(title, cards=tuple(cards))


def _acts(ctx: Context, person: Person) -> tuple[m.Button, ...]:
    """Return what the actor may do about a person."""
    if not admins(ctx, person) or person.merged_into_id:
        return ()
    labels = {"change": "Change", "role": "Role", "leave": "Leave", "left": "Last day", "merge": "Merge"}
    if person.leave_from:
        labels["back"] = "End the leave"
    if person.end_on and not person.withdrawn:
        labels["rehire"] = "Back after a break"
    return tuple(m.Button(label, f"people.{verb}", person.ref) for verb, label in labels.items())


def _outline(ctx: Context, person: Person) -> tuple[m.Fact, ...]:
    manager = m.mention(person.manager.ref) if person.manager else ""
    said = {
        "How they stand": _stands(ctx, person),
        "Department": person.department,
        "Title": person.title,
        "Manager": manager,
        "Time zone": person.zone,
        "Work days": person.work_days,
    }
    return tuple(m.Fact(label, value) for label, value in said.items() if value)


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
