"""A made-up promise: once a year everybody checks their home office, and their manager approves what they say."""

from __future__ import annotations

from evidence.record import Subject
from models import message as m
from models.campaign import Assignment
from models.person import Person
from workflows import duty
from workflows.context import Context, say_date
from workflows.who import assignee, leads_of
from workflows.workflow import Answers, Refusal, Workflow

WORKFLOW = Workflow(
    name="homecheck",
    title="Home office check",
    help="check your home office once a year",
    criteria=("CC6.4",),
    deviations=("late", "missing", "not approved"),
    cadence="0 9 1 2 *",
    days=14,
    moves=duty.MOVES,
    records={
        "homecheck.answered": "Somebody said how they keep their home office safe.",
        "homecheck.returned": "Their manager sent it back, and said why.",
        "homecheck.approved": "Their manager approved it.",
    },
)


def card(ctx: Context, assignment: Assignment, viewer: Person) -> m.Message:
    """Return the card, for whoever is asked and for the manager who approves."""
    due = (m.Fact("Due", say_date(assignment.due_on)),)
    if assignment.state != "open":
        return m.Message("Home office check", lines=("Approved. Thank you.",), tone="good")
    if assignment.step == "approve" and viewer.id == assignment.assignee_id:
        line = f"{m.mention(assignment.owed_by.ref)} has checked. The answers are in your messages."
        buttons = (
            m.Button("Approve", "homecheck.approve", assignment.code, "primary"),
            m.Button("Send back", "homecheck.return", assignment.code),
        )
        return m.Message("Home office check", (line,), due, buttons=buttons)
    if assignment.step == "approve":
        return m.Message("Home office check", ("Your manager is looking at it.",), due)
    button = m.Button("Answer", "homecheck.answer", assignment.code, "primary")
    return m.Message(
        "Home office check", ("Does your door lock, and who else sees your screen?",), due, buttons=(button,)
    )


WORKFLOW.makes_card = card


def find_step(ctx: Context, target: str, step: str) -> Assignment:
    """Return the actor's assignment, if it stands at this step. Raises Refusal."""
    assignment = duty.find_mine(ctx, target.upper())
    if assignment.state != "open" or assignment.step != step:
        raise Refusal("That is no longer waiting for you.", "Type `todo` to see what is.", status="again")
    return assignment


def answer_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form that everybody fills in."""
    yes_no = (m.Option("yes", "Yes"), m.Option("no", "No"))
    return m.Form(
        "homecheck.answer",
        assignment.code,
        "Home office check",
        (
            m.Choice("lock", "Does your door lock?", options=yes_no),
            m.Text("reason", "Who else could see your screen, and why is that fine?", long=True),
        ),
    )


@WORKFLOW.do(
    "answer",
    help="say how you keep your home office safe",
    example="homecheck answer A-17",
    form=answer_form,
    find=lambda ctx, target: find_step(ctx, target, "answer"),
    may=assignee,
    personal=True,
)
def answer(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the answer and pass it on to the manager, or to the lead where there is none."""
    approver = ctx.person.manager or leads_of(ctx)[0]
    proof = ctx.record(
        "homecheck.answered",
        Subject("homecheck", assignment.code),
        outcome=answers["lock"],
        private={"reason": answers["reason"]},
        due_at=assignment.due_at,
        campaign_ref=assignment.campaign.code if assignment.campaign else "",
        control_ids=WORKFLOW.criteria,
    )
    duty.pass_on(ctx, assignment, "approve", approver, proof)
    lines = (f"{m.mention(ctx.person.ref)} says that the door {_locks(answers)}.", answers["reason"])
    said = m.Message("Home office check to approve", lines, buttons=card(ctx, assignment, approver).buttons)
    ctx.say(approver, said, kind="notice", dedupe=f"{proof}:approver")
    return card(ctx, assignment, ctx.person)


def _locks(answers: Answers) -> str:
    return "locks" if answers["lock"] == "yes" else "does not lock"


@WORKFLOW.do(
    "approve",
    help="approve the home office check of somebody who reports to you",
    example="homecheck approve A-17",
    find=lambda ctx, target: find_step(ctx, target, "approve"),
    may=assignee,
    personal=True,
)
def approve(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the approval and close the assignment."""
    proof = ctx.record("homecheck.approved", Subject("homecheck", assignment.code), outcome="approved")
    duty.close(ctx, assignment, "answer", proof)
    return card(ctx, assignment, ctx.person)


def return_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form that sends an answer back."""
    fields = (m.Text("reason", "What must be done first?", long=True),)
    return m.Form("homecheck.return", assignment.code, "Send back", fields)


@WORKFLOW.do(
    "return",
    help="send a home office check back, and say why",
    example="homecheck return A-17 Please have the lock mended",
    form=return_form,
    find=lambda ctx, target: find_step(ctx, target, "approve"),
    may=assignee,
    personal=True,
)
def return_(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record why it is not enough, and ask again."""
    subject = Subject("homecheck", assignment.code)
    proof = ctx.record("homecheck.returned", subject, outcome="sent back", private={"reason": answers["reason"]})
    duty.pass_on(ctx, assignment, "answer", assignment.owed_by, proof)
    said = m.Message(
        "Home office check: sent back", (answers["reason"],), buttons=card(ctx, assignment, assignment.owed_by).buttons
    )
    ctx.say(assignment.owed_by, said, kind="notice", dedupe=f"{proof}:owed")
    return m.Message("Sent back.", lines=("They are asked again.",), tone="good")
