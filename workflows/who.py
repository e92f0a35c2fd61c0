"""Who may see and who may do: the only two doors. `visible` guards every read about people, `may` every gesture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, aliased

from models.campaign import Assignment
from models.person import Person
from workflows.context import Context
from workflows.workflow import Act

OVERSEERS = ("lead", "deputy", "admin", "auditor")


def visible(viewer: Person) -> ColumnElement[bool]:
    """Return the condition on `Person` that holds for those whose duties the viewer may see.

    Leads, admins and auditors see everybody; everybody else sees themselves and those below them in the roster.
    """
    if viewer.has(*OVERSEERS):
        return true()
    below = select(Person.id).where(Person.id == viewer.id).cte("below", recursive=True)
    report = aliased(Person)
    below = below.union(select(report.id).join(below, report.manager_id == below.c.id))
    return Person.id.in_(select(below.c.id))


def may(ctx: Context, act: Act, thing: Any) -> bool:
    """Return whether the actor may do `act` to `thing` now."""
    return act.may(ctx, thing)


def everyone(ctx: Context, thing: Any) -> bool:
    """Anybody who is signed in."""
    return True


def leads(ctx: Context, thing: Any) -> bool:
    """The compliance lead and deputies."""
    return ctx.person.has("lead", "deputy")


def admins(ctx: Context, thing: Any) -> bool:
    """Admins, and the compliance lead."""
    return ctx.person.has("admin", "lead", "deputy")


def overseers(ctx: Context, thing: Any) -> bool:
    """Those who see the whole company: leads, admins, auditors."""
    return ctx.person.has(*OVERSEERS)


def assignee(ctx: Context, thing: Any) -> bool:
    """The person who is asked: nobody can answer for another. Everybody may be asked, so help offers it to all."""
    return thing is None or (isinstance(thing, Assignment) and thing.assignee_id == ctx.person.id)


def is_manager(session: Session, person: Person) -> bool:
    """Return whether anybody reports to this person."""
    return session.scalar(select(Person.id).where(Person.manager_id == person.id).limit(1)) is not None


def overseers_or_managers(ctx: Context, thing: Any) -> bool:
    """Those who see more than themselves."""
    return overseers(ctx, thing) or is_manager(ctx.session, ctx.person)


def leads_of(ctx: Context) -> Sequence[Person]:
    """Return the compliance leads and deputies who work here today."""
    rows = select(Person).where(or_(Person.roles.contains("lead"), Person.roles.contains("deputy"))).order_by(Person.id)
    return [one for one in ctx.session.scalars(rows) if one.has("lead", "deputy") and one.employed(ctx.today)]
