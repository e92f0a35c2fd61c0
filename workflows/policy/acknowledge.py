"""An employee acknowledges a policy: the card that asks for it, and the form with the box to tick."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from evidence.canonical import instant
from models import message as m
from models.campaign import Assignment
from models.person import Person
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, say_date, zone_of
from workflows.policy.base import WORKFLOW, files, find_mine, subject_of, version_by_code, version_of
from workflows.who import assignee
from workflows.workflow import Answers, Refusal


def consent(version: PolicyVersion) -> str:
    """Return the sentence a person agrees to by ticking the box."""
    return f"I have read and will follow “{version.title}” (version {version.number})."


def news(version: PolicyVersion, assignment: Assignment) -> str:
    """Return what is new in a text, for those who were here before it; nothing for a first text or for a newcomer."""
    knew_another = version.number > 1 and assignment.reason not in ("hire", "joined")
    return f"What is new: {version.changes}" if version.changes and knew_another else ""


def card(ctx: Context, assignment: Assignment, viewer: Person) -> m.Message:
    """Return the card of one policy to acknowledge, as it stands now."""
    version = version_of(ctx.session, assignment)
    said = (_standing(assignment, viewer), news(version, assignment), version.summary)
    late = assignment.state == "open" and assignment.due_at < ctx.now
    tones: dict[str, m.Tone] = {"done": "good", "objected": "warn", "open": "warn" if late else "plain"}
    return m.Message(
        title=version.title,
        lines=tuple(line for line in said if line),
        facts=(m.Fact("Policy", version.code), m.Fact("Was due" if late else "Due", say_date(assignment.due_on))),
        buttons=_buttons(assignment),
        tone=tones.get(assignment.state, "plain"),
    )


def _standing(assignment: Assignment, viewer: Person) -> str:
    """Return how far an assignment has come, in a sentence; nothing while it simply waits."""
    closed = assignment.closed_at
    day = say_date(closed.astimezone(zone_of(viewer)).date()) if closed else ""
    late = ", after the due date" if closed and closed > assignment.due_at else ""
    return {
        "open": "Your question is with the owner, who answers you here." if assignment.step != "answer" else "",
        "done": f"You acknowledged this on {day}{late}. Thank you.",
        "objected": "You said you can't agree. The owner has your reason and will get back to you.",
        "exempt": "You are exempt from this for now. Nothing to do.",
        "superseded": "A newer version has taken its place. Nothing to do here.",
    }.get(assignment.state, "This was withdrawn. Nothing to do.")


def _buttons(assignment: Assignment) -> tuple[m.Button, ...]:
    """Return what can still be done with an assignment."""
    read = m.Button("Read", "policy.show", assignment.code)
    if assignment.state not in duty.OPEN:
        return (read,)
    answers = (
        m.Button("Acknowledge", "policy.acknowledge", assignment.code, "primary"),
        m.Button("Ask a question", "policy.ask", assignment.code),
        m.Button("I can't agree", "policy.object", assignment.code),
    )
    return (read, *(answers if assignment.state == "open" else answers[:2]))


def title(session: Session, subject: str) -> str:
    """Return what a policy assignment is called on a screen."""
    version = version_by_code(session, subject)
    return version.title if version else subject


WORKFLOW.makes_card = card
WORKFLOW.makes_title = title


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
    find=find_mine,
    may=assignee,
    personal=True,
)
def acknowledge(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the acknowledgement and close the assignment, late or not. A second one shows the first."""
    if assignment.state not in duty.OPEN:
        return card(ctx, assignment, ctx.person)
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
        facts=facts_of(ctx, assignment, version),
        private={"typed_name": typed_name} if version.typed_name else {},
        consent=consent(version),
        due_at=assignment.due_at,
        campaign_ref=assignment.campaign_code,
        control_ids=[part for part in version.controls.split(";") if part],
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
