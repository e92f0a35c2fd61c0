"""Roles given and taken away by hand. The programme always keeps a compliance lead."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import message as m
from models.person import ROLES, Person
from workflows.context import Context
from workflows.importing import settled
from workflows.people import directory
from workflows.people.base import WORKFLOW, find_visible, meant, subject_of, target_of, who_field, words
from workflows.people.directory import Edit
from workflows.people.values import in_order
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal

LEAST = "employee"
_LABELS = {
    "owner": "Owner of policies or systems",
    "lead": "Compliance lead",
    "deputy": "Deputy of the compliance lead",
    "auditor": "Auditor: sees everything, changes nothing",
    "admin": "Admin: people, settings, connections",
}
GIVEN = tuple(role for role in ROLES if role != LEAST)


def leads_after(session: Session, without: Person, today: date) -> bool:
    """Return whether somebody else is compliance lead, today and without an end in sight."""
    others = session.scalars(select(Person).where(Person.roles.contains("lead"), Person.id != without.id))
    return any(one.has("lead") and one.employed(today) and one.end_on is None for one in others)


def keep_a_lead(ctx: Context, person: Person) -> None:
    """Raise Refusal where `person` is the last compliance lead, and so cannot lose the role, leave or be merged."""
    if person.has("lead") and not leads_after(ctx.session, person, ctx.today):
        raise Refusal(
            "This is the only compliance lead.", "Give somebody else the role first: `people role`, then try again."
        )


def role_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that gives or takes a role."""
    held = [role for role in GIVEN if person and person.has(role)]
    return m.Form(
        "people.role",
        target_of(person),
        "Give or take a role",
        (
            *who_field(person),
            m.Choice("role", "Role", options=tuple(m.Option(role, _LABELS[role]) for role in GIVEN)),
            m.Choice(
                "how", "What", options=(m.Option("give", "Give it"), m.Option("take", "Take it away")), value="give"
            ),
        ),
        facts=(m.Fact("Who", m.mention(person.ref)), m.Fact("Has now", ", ".join(held) or "none")) if person else (),
        submit="Save",
    )


@WORKFLOW.do(
    "role",
    aliases=words("role", "admin role"),
    help="make somebody lead, deputy, owner, auditor or admin, or take that away",
    example="people role @chidi role:owner",
    form=role_form,
    find=find_visible,
    may=admins,
)
def role(ctx: Context, person: Person | None, answers: Answers) -> m.Message:
    """Give or take one role; it is one record, and true from today."""
    settled(ctx.session)
    person, name, gives = meant(person, answers), answers["role"], answers["how"] == "give"
    if gives and not (person.answers() and person.employed(ctx.today)):
        raise Invalid(role="Only somebody who works here and can answer may hold a role.")
    if person.has(name) == gives:
        done = "has that role already" if gives else "does not have that role"
        raise Refusal(f"{m.mention(person.ref)} {done}.", "Nothing was changed.", status="again")
    if name == "lead" and not gives:
        keep_a_lead(ctx, person)
    held = set(person.roles.split(";")) ^ {name}
    changes = directory.put(ctx.session, [Edit(person.ref, {"roles": in_order(held)})], ctx.today, ctx.now)
    outcome = "given" if gives else "taken"
    proof = ctx.record("person.role", subject_of(person), outcome=outcome, facts={"role": name}, changes=changes)
    if person.id != ctx.person.id:
        told = "You now have a role" if gives else "A role of yours has ended"
        ctx.say(person, m.Message(f"{told}: {name}.", lines=(_LABELS[name],)), kind="notice", dedupe=f"{proof}:role")
    said = f"{m.mention(person.ref)} is now {name}." if gives else f"{m.mention(person.ref)} is no longer {name}."
    return m.Message(said, tone="good")
