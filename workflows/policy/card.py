"""The card that asks for a policy, and the words that people agree to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import message as m
from models.campaign import Assignment
from models.person import Person
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, say_date, zone_of
from workflows.policy.base import WORKFLOW, version_by_code, version_of


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
    tones: dict[str, m.Tone] = {"done": "good", "open": "warn" if late else "plain"}
    return m.Message(
        title=version.title,
        lines=tuple(line for line in said if line),
        facts=(m.Fact("Policy", version.code), m.Fact("Was due" if late else "Due", say_date(assignment.due_on))),
        buttons=(m.Button("Read", "policy.show", assignment.code), *ways(assignment)),
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


def ways(assignment: Assignment) -> tuple[m.Button, ...]:
    """Return the ways to answer an assignment; none where it is no longer owed."""
    if assignment.state not in duty.OPEN:
        return ()
    answers = (
        m.Button("Acknowledge", "policy.acknowledge", assignment.code, "primary"),
        m.Button("Ask a question", "policy.ask", assignment.code),
        m.Button("I can't agree", "policy.object", assignment.code),
    )
    return answers if assignment.state == "open" else answers[:2]


def title(session: Session, subject: str) -> str:
    """Return what a policy assignment is called on a screen."""
    version = version_by_code(session, subject)
    return version.title if version else subject


WORKFLOW.makes_card = card


WORKFLOW.makes_title = title
