"""Exemptions come to their end: whoever was exempt is asked again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.campaign import Assignment
from models.fact import fact
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, zone_of
from workflows.policy.base import WORKFLOW, subject_of, version_of
from workflows.policy.card import card
from workflows.policy.exempt import FACT

BATCH = 100


@WORKFLOW.job("end exemptions")
def end_exemptions(ctx: Context) -> int:
    """Open again what was closed by an exemption that is over, for those who still work here."""
    published = select(PolicyVersion).where(PolicyVersion.published_at.is_not(None))
    codes = [one.code for one in ctx.session.scalars(published)]
    rows = select(Assignment).where(Assignment.subject.in_(codes), Assignment.state == "exempt")
    ended = [one for one in ctx.session.scalars(rows.order_by(Assignment.id)) if _is_over(ctx, one)][:BATCH]
    return sum(_resume(ctx, one.id) for one in ended)


def _is_over(ctx: Context, assignment: Assignment) -> bool:
    person = assignment.owed_by
    today = ctx.now.astimezone(zone_of(person)).date()
    if not person.employed(today) or person.away(today):
        return False
    code = assignment.subject.partition("v")[0]
    return fact(ctx.session, person.ref, FACT, ctx.now, key=code) is None


def _resume(ctx: Context, assignment_id: int) -> int:
    """Open one duty again with its days to answer, and say so; 0 where another worker is at it."""
    locked = select(Assignment).where(Assignment.id == assignment_id, Assignment.state == "exempt")
    one = ctx.session.scalar(locked.with_for_update(skip_locked=True))
    if one is None:
        return 0
    version = version_of(ctx.session, one)
    if version.state == "superseded" and version.policy.in_force_id:
        version = ctx.session.get_one(PolicyVersion, version.policy.in_force_id)
    due_on = ctx.now.astimezone(zone_of(one.owed_by)).date() + timedelta(days=version.days)
    proof = ctx.record(
        "policy.exemption-ended",
        subject_of(version),
        outcome="asked again",
        facts={"person": one.owed_by.ref, "assignment": one.code},
    )
    due_at = duty.end_of_day(due_on, zone_of(one.owed_by))
    ctx.move(
        one, "resume", duty.MOVES, proof,
        due_on=due_on, due_at=due_at, next_nudge_at=ctx.now, closed_at=None, record_id=None,
    )  # fmt: skip
    duty.redraw(ctx, one)
    ctx.say(one.assignee, card(ctx, one, one.assignee), kind="assigned", dedupe=f"{proof}:{one.code}", topic=one.code)
    return 1
