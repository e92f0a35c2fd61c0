"""Stopping a launch while nothing has been sent."""

from __future__ import annotations

from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import MOVES, WORKFLOW, finder, ready, subject_of
from workflows.context import Context
from workflows.who import leads
from workflows.workflow import Answers


@WORKFLOW.do(
    "stop", help="stop a launch before anything is sent", example="campaign stop C-3", find=finder("stop"), may=leads
)
def stop(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Stop a campaign while it waits: nobody has heard of it, and nobody will."""
    ready(ctx, campaign, "stop")
    proof = ctx.record("campaign.stopped", subject_of(campaign), outcome="stopped", campaign_ref=campaign.code)
    ctx.move(campaign, "stop", MOVES, proof, f"{m.mention(ctx.person.ref)} stopped it. Nothing was sent.")
    return m.Message(
        f"{campaign.code} is stopped. Nothing was sent.",
        lines=("What it had written down is taken back. Prepare another with `campaign new`.",),
        tone="good",
    )
