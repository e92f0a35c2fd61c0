"""An employee's answers to a policy: I acknowledge it, I have a question, I cannot agree."""

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
from workflows.policy.base import WORKFLOW, find_mine, subject_of, version_by_code, version_of
from workflows.who import assignee
from workflows.workflow import Answers, Refusal


def consent(version: PolicyVersion) -> str:
    """Return the sentence a person agrees to by ticking the box."""
    return f"I have read and will follow “{version.title}” (version {version.number})."


def card(ctx: Context, assignment: Assignment, viewer: Person) -> m.Message:
    """Return the card of one policy to acknowledge, as it stands now."""
    version = version_of(ctx.session, assignment)
    return m.Message(
        title=version.title,
        lines=tuple(line for line in (_standing(assignment, viewer), version.summary) if line),
        facts=(m.Fact("Policy", version.code), m.Fact("Due", say_date(assignment.due_on))),
        buttons=_buttons(assignment),
        tone={"done": "good", "objected": "warn"}.get(assignment.state, "plain"),  # type: ignore[arg-type]
    )


def _standing(assignment: Assignment, viewer: Person) -> str:
    """Return how far an assignment has come, in a sentence; nothing while it simply waits."""
    closed = assignment.closed_at
    day = say_date(closed.astimezone(zone_of(viewer)).date()) if closed else ""
    return {
        "open": "",
        "done": f"You acknowledged this on {day}. Thank you.",
        "objected": "You said you can't agree. The owner has your reason and will get back to you.",
        "exempt": "You are exempt from this one. Nothing to do.",
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
        lines=(version.summary,),
        facts=(
            m.Fact("Policy", version.code),
            m.Fact("Due", say_date(assignment.due_on)),
            m.Fact("Fingerprint", version.sha256),
        ),
        links=(m.Link("Read the full text", f"/go/policy.show/{assignment.code}"),),
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
    """Record the acknowledgement and close the assignment. A second one shows the first."""
    if assignment.state not in duty.OPEN:
        return card(ctx, assignment, ctx.person)
    version = version_of(ctx.session, assignment)
    typed = {"typed_name": answers["typed_name"]} if version.typed_name else {}
    record_id = ctx.record(
        "policy.acknowledged",
        subject_of(version),
        outcome="acknowledged",
        facts=_facts(ctx, assignment, version),
        private=typed,
        consent=consent(version),
        due_at=assignment.due_at,
        campaign_ref=assignment.campaign.code if assignment.campaign else "",
        control_ids=[part for part in version.controls.split(";") if part],
    )
    duty.close(ctx, assignment, "answer", record_id)
    return card(ctx, assignment, ctx.person)


def _facts(ctx: Context, assignment: Assignment, version: PolicyVersion) -> dict[str, Any]:
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


def ask_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form for a question to the policy's owner."""
    version = version_of(ctx.session, assignment)
    return m.Form(
        "policy.ask",
        assignment.code,
        f"Ask about “{version.title}”",
        (m.Text("question", "Your question", long=True),),
        lines=("It goes to the policy's owner. Reminders pause while you wait for the answer.",),
        submit="Ask",
    )


@WORKFLOW.do(
    "ask",
    help="ask a policy's owner a question",
    example="policy ask POL-3 May I use my own phone?",
    form=ask_form,
    find=find_mine,
    may=assignee,
    personal=True,
)
def ask(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the question and pass it to the owner."""
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.question",
        subject_of(version),
        outcome="asked",
        facts={"assignment": assignment.code},
        private={"question": answers["question"]},
    )
    _tell_owner(ctx, version, record_id, "has a question about", answers["question"])
    return m.Message(
        "Your question is on its way.", lines=("The owner answers you directly; the due date stays.",), tone="good"
    )


def object_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form for somebody who cannot agree."""
    version = version_of(ctx.session, assignment)
    return m.Form(
        "policy.object",
        assignment.code,
        f"You can't agree to “{version.title}”",
        (m.Text("reason", "What keeps you from agreeing?", long=True),),
        lines=("Your reason goes to the policy's owner and is kept on record. It does not count as being late.",),
    )


@WORKFLOW.do(
    "object",
    help="say that you can't agree to a policy, and why",
    example="policy object POL-3 It forbids what my job needs",
    form=object_form,
    find=find_mine,
    may=assignee,
    personal=True,
)
def object_(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the refusal with its reason; reminders stop until the owner has settled it."""
    if assignment.state != "open":
        raise Refusal("This one is already answered.", "Type `todo` to see what is open.", status="again")
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.objected",
        subject_of(version),
        outcome="objected",
        facts=_facts(ctx, assignment, version),
        private={"reason": answers["reason"]},
        due_at=assignment.due_at,
    )
    ctx.move(assignment, "object", duty.MOVES, record_id, next_nudge_at=None)
    duty.redraw(ctx, assignment)
    _tell_owner(ctx, version, record_id, "can't agree to", answers["reason"])
    return card(ctx, assignment, ctx.person)


def _tell_owner(ctx: Context, version: PolicyVersion, record_id: str, what: str, words: str) -> None:
    """Pass somebody's words on to the policy's owner."""
    ctx.say(
        version.policy.owner,
        m.Message(
            title=f"{version.title}: somebody {what} it"
            if what.startswith("can't")
            else f"{version.title}: a question",
            lines=(f"{m.mention(ctx.person.ref)} {what} {version.code}:", words),
            buttons=(m.Button("Read the policy", "policy.show", version.code),),
        ),
        kind="notice",
        dedupe=f"{record_id}:owner",
    )
