"""Somebody cannot agree to a policy, and says why; its owner hears of it."""

from __future__ import annotations

from models import message as m
from models.campaign import Assignment
from workflows import duty
from workflows.context import Context
from workflows.policy.acknowledge import facts_of
from workflows.policy.base import WORKFLOW, find_mine, subject_of, version_of
from workflows.policy.card import card
from workflows.policy.questions import tell_owner
from workflows.who import assignee
from workflows.workflow import Answers


def _not_open(ctx: Context, assignment: Assignment) -> m.Message | None:
    """Return the card of what is answered, objected to already, or no longer owed."""
    return None if assignment.state == "open" else card(ctx, assignment, ctx.person)


def object_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form for somebody who cannot agree."""
    version = version_of(ctx.session, assignment)
    return m.Form(
        "policy.object",
        assignment.code,
        f"You can't agree to “{version.title}”",
        (m.Text("reason", "What keeps you from agreeing?", long=True),),
        lines=("Your reason goes to the policy's owner and is kept on record. It does not count as being late.",),
        submit="Tell the owner",
    )


@WORKFLOW.do(
    "object",
    help="say that you can't agree to a policy, and why",
    example="policy object POL-3 It forbids what my job needs",
    form=object_form,
    stands=_not_open,
    find=find_mine,
    may=assignee,
    personal=True,
)
def object_(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the refusal with its reason; reminders stop until the owner has settled it."""
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.objected",
        subject_of(version),
        outcome="objected",
        facts=facts_of(ctx, assignment, version),
        private={"reason": answers["reason"]},
        due_at=assignment.due_at,
    )
    ctx.move(assignment, "object", duty.MOVES, record_id, next_nudge_at=None)
    duty.redraw(ctx, assignment)
    tell_owner(ctx, assignment, version, record_id, answers["reason"])
    return card(ctx, assignment, ctx.person)
