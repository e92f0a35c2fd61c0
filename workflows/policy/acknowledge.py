"""An employee acknowledges a policy: the form with the box to tick, and what goes on record."""

from __future__ import annotations

from typing import Any

from evidence.canonical import instant
from models import message as m
from models.campaign import Assignment
from models.person import Person
from models.policy import PolicyVersion
from workflows import duty, outages
from workflows.context import Context, say_date
from workflows.policy.base import WORKFLOW, controls_of, files, find_mine, subject_of, version_of
from workflows.policy.card import card, consent, news
from workflows.who import assignee
from workflows.workflow import Answers, Refusal, Unnamed


def _over(ctx: Context, assignment: Assignment) -> m.Message | None:
    """Return the card of what is no longer owed."""
    return None if assignment.state in duty.OPEN else card(ctx, assignment, ctx.person)


def _find(ctx: Context, target: str) -> Assignment:
    """Find what the actor acknowledges; who names nothing and has several open is asked about all of them at once."""
    owed = duty.owed(ctx.session, ctx.person) if not target else []
    if sum(one.workflow == WORKFLOW.name and one.state == "open" for one in owed) > 1:
        raise Unnamed("Which policy?", instead="policy.bundle")
    return find_mine(ctx, target)


def acknowledge_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form that acknowledges one policy."""
    version = version_of(ctx.session, assignment)
    fields: list[m.AnyField] = [m.Toggle("agree", consent(version))]
    if version.typed_name:
        fields.append(m.Text("typed_name", "Your name", hint="Type your name as you would sign it.", limit=200))
    return m.Form(
        act="policy.acknowledge",
        target=assignment.code,
        title=f"Acknowledge “{version.title}”",
        lines=tuple(line for line in (news(version, assignment), version.summary) if line),
        facts=(
            m.Fact("Policy", version.code),
            m.Fact("Due", say_date(assignment.due_on)),
            m.Fact("Fingerprint", version.sha256),
        ),
        links=(m.Link("Read the full text", f"/go/policy.show/{assignment.code}"), *files(version)),
        fields=tuple(fields),
        submit="Acknowledge",
    )


@WORKFLOW.do(
    "acknowledge",
    help="say that you have read a policy and will follow it",
    example="ack POL-3",
    aliases=("ack",),
    form=acknowledge_form,
    stands=_over,
    find=_find,
    may=assignee,
    personal=True,
)
def acknowledge(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the acknowledgement and close the assignment, late or not."""
    version = version_of(ctx.session, assignment)
    if version.state != "published":
        raise Refusal("This policy is no longer in force.", "There is nothing to acknowledge.", status="again")
    keep(ctx, assignment, version, answers["typed_name"] if version.typed_name else "")
    return card(ctx, assignment, ctx.person)


def keep(ctx: Context, assignment: Assignment, version: PolicyVersion, typed_name: str) -> None:
    """Write one acknowledgement down and close its assignment; a typed name is kept as typed. Raises Stale."""
    record_id = ctx.record(
        "policy.acknowledged",
        subject_of(version),
        outcome="acknowledged",
        facts={**facts_of(ctx, assignment, version), **outages.fact(ctx, assignment)},
        private={"typed_name": typed_name} if version.typed_name else {},
        consent=consent(version),
        due_at=assignment.due_at,
        campaign_ref=assignment.campaign_code,
        control_ids=controls_of(version),
    )
    if assignment.subject != version.code:  # the text was replaced since they were asked; they have seen the new one
        ctx.move(assignment, "move over", duty.MOVES, record_id, subject=version.code)
    duty.close(ctx, assignment, "answer", record_id)


def facts_of(ctx: Context, assignment: Assignment, version: PolicyVersion) -> dict[str, Any]:
    """Return the clear fields an auditor tests for an acknowledgement (criteria CC1.1, CC1.5, CC5.3)."""
    approver = ctx.session.get(Person, version.approver_id) if version.approver_id else None
    start = assignment.owed_by.start_on
    return {
        "assignment": assignment.code,
        "owed_by": assignment.owed_by.ref,
        "reason": assignment.reason,
        "policy_version": version.number,
        "approver": approver.ref if approver else "",
        "approved_at": instant(version.approved_at) if version.approved_at else "",
        "effective_from": instant(version.published_at) if version.published_at else "",
        "hire_date": start.isoformat() if start else "",
    }
