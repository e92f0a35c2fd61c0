"""Several drafts into one, so that what is published together reaches people as one message."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import MOVES, WORKFLOW, finder, promise, ready, subject_of
from workflows.campaign.preview import show
from workflows.context import Context
from workflows.drafts import draft
from workflows.who import leads
from workflows.workflow import Answers, Refusal, Topic


def others(ctx: Context, campaign: Campaign) -> Sequence[Campaign]:
    """Return the other drafts that ask for the same kind of thing."""
    drafts = select(Campaign).where(
        Campaign.state == "draft", Campaign.workflow == campaign.workflow, Campaign.id != campaign.id
    )
    return ctx.session.scalars(drafts.order_by(Campaign.id)).all()


def combine_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that puts drafts together."""
    ready(ctx, campaign, "launch")
    options = tuple(m.Option(one.code, one.title, hint=one.code) for one in others(ctx, campaign))
    if not options:
        raise Refusal("There is no other draft to put it together with.", "`campaign new` can ask for several at once.")
    return m.Form(
        act="campaign.combine",
        target=campaign.code,
        title=f"Put drafts together with {campaign.code}",
        lines=("Everybody gets one message with all that applies to them. The latest due date is kept.",),
        facts=(m.Fact(campaign.code, campaign.title),),
        fields=(m.Choice("drafts", "Together with", options=options, many=True),),
        submit="Put together",
    )


@WORKFLOW.do(
    "combine",
    help="put drafts together, so that people get one message",
    example="campaign combine C-3",
    find=finder("launch"),
    form=combine_form,
    may=leads,
)
def combine(ctx: Context, campaign: Campaign, answers: Answers) -> m.Home:
    """Write one draft in the place of several. Each topic is still asked only of those it is for."""
    parts = [campaign, *(one for one in others(ctx, campaign) if one.code in answers["drafts"])]
    flow = promise(campaign)
    subjects = dict.fromkeys(subject for part in parts for subject in part.subjects)
    audiences = {part.audience for part in parts}
    if len(audiences) > 1 and any(_narrowed(ctx, part) for part in parts):
        raise Refusal(
            "These drafts ask different people.", "Only drafts that ask everybody they apply to can be put together."
        )
    whole = draft(
        ctx,
        flow,
        [Topic(one, one, flow.subject_title(ctx.session, one), flow.days) for one in subjects],
        due_on=max(part.due_on for part in parts),
        audience=audiences.pop() if len(audiences) == 1 else "everyone",
        reason=campaign.reason,
    )
    for part in parts:
        facts = {"combined_into": whole.code}
        proof = ctx.record("campaign.combined", subject_of(part), outcome="withdrawn", facts=facts)
        ctx.move(part, "withdraw", MOVES, proof, f"It is part of {whole.code} now.")
    return show(ctx, whole)


def _narrowed(ctx: Context, campaign: Campaign) -> bool:
    """Return whether a draft asks fewer people than its topics are for."""
    flow = promise(campaign)
    whole = {"everyone", *(flow.audience_of(ctx.session, subject) for subject in campaign.subjects)}
    return campaign.audience not in whole
