"""Whose acknowledgement of a policy counts now, so that nobody is asked again without need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from models.campaign import Assignment
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context, say_date, zone_of
from workflows.policy.base import WORKFLOW, codes_of, version_by_code
from workflows.policy.exempt import exempted


@dataclass(frozen=True, slots=True)
class Answer:
    """The last acknowledgement somebody gave, in their present spell of employment: which version, which day."""

    number: int
    on: date


def last_answers(ctx: Context, version: PolicyVersion, people: Mapping[int, Person]) -> dict[int, Answer]:
    """Return {person id: last acknowledgement of any version up to this one} for those who gave one.

    What somebody acknowledged before they came back belongs to their earlier spell: a rehire is asked again.
    """
    rows = select(Assignment.owed_by_id, Assignment.subject, Assignment.closed_at).where(
        Assignment.owed_by_id.in_(people),
        Assignment.workflow == WORKFLOW.name,
        Assignment.subject.in_(codes_of(version)),
        Assignment.state == "done",
    )
    found: dict[int, Answer] = {}
    for person_id, subject, closed_at in ctx.session.execute(rows.order_by(Assignment.closed_at, Assignment.id)):
        if closed_at is None:
            continue
        person = people[person_id]
        on = closed_at.astimezone(zone_of(person)).date()
        if person.start_on is None or person.start_on <= on:
            found[person_id] = Answer(int(subject.rpartition("v")[2]), on)
    return found


def anniversary(day: date) -> date:
    """Return the same day a year later; a 29 February falls on the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def counts(version: PolicyVersion, answer: Answer, today: date) -> bool:
    """Return whether an acknowledgement spares somebody from being asked today.

    It is of a version that stands for this one and, where the policy comes round yearly, its year does not end within
    the days one has to answer.
    """
    if answer.number < version.answers_as:
        return False
    return version.cadence != "yearly" or today < anniversary(answer.on) - timedelta(days=version.days)


def answered(ctx: Context, subject: str, people: Sequence[int]) -> Mapping[int, str]:
    """Return {person id: reason} for those of `people` who need not be asked about a version: acknowledged, exempt."""
    version = version_by_code(ctx.session, subject)
    if version is None:
        return {}
    rows = {one.id: one for one in ctx.session.scalars(select(Person).where(Person.id.in_(people)))}
    reasons = {
        person_id: f"acknowledged v{answer.number} on {say_date(answer.on)}"
        for person_id, answer in last_answers(ctx, version, rows).items()
        if counts(version, answer, ctx.now.astimezone(zone_of(rows[person_id])).date())
    }
    exempt = exempted(ctx, [one.ref for one in rows.values()], version.policy.code)
    return reasons | {one.id: "exempt" for one in rows.values() if one.ref in exempt}


WORKFLOW.finds_answered = answered
