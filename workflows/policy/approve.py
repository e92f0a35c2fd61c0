"""Drafts are approved by somebody who did not write them."""

from __future__ import annotations

from evidence.canonical import instant
from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import compare, states
from workflows.policy.base import WORKFLOW, subject_of
from workflows.policy.review import in_front, links, standing
from workflows.redraw import about
from workflows.who import leads_of
from workflows.workflow import Answers


def approve_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return what the approver approves: the text's fingerprint and what changed. There is nothing to fill in."""
    states.movable(version, "approve")
    return m.Form(
        "policy.approve",
        version.code,
        f"Approve “{version.title}”",
        (),
        lines=tuple(line for line in (version.summary, version.changes) if line),
        facts=in_front(version, ctx.session.get(Person, version.author_id)),
        tables=(compare.table(states.before(ctx.session, version), version),),
        links=links(version),
        submit="Approve",
    )


@WORKFLOW.do(
    "approve",
    help="approve a draft that you did not write",
    example="policy approve POL-3v4",
    form=approve_form,
    find=states.finder("approve"),
    may=states.approves,
    personal=True,
)
def approve(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Record the approval; the leads are told that the version can be published."""
    facts = {"approver": ctx.person.ref, "approved_at": instant(ctx.now)}
    proof = ctx.record("policy.approved", subject_of(version), outcome="approved", facts=facts)
    approved = f"{m.mention(ctx.person.ref)} approved it."
    ctx.move(version, "approve", states.MOVES, proof, approved, approved_at=ctx.now)
    _tell_leads(ctx, version, proof)
    return standing(ctx, version, "Thank you. It can be published now.")


def _tell_leads(ctx: Context, version: PolicyVersion, proof: str) -> None:
    """Tell the leads that a version waits to be published."""
    said = m.Message(
        f"“{version.title}” is approved",
        lines=("It can be published now.",),
        facts=(m.Fact("Policy", version.code),),
        buttons=(m.Button("Publish", "policy.publish", version.code, "primary"),),
        tone="good",
    )
    for lead in leads_of(ctx):
        if lead.id != ctx.person.id:
            ctx.say(lead, said, kind="notice", dedupe=f"{proof}:{lead.ref}", topic=about(version.code))
