"""Holding a running campaign back, and letting it go on."""

from __future__ import annotations

from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import MOVES, WORKFLOW, finder, ready, subject_of
from workflows.context import Context
from workflows.who import leads
from workflows.workflow import Answers


@WORKFLOW.do(
    "pause", help="send nothing until you resume", example="campaign pause C-3", find=finder("pause"), may=leads
)
def pause(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Let nothing more out; answers still come in."""
    ready(ctx, campaign, "pause")
    proof = ctx.record("campaign.paused", subject_of(campaign), outcome="paused", campaign_ref=campaign.code)
    ctx.move(campaign, "pause", MOVES, proof)
    return m.Message(
        f"{campaign.code} is paused. Nothing is sent.",
        lines=("Answers still count. The due date stays; move it with `campaign move` if you need to.",),
        buttons=(m.Button("Resume", "campaign.resume", campaign.code, "primary"),),
        tone="good",
    )


@WORKFLOW.do(
    "resume", help="go on with a paused campaign", example="campaign resume C-3", find=finder("resume"), may=leads
)
def resume(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Let messages out again."""
    ready(ctx, campaign, "resume")
    proof = ctx.record("campaign.resumed", subject_of(campaign), outcome="running", campaign_ref=campaign.code)
    ctx.move(campaign, "resume", MOVES, proof)
    return m.Message(f"{campaign.code} goes on.", tone="good")
