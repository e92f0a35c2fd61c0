"""What waits for an approver, a lead or a policy's owner: drafts, questions, objections."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from models import message as m
from models.campaign import Assignment
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import states
from workflows.policy.base import WORKFLOW
from workflows.policy.questions import ASKED
from workflows.policy.review import request
from workflows.policy.settle import settles, their_words
from workflows.workflow import Answers


def _waiting(ctx: Context) -> list[Assignment]:
    """Return the questions and objections that the actor may answer, those who wait longest first."""
    versions = ctx.session.scalars(select(PolicyVersion).where(PolicyVersion.published_at.is_not(None)))
    codes = [one.code for one in versions if ctx.person.has("lead", "deputy") or one.policy.owner_id == ctx.person.id]
    asked = Assignment.state.in_(("open", "done")) & (Assignment.step == ASKED)
    rows = select(Assignment).where(Assignment.subject.in_(codes), asked | (Assignment.state == "objected"))
    return [one for one in ctx.session.scalars(rows.order_by(Assignment.id)) if settles(ctx, one)]


@WORKFLOW.look(
    "questions",
    help="see which questions and objections wait for an answer",
    may=lambda ctx, thing: settles(ctx, None),
)
def questions(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return a card for every question and objection that the actor may answer, those who wait longest first."""
    cards = tuple(
        m.Message(
            WORKFLOW.subject_title(ctx.session, one.subject),
            lines=(
                f"{m.mention(one.owed_by.ref)} {'cannot agree' if one.state == 'objected' else 'asks'}:",
                their_words(ctx, one),
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
        replace(
            request(ctx, version),
            buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        )
        for version in ctx.session.scalars(drafts.order_by(PolicyVersion.id))
        if states.approves(ctx, version)
    ]
    asked = len(_waiting(ctx)) if settles(ctx, None) else 0
    if asked:
        title = "A question waits for an answer" if asked == 1 else f"{asked} questions wait for an answer"
        cards.append(m.Message(title, buttons=(m.Button("See them", "policy.questions"),)))
    return tuple(cards)
