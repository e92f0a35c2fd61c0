"""What happens to open duties when a text is replaced or retired: nobody is left to answer an old one."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from models.campaign import Assignment
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, zone_of
from workflows.policy.base import WORKFLOW, subject_of

BATCH = 100


@WORKFLOW.job("move over")
def move_over(ctx: Context) -> int:
    """Bring a batch of open duties from an earlier version to the one in force, or withdraw what was retired."""
    gone = select(PolicyVersion).where(PolicyVersion.state.in_(("superseded", "retired")))
    by_code = {one.code: one for one in ctx.session.scalars(gone.where(PolicyVersion.published_at.is_not(None)))}
    left_open = select(Assignment).where(Assignment.subject.in_(by_code), Assignment.state.in_(duty.OPEN))
    first = ctx.session.scalar(left_open.limit(1))
    if first is None:
        return 0
    old = by_code[first.subject]
    # What another worker holds is skipped: it is being moved.
    same = left_open.where(Assignment.subject == old.code).order_by(Assignment.id).limit(BATCH)
    found = ctx.session.scalars(same.with_for_update(skip_locked=True)).all()
    in_force = old.policy.in_force_id
    new = ctx.session.get(PolicyVersion, in_force) if in_force else None
    if found:
        _move(ctx, old, new, list(found))
    return len(found)


def _move(ctx: Context, old: PolicyVersion, new: PolicyVersion | None, found: list[Assignment]) -> None:
    """Move the duties `found` from `old` to `new`, under one record that names them."""
    proof = ctx.record(
        "policy.moved-over" if new else "policy.withdrawn",
        subject_of(new or old),
        outcome="asked about the new version" if new else "withdrawn",
        facts={
            "from_version": old.number,
            "assignments": [{"assignment": one.code, "due_on": one.due_on.isoformat()} for one in found],
        },
    )
    for one in found:
        if new is None:
            duty.close(ctx, one, "withdraw", proof)
            continue
        due_on = _due(ctx, one, new)
        due_at = duty.end_of_day(due_on, zone_of(one.owed_by))
        ctx.move(
            one, "move over", duty.MOVES, proof,
            subject=new.code, step="answer", due_on=due_on, due_at=due_at, next_nudge_at=ctx.now,
        )  # fmt: skip
        duty.redraw(ctx, one)


def _due(ctx: Context, assignment: Assignment, new: PolicyVersion) -> date:
    """Return when the duty falls due now: a text that everybody must read anew leaves its days to read it."""
    if not new.ask_again:
        return assignment.due_on
    today = ctx.now.astimezone(zone_of(assignment.owed_by)).date()
    return max(assignment.due_on, today + timedelta(days=new.days))
