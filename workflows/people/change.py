"""Changes by hand: somebody is added, changed, on leave, gone, or back after a break. Each is one record."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evidence import vault
from models import message as m
from models.base import new_ref
from models.person import EmailAlias, Person
from workflows.context import Context
from workflows.importing import settled
from workflows.people import cells, directory
from workflows.people import values as v
from workflows.people.base import (
    WORKFLOW,
    day_field,
    find_visible,
    subject_of,
    target_of,
    who_field,
    words,
)
from workflows.people.directory import Edit
from workflows.people.page import show
from workflows.people.roles import keep_a_lead
from workflows.people.rows import KINDS, LABELS
from workflows.people.values import Values
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal

# What evidence may not hold in the clear: these go in as commitments.
PRIVATE = ("employee_id", "name", "email", "aliases", "title", "region", "zone", "work_days")
_PARSE: dict[str, Callable[[str], Any]] = {
    "employee_id": cells.employee_id,
    "email": cells.email,
    "aliases": lambda text: list(cells.aliases(text)),
    "country": cells.country,
    "zone": cells.zone,
    "work_days": cells.work_days,
}
_TEXTS = ("name", "email", "aliases", "employee_id", "department", "title", "country", "region", "zone", "work_days")


def save(ctx: Context, person_ref: str, sets: Values, type_: str, day: date, **fields: Any) -> str:
    """Apply one person's change, write its record and return the record's id. The one way a hand changes people.

    `fields` go into the record; "reason" and what is `PRIVATE` become commitments in the name of the person.
    """
    settled(ctx.session)
    new = type_ == "person.added"
    edit = Edit(person_ref, sets, new)
    changes = directory.put(ctx.session, [edit], day, ctx.now)
    private = {name: value for name, value in sets.items() if name in PRIVATE}
    if reason := fields.pop("reason", ""):
        private["reason"] = reason
    person = ctx.session.scalars(select(Person).where(Person.ref == person_ref)).one()
    facts = {"day": day.isoformat(), "columns": sorted(sets), **fields.pop("facts", {})}
    sealed = {name: vault.seal(f"countersign/v1/{name}", value, person_ref) for name, value in private.items()}
    return ctx.record(type_, subject_of(person), facts=facts, private=sealed, changes=changes, **fields)


def form_about(
    verb: str, person: Person | None, title: str, *fields: m.AnyField, lines: tuple[str, ...] = ()
) -> m.Form:
    """Return a form about one person, or one that first asks about whom."""
    about = (m.Fact("Who", m.mention(person.ref)),) if person else ()
    return m.Form(
        f"people.{verb}", target_of(person), title, (*who_field(person), *fields), lines, about, submit="Save"
    )


def _details(now: Values) -> tuple[m.AnyField, ...]:
    """Return the questions of the directory, with what it holds now."""
    label = {**LABELS, "name": LABELS["preferred_name"]}
    needed = ("name", "zone", "work_days")
    hints = {"aliases": "Other addresses, with a semicolon between.", "zone": "Such as Europe/Berlin."}
    texts = (
        m.Text(
            name,
            label[name],
            hint=hints.get(name, ""),
            required=name in needed,
            limit=500,
            value=";".join(now[name]) if name == "aliases" else now[name] or "",
        )
        for name in _TEXTS
    )
    kinds = tuple(m.Option(kind, kind.replace("-", " ").capitalize()) for kind in KINDS)
    return (
        *texts,
        m.Person("manager", "Manager", required=False, value=now["manager"] or ""),
        m.Choice("kind", "Kind", options=kinds, value=now["kind"]),
        day_field("start_on", "First day", required=False, value=v.parsed(now["start_on"])),
        day_field("end_on", "Last day", required=False, value=v.parsed(now["end_on"])),
    )


def _answered(ctx: Context, ref: str, answers: Answers) -> Values:
    """Return the directory's questions as values. Raises Invalid with what is wrong beside each."""
    said: Values = {"kind": answers["kind"]}
    errors: dict[str, str] = {}
    for name in _TEXTS:
        text = unicodedata.normalize("NFC", " ".join(answers[name].split()))
        try:
            said[name] = _PARSE[name](text) if name in _PARSE and text else text
        except ValueError as wrong:
            errors[name] = str(wrong)
    if errors:
        raise Invalid(**errors)
    said["aliases"] = sorted(said["aliases"] or [])
    said |= {name: said[name] or None for name in ("email", "employee_id")}
    said |= {name: v.said(answers[name]) for name in ("start_on", "end_on")}
    said["manager"] = answers["manager"].ref if answers["manager"] else None
    _check(ctx.session, ref, said)
    return said


def _check(session: Session, ref: str, said: Values) -> None:
    """Raise Invalid for what contradicts itself or what somebody else has."""
    if said["start_on"] and said["end_on"] and said["end_on"] < said["start_on"]:
        raise Invalid(end_on="The last day is before the first: correct one of them.")
    if said["employee_id"] and _other(session, ref, Person.employee_id == said["employee_id"]):
        raise Invalid(employee_id="Somebody else has this employee id.")
    for name in ("email", "aliases"):
        for address in [said[name]] if name == "email" else said[name]:
            owner = _other(session, ref, or_(Person.email == address, Person.id.in_(_with_alias(address))))
            if owner:
                raise Invalid(
                    **{name: f"{cells.quoted(address)} belongs to somebody else. Change or merge them first."}
                )
    boss = session.scalars(select(Person).where(Person.ref == said["manager"])).first()
    while boss:
        if boss.ref == ref:
            raise Invalid(manager="These people would manage each other in a circle: name somebody else.")
        boss = boss.manager


def _with_alias(address: str) -> Any:
    return select(EmailAlias.person_id).where(EmailAlias.email == address)


def _other(session: Session, ref: str, where: Any) -> Person | None:
    return session.scalars(select(Person).where(where, Person.ref != ref).limit(1)).first()


def add_form(ctx: Context, target: str) -> m.Form:
    """Return the form that adds somebody."""
    day = day_field("day", "True from", value=ctx.today)
    return m.Form("people.add", "", "Add somebody", (*_details(v.BLANK), day), submit="Add")


@WORKFLOW.do("add", aliases=words("add"), help="put somebody on the roster", form=add_form, may=admins)
def add(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Add a person and show them."""
    ref = new_ref()
    save(ctx, ref, _answered(ctx, ref, answers), "person.added", answers["day"], outcome="added")
    return shown(ctx, ref, done(f"{m.mention(ref)} is on the roster."))


def done(said: str, *lines: str) -> m.Message:
    """Return what says that something was done."""
    return m.Message(said, lines=lines, tone="good")


def shown(ctx: Context, ref: str, said: m.Message) -> m.Home:
    """Return what was done, above the person as they stand after it."""
    home = show(ctx, ctx.session.scalars(select(Person).where(Person.ref == ref)).one(), {})
    if not isinstance(home, m.Home):
        raise TypeError("people are shown as a page")
    return replace(home, cards=(said, *home.cards))


def change_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that changes somebody; where nobody is named, it first asks whom."""
    if person is None:
        return form_about("change", None, "Change somebody")
    now = directory.read(ctx.session, [person.ref])[person.ref]
    day = day_field("day", "True from", hint="The day from which this holds.", value=ctx.today)
    return form_about("change", person, "Change", *_details(now), day)


@WORKFLOW.do(
    "change",
    aliases=words("change"),
    help="correct what is held about somebody",
    example="people change @chidi",
    form=change_form,
    find=find_visible,
    may=admins,
)
def change(ctx: Context, person: Person | None, answers: Answers) -> m.Home | m.Form:
    """Change what differs. An old e-mail address stays as an alias unless the aliases are changed too."""
    if person is None:
        return change_form(ctx, answers["who"])
    now = directory.read(ctx.session, [person.ref])[person.ref]
    sets = {name: value for name, value in _answered(ctx, person.ref, answers).items() if value != now[name]}
    if "email" in sets and now["email"] and "aliases" not in sets:
        sets["aliases"] = sorted({*now["aliases"], now["email"]} - {sets["email"]})
    if not sets:
        raise Refusal("That is what is held already.", "Nothing was changed.", status="again")
    if sets.get("end_on"):
        keep_a_lead(ctx, person)
    save(ctx, person.ref, sets, "person.changed", answers["day"], outcome="changed")
    return shown(ctx, person.ref, done(f"What is held about {m.mention(person.ref)} is changed."))
