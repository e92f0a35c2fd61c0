"""An employee asks a policy's owner, before or after agreeing; reminders pause, but only so often."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from models import message as m
from models.campaign import Assignment
from models.policy import PolicyVersion
from models.record import Transition
from workflows import duty
from workflows.context import Context
from workflows.policy.base import WORKFLOW, find_mine, subject_of, version_of
from workflows.redraw import about
from workflows.who import assignee
from workflows.workflow import Answers, Refusal, Unnamed

PAUSE = timedelta(days=5)  # reminders wait so long for an answer
PAUSES = 2  # a third question is answered like the others, but no longer holds reminders back
ANSWERABLE = (*duty.OPEN, "done")
ASKED = "question"  # the step of an assignment whose question waits for an answer


def _find(ctx: Context, target: str) -> Assignment:
    """Find what a question is about: by id, or the one that waits, or else what the actor has agreed to."""
    if target:
        return find_mine(ctx, target)
    mine = select(Assignment).where(Assignment.assignee_id == ctx.person.id, Assignment.workflow == WORKFLOW.name)
    askable = ctx.session.scalars(
        mine.where(duty.waiting() | (Assignment.state == "done")).order_by(Assignment.id)
    ).all()
    waiting = [one for one in askable if one.state in duty.OPEN]
    if len(waiting) == 1:
        return waiting[0]
    latest = {version_of(ctx.session, one).policy_id: one for one in askable}
    raise Unnamed("Which policy?", [(one.code, version_of(ctx.session, one).title) for one in latest.values()])


def ask_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form for a question to the policy's owner. Raises Refusal where it was taken back, or is exempt."""
    version = version_of(ctx.session, assignment)
    if assignment.state not in ANSWERABLE:
        raise Refusal(
            "This one is no longer open.",
            f"Its owner is {m.mention(version.policy.owner.ref)}; ask them directly.",
            status="again",
        )
    return m.Form(
        "policy.ask",
        assignment.code,
        f"Ask about “{version.title}”",
        (m.Text("question", "Your question", long=True),),
        lines=(
            "It goes to the policy's owner, who answers you here."
            if assignment.state == "done"
            else "It goes to the policy's owner. Reminders pause while you wait for the answer.",
        ),
        submit="Ask",
    )


@WORKFLOW.do(
    "ask",
    help="ask a policy's owner a question",
    example="policy ask POL-3 May I use my own phone?",
    form=ask_form,
    find=_find,
    may=assignee,
    personal=True,
)
def ask(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the question and pass it to the owner; reminders pause, but only so often."""
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.question",
        subject_of(version),
        outcome="asked",
        facts={"assignment": assignment.code, "owed_by": assignment.owed_by.ref},
        private={"question": answers["question"]},
    )
    pauses = assignment.state == "open" and _asked_before(ctx, assignment) < PAUSES
    sets = {"next_nudge_at": ctx.now + PAUSE} if pauses else {}
    ctx.move(assignment, "ask", duty.MOVES, record_id, step=ASKED, **sets)
    tell_owner(ctx, assignment, version, record_id, answers["question"])
    wait = "Reminders pause meanwhile; the due date stays." if pauses else "The due date and reminders stay."
    stays = "What you acknowledged stays acknowledged." if assignment.state == "done" else wait
    return m.Message("Your question is on its way.", lines=("The owner answers you here.", stays), tone="good")


def _asked_before(ctx: Context, assignment: Assignment) -> int:
    """Return how many questions have been asked about this assignment."""
    asked = select(func.count()).where(
        Transition.noun == Assignment.__tablename__, Transition.thing_id == assignment.id, Transition.verb == "ask"
    )
    return ctx.session.scalar(asked) or 0


def tell_owner(ctx: Context, assignment: Assignment, version: PolicyVersion, record_id: str, words: str) -> None:
    """Pass somebody's words on to the policy's owner."""
    does = "can't agree to" if assignment.state == "objected" else "asks about"
    said = m.Message(
        f"{m.mention(assignment.owed_by.ref)} {does} “{version.title}”",
        lines=(words,),
        facts=(m.Fact("Policy", version.code),),
        buttons=(
            m.Button("Answer", "policy.settle", assignment.code, "primary"),
            m.Button("Read the policy", "policy.show", version.code),
        ),
    )
    ctx.say(version.policy.owner, said, kind="notice", dedupe=f"{record_id}:owner", topic=about(assignment.code))
