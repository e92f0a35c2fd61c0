"""Taking a campaign back, launched or not; answers are kept."""

from __future__ import annotations

from sqlalchemy import select

from models import message as m
from models.campaign import Campaign
from models.outbox import Delivery, OutboxMessage
from workflows.campaign.base import MOVES, WORKFLOW, finder, ready, subject_of
from workflows.context import Context
from workflows.who import leads
from workflows.workflow import Answers


def withdraw_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that withdraws a campaign."""
    ready(ctx, campaign, "withdraw")
    return m.Form(
        act="campaign.withdraw",
        target=campaign.code,
        title=f"Withdraw {campaign.code}",
        lines=(
            "Nobody is asked any more. What was not sent is dropped, cards say so, and answers are kept."
            if campaign.launched_at
            else "Nobody has heard of it, and nobody will.",
        ),
        facts=(m.Fact("Asks for", campaign.title),),
        fields=(m.Text("reason", "Why", hint="Kept on record.", long=True),),
        submit="Withdraw",
    )


@WORKFLOW.do(
    "withdraw",
    help="take a campaign back; answers are kept",
    example="campaign withdraw C-3 The wrong version was asked about",
    find=finder("withdraw"),
    form=withdraw_form,
    may=leads,
)
def withdraw(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Withdraw a campaign; its cards are redrawn in batches."""
    ready(ctx, campaign, "withdraw")
    proof = ctx.record(
        "campaign.withdrawn",
        subject_of(campaign),
        outcome="withdrawn",
        private={"reason": answers["reason"]},
        campaign_ref=campaign.code,
    )
    never_launched = campaign.launched_at is None
    ctx.move(campaign, "withdraw", MOVES, proof, f"{m.mention(ctx.person.ref)} withdrew it.")
    after = "Nobody had heard of it." if never_launched else f"Answers are kept. {_after(ctx, campaign)}"
    return m.Message(f"{campaign.code} is withdrawn.", lines=(after,), tone="good")


def _after(ctx: Context, campaign: Campaign) -> str:
    """Return what becomes of what a campaign had to say."""
    said = select(OutboxMessage.id).where(OutboxMessage.campaign_id == campaign.id)
    sent = select(Delivery.id).where(Delivery.message_id.in_(said), Delivery.sent_at.is_not(None)).limit(1)
    return "Cards that were sent will say so." if ctx.session.scalar(sent) else "No message had gone out yet."
