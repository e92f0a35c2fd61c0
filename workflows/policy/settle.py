"""A policy's owner answers a question or an objection, and the person is asked again."""

from __future__ import annotations

import json

from sqlalchemy import select

from models import message as m
from models.campaign import Assignment
from models.record import Transition, VaultItem
from workflows import duty
from workflows.context import Context
from workflows.policy.base import WORKFLOW, subject_of, version_of
from workflows.policy.card import card
from workflows.policy.questions import ANSWERABLE, ASKED
from workflows.redraw import overtake
from workflows.workflow import Answers, Refusal


def _find_waiting(ctx: Context, target: str) -> Assignment:
    """Find an assignment by its opaque id for whoever may settle it; for everybody else there is none."""
    assignment = duty.by_code(ctx.session, target.upper())
    if assignment is None or assignment.workflow != WORKFLOW.name or not settles(ctx, assignment):
        raise Refusal("There is nothing like that for you.", "Type `todo` to see what is waiting.", status="missing")
    return assignment


def settles(ctx: Context, assignment: Assignment | None) -> bool:
    """The policy's owner and the leads, but nobody answers their own question. Rule for `may`."""
    if assignment is None:
        return ctx.person.has("lead", "deputy", "owner")
    if ctx.person.id == assignment.owed_by_id:
        return False
    owner = version_of(ctx.session, assignment).policy.owner_id
    return ctx.person.has("lead", "deputy") or ctx.person.id == owner


def settle_form(ctx: Context, assignment: Assignment) -> m.Form:
    """Return the form for the owner's answer, under the words that are answered."""
    version = version_of(ctx.session, assignment)
    who = m.mention(assignment.owed_by.ref)
    again = "" if assignment.state == "done" else "; reminders begin again"
    asked = f"{who} can't agree to {version.code}:" if assignment.state == "objected" else f"{who} asks:"
    return m.Form(
        "policy.settle",
        assignment.code,
        f"Answer about “{version.title}”",
        (m.Text("reply", "Your answer", long=True),),
        lines=(asked, their_words(ctx, assignment), f"Your answer goes to them{again}."),
        links=(m.Link("Read the policy", f"/go/policy.show/{version.code}"),),
        submit="Send the answer",
    )


def their_words(ctx: Context, assignment: Assignment) -> str:
    """Return the question or reason that waits, or that it was erased."""
    last = select(Transition.record_id).where(
        Transition.noun == Assignment.__tablename__,
        Transition.thing_id == assignment.id,
        Transition.verb.in_(("ask", "object")),
    )
    record_id = ctx.session.scalar(last.order_by(Transition.id.desc()).limit(1))
    kinds = ("countersign/v1/question", "countersign/v1/reason")
    words = select(VaultItem.payload).where(VaultItem.record_id == record_id, VaultItem.domain.in_(kinds))
    payload = ctx.session.scalar(words)
    return str(json.loads(payload)) if payload else "(no longer kept)"


@WORKFLOW.do(
    "settle",
    help="answer a question about your policy, or settle an objection",
    example="policy settle A-17 Yes, your own phone is fine",
    form=settle_form,
    find=_find_waiting,
    may=settles,
)
def settle(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Send the answer to whoever asked; what they owe is open again and reminders resume."""
    objected = assignment.state == "objected"
    if not objected and (assignment.state not in ANSWERABLE or assignment.step != ASKED):
        raise Refusal("Nothing waits for an answer there.", "It was answered by now, or taken back.", status="again")
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.settled" if objected else "policy.answered",
        subject_of(version),
        outcome="settled" if objected else "answered",
        facts={"assignment": assignment.code, "owed_by": assignment.owed_by.ref},
        private={"reply": answers["reply"]},
    )
    verb = "settle" if objected else "reply"
    agreed = assignment.state == "done"
    nudge = {} if agreed else {"next_nudge_at": ctx.now}
    ctx.move(assignment, verb, duty.MOVES, record_id, step="answer", **nudge)
    duty.redraw(ctx, assignment)
    overtake(ctx, assignment.code, f"{m.mention(ctx.person.ref)} answered.")
    said = m.Message(
        f"{m.mention(ctx.person.ref)} answers about “{version.title}”",
        lines=(f"You wrote: “{their_words(ctx, assignment)}”", answers["reply"]),
        buttons=card(ctx, assignment, assignment.assignee).buttons,
    )
    ctx.say(assignment.assignee, said, kind="notice", dedupe=f"{record_id}:asker")
    now = "They have acknowledged the policy already." if agreed else "They can acknowledge the policy now."
    return m.Message("Your answer is on its way.", lines=(now,), tone="good")
