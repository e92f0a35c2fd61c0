"""What a last day brings, once it is over where the person is: sessions end, what was owed is closed as "left"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from models.campaign import Assignment
from models.desk import WebSession
from models.person import Person
from workflows import duty
from workflows.context import Context, zone_of
from workflows.people.base import WORKFLOW, subject_of

PEOPLE_AT_ONCE = 20
EAST, WEST = timedelta(hours=14), timedelta(hours=12)  # the clocks that are furthest from UTC


def _owes(*states: str) -> ColumnElement[bool]:
    return exists().where(Assignment.owed_by_id == Person.id, Assignment.state.in_(states))


_SIGNED_IN = exists().where(WebSession.person_id == Person.id, WebSession.ended_at.is_(None))


@WORKFLOW.job("close what leavers owe")
def close(ctx: Context) -> int:
    """End the sessions and open duties of a few who have left; return how many people that was."""
    over = Person.end_on < (ctx.now + EAST).date()
    merged = Person.merged_into_id.is_not(None)
    gone = ctx.session.scalars(
        select(Person)
        .where(or_(and_(over, or_(_SIGNED_IN, _owes(*duty.OPEN))), and_(merged, _SIGNED_IN)))
        .order_by(Person.end_on, Person.id)  # whose day may not be over yet stand last and hold up nobody
        .limit(PEOPLE_AT_ONCE)
    ).all()
    return sum(_close(ctx, person) for person in gone if not person.employed(_today(ctx, person)))


def _today(ctx: Context, person: Person) -> date:
    return ctx.now.astimezone(zone_of(person)).date()


def _close(ctx: Context, person: Person) -> int:
    owed: Sequence[Assignment] = ()
    if person.merged_into_id is None:
        mine = select(Assignment).where(Assignment.owed_by_id == person.id, Assignment.state.in_(duty.OPEN))
        owed = ctx.session.scalars(mine.order_by(Assignment.id)).all()
    ended = (
        update(WebSession)
        .where(WebSession.person_id == person.id, WebSession.ended_at.is_(None))
        .values(ended_at=ctx.now)
        .returning(WebSession.id)
    )
    sessions = ctx.session.scalars(ended.execution_options(synchronize_session=False)).all()
    facts = {"sessions": len(sessions), "assignments": [one.code for one in owed]}
    if person.end_on:
        facts["last_day"] = person.end_on.isoformat()
    outcome = "withdrawn" if person.withdrawn else "left"
    proof = ctx.record("person.left", subject_of(person), outcome=outcome, facts=facts)
    for assignment in owed:
        duty.close(ctx, assignment, "end", proof)
    return 1


@WORKFLOW.job("reopen what is owed by those who never left")
def reopen(ctx: Context) -> int:
    """Give back what was closed as "left" to a few whose last day was taken back; a new spell is asked anew instead."""
    begun = or_(Person.start_on.is_(None), Person.start_on <= (ctx.now + EAST).date())
    stays = or_(Person.end_on.is_(None), Person.end_on >= (ctx.now - WEST).date())
    theirs = (
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(Assignment.state == "left", Person.merged_into_id.is_(None), begun, stays)
        .order_by(Person.end_on.is_not(None), Assignment.id)
    )
    # A spell that began after the duty was closed is another one.
    same_spell = or_(Person.start_on.is_(None), Person.start_on <= Assignment.closed_at)
    found = ctx.session.execute(theirs.where(same_spell).limit(PEOPLE_AT_ONCE)).all()
    return sum(_reopen(ctx, assignment, person) for assignment, person in found)


def _reopen(ctx: Context, assignment: Assignment, person: Person) -> int:
    if not person.employed(_today(ctx, person)):
        return 0
    facts = {"owed_by": person.ref}
    proof = ctx.record(
        "assignment.returned", subject_of(person), outcome="open", facts={**facts, "assignment": assignment.code}
    )
    duty.reopen(ctx, assignment, proof)
    return 1
