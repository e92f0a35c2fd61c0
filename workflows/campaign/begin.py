"""The waiting time is over, and sending begins."""

from __future__ import annotations

from sqlalchemy import func, select

from models.campaign import Assignment, Campaign
from workflows.campaign.base import MOVES, WORKFLOW, subject_of, take
from workflows.context import Context


@WORKFLOW.job("begin")
def begin(ctx: Context) -> int:
    """Let sending begin where the waiting time is over."""
    campaign = take(ctx, Campaign.state == "held", Campaign.send_after <= ctx.now)
    if campaign is None:
        return 0
    waiting = select(func.count()).where(Assignment.campaign_id == campaign.id)
    proof = ctx.record(
        "campaign.begun",
        subject_of(campaign),
        outcome="running",
        facts={"assignments": ctx.session.scalar(waiting) or 0},
        campaign_ref=campaign.code,
    )
    ctx.move(campaign, "begin", MOVES, proof, "Sending has begun.")
    return 1
