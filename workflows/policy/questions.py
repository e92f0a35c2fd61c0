"""Questions and objections: somebody asks or cannot agree, and the policy's owner answers them."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import func, select

from models import message as m
from models.campaign import Assignment
from models.policy import PolicyVersion
from models.record import Transition, VaultItem
from workflows import duty
from workflows.context import Context
from workflows.policy import states
from workflows.policy.acknowledge import card, facts_of
from workflows.policy.base import WORKFLOW, find_mine, subject_of, version_of
from workflows.who import assignee
from workflows.workflow import Answers, Refusal

PAUSE = timedelta(days=5)  # reminders wait so long for an answer
PAUSES = 2  # a third question is answered like the others, but no longer holds reminders back
ASKED = "question"  # the step of an assignment whose question waits for an answer


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
    """Record the question and pass it to the owner; reminders pause, but only so often."""
    version = version_of(ctx.session, assignment)
    if assignment.state not in duty.OPEN:
        raise Refusal(
            "This one is no longer open.",
            f"Its owner is {m.mention(version.policy.owner.ref)}; ask them directly.",
            status="again",
        )
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
    _tell_owner(ctx, assignment, version, record_id, answers["question"])
    wait = "Reminders pause meanwhile; the due date stays." if pauses else "The due date and reminders stay."
    return m.Message("Your question is on its way.", lines=("The owner answers you here.", wait), tone="good")


def _asked_before(ctx: Context, assignment: Assignment) -> int:
    """Return how many questions have been asked about this assignment."""
    asked = select(func.count()).where(
        Transition.noun == Assignment.__tablename__, Transition.thing_id == assignment.id, Transition.verb == "ask"
    )
    return ctx.session.scalar(asked) or 0


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
    find=find_mine,
    may=assignee,
    personal=True,
)
def object_(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Record the refusal with its reason; reminders stop until the owner has settled it."""
    if assignment.state != "open":
        return card(ctx, assignment, ctx.person)
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
    _tell_owner(ctx, assignment, version, record_id, answers["reason"])
    return card(ctx, assignment, ctx.person)


def _tell_owner(ctx: Context, assignment: Assignment, version: PolicyVersion, record_id: str, words: str) -> None:
    """Pass somebody's words on to the policy's owner."""
    objects = assignment.state == "objected"
    what = "can't agree to" if objects else "has a question about"
    said = m.Message(
        f"{version.title}: {'somebody cannot agree' if objects else 'a question'}",
        lines=(f"{m.mention(assignment.owed_by.ref)} {what} {version.code}:", words),
        buttons=(
            m.Button("Answer", "policy.settle", assignment.code, "primary"),
            m.Button("Read the policy", "policy.show", version.code),
        ),
    )
    ctx.say(version.policy.owner, said, kind="notice", dedupe=f"{record_id}:owner")


def _find_waiting(ctx: Context, target: str) -> Assignment:
    """Find an assignment by its opaque id for whoever may settle it; for everybody else there is none."""
    assignment = duty.by_code(ctx.session, target.upper())
    if assignment is None or assignment.workflow != WORKFLOW.name or not _settles(ctx, assignment):
        raise Refusal("There is nothing like that for you.", "Type `todo` to see what is waiting.", status="missing")
    return assignment


def _settles(ctx: Context, assignment: Assignment | None) -> bool:
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
    asked = f"{who} can't agree to {version.code}:" if assignment.state == "objected" else f"{who} asks:"
    return m.Form(
        "policy.settle",
        assignment.code,
        f"Answer about “{version.title}”",
        (m.Text("reply", "Your answer", long=True),),
        lines=(asked, _their_words(ctx, assignment), "Your answer goes to them; reminders begin again."),
        links=(m.Link("Read the policy", f"/go/policy.show/{version.code}"),),
        submit="Send the answer",
    )


def _their_words(ctx: Context, assignment: Assignment) -> str:
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
    may=_settles,
)
def settle(ctx: Context, assignment: Assignment, answers: Answers) -> m.Message:
    """Send the answer to whoever asked; what they owe is open again and reminders resume."""
    objected = assignment.state == "objected"
    if not objected and (assignment.state != "open" or assignment.step != ASKED):
        raise Refusal("Nothing waits for an answer there.", "It was answered, or is done by now.", status="again")
    version = version_of(ctx.session, assignment)
    record_id = ctx.record(
        "policy.settled" if objected else "policy.answered",
        subject_of(version),
        outcome="settled" if objected else "answered",
        facts={"assignment": assignment.code, "owed_by": assignment.owed_by.ref},
        private={"reply": answers["reply"]},
    )
    verb = "settle" if objected else "reply"
    ctx.move(assignment, verb, duty.MOVES, record_id, step="answer", next_nudge_at=ctx.now)
    duty.redraw(ctx, assignment)
    said = m.Message(
        f"{version.title}: an answer for you",
        lines=(f"{m.mention(ctx.person.ref)} writes:", answers["reply"]),
        buttons=card(ctx, assignment, assignment.assignee).buttons,
    )
    ctx.say(assignment.assignee, said, kind="notice", dedupe=f"{record_id}:asker")
    return m.Message("Your answer is on its way.", lines=("They can acknowledge the policy now.",), tone="good")


def _waiting(ctx: Context) -> list[Assignment]:
    """Return the questions and objections that the actor may answer, those who wait longest first."""
    versions = ctx.session.scalars(select(PolicyVersion).where(PolicyVersion.published_at.is_not(None)))
    codes = [one.code for one in versions if ctx.person.has("lead", "deputy") or one.policy.owner_id == ctx.person.id]
    asked = (Assignment.state == "open") & (Assignment.step == ASKED)
    rows = select(Assignment).where(Assignment.subject.in_(codes), asked | (Assignment.state == "objected"))
    return [one for one in ctx.session.scalars(rows.order_by(Assignment.id)) if _settles(ctx, one)]


@WORKFLOW.look(
    "questions",
    help="see which questions and objections wait for an answer",
    may=lambda ctx, thing: _settles(ctx, None),
)
def questions(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return a card for every question and objection that the actor may answer, those who wait longest first."""
    cards = tuple(
        m.Message(
            WORKFLOW.subject_title(ctx.session, one.subject),
            lines=(
                f"{m.mention(one.owed_by.ref)} {'cannot agree' if one.state == 'objected' else 'asks'}:",
                _their_words(ctx, one),
            ),
            facts=(m.Fact("Policy", one.subject),),
            buttons=(m.Button("Answer", "policy.settle", one.code, "primary"),),
        )
        for one in _waiting(ctx)
    )
    return m.Home("Questions", cards=cards, empty="Nobody waits for an answer.")


@WORKFLOW.at_home
def waiting_for_me(ctx: Context) -> tuple[m.Message, ...]:
    """Return cards for what waits for an approver, a lead or an owner: drafts, and questions about their policies."""
    drafts = select(PolicyVersion).where(PolicyVersion.state == "in review", PolicyVersion.approver_id == ctx.person.id)
    cards = [
        m.Message(
            f"Please approve “{version.title}”",
            lines=(version.summary,),
            facts=(m.Fact("Policy", version.code),),
            buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        )
        for version in ctx.session.scalars(drafts.order_by(PolicyVersion.id))
        if states.approves(ctx, version)
    ]
    asked = len(_waiting(ctx)) if _settles(ctx, None) else 0
    if asked:
        title = "A question waits for an answer" if asked == 1 else f"{asked} questions wait for an answer"
        cards.append(m.Message(title, buttons=(m.Button("See them", "policy.questions"),)))
    return tuple(cards)
