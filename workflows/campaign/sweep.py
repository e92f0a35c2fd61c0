"""What follows a lead's decision in batches: a new due date, and closing what is answered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, func, select

from models.campaign import Assignment, Campaign
from workflows import duty
from workflows.campaign.base import MOVES, WORKFLOW, criteria_of, due_after, population_ref, subject_of, take
from workflows.context import Context, zone_of

BATCH = 50  # cards: each is drawn again


@WORKFLOW.job("move due")
def move_due(ctx: Context) -> int:
    """Bring a new due date to the next open assignments of a campaign, and redraw their cards."""
    campaign = take(ctx, Campaign.due_cursor.is_not(None))
    if campaign is None:
        return 0
    batch = ctx.session.scalars(
        select(Assignment)
        .where(
            Assignment.campaign_id == campaign.id,
            Assignment.id > campaign.due_cursor,
            Assignment.state.in_(duty.OPEN),
        )
        .order_by(Assignment.id)
        .limit(BATCH)
    ).all()
    if not batch:
        campaign.due_cursor = None
        return 1
    for one in batch:
        _set_due(ctx, campaign, one)
    entries = [[one.code, one.due_on.isoformat()] for one in batch]
    ctx.record("campaign.due", subject_of(campaign), facts={"entries": entries}, campaign_ref=campaign.code)
    campaign.due_cursor = batch[-1].id
    return len(batch)


def _set_due(ctx: Context, campaign: Campaign, one: Assignment) -> None:
    """Set one assignment's due date: who joined later, or is on leave, keeps as many days as the others have."""
    zone = zone_of(one.owed_by)
    begun = (campaign.launched_at or one.assigned_at).astimezone(zone).date()
    first_day = one.assigned_at.astimezone(zone).date()
    if one.owed_by.away(ctx.now.astimezone(zone).date()) and one.owed_by.leave_to is not None:
        first_day = one.owed_by.leave_to + timedelta(days=1)
    one.due_on = due_after(campaign, begun, first_day)
    one.due_at = duty.end_of_day(one.due_on, zone)
    if one.next_nudge_at is not None:
        one.next_nudge_at = ctx.now  # reminders are counted from the new day
    duty.redraw(ctx, one)


@WORKFLOW.job("close")
def close(ctx: Context) -> int:
    """Close a campaign when nothing in it is open any more."""
    open_ = exists().where(Assignment.campaign_id == Campaign.id, Assignment.state.in_(duty.OPEN))
    campaign = take(ctx, Campaign.state == "running", Campaign.announced_at.is_not(None), ~open_)
    if campaign is None:
        return 0
    states = (
        select(Assignment.state, func.count()).where(Assignment.campaign_id == campaign.id).group_by(Assignment.state)
    )
    counted = ctx.session.execute(states).all()
    proof = ctx.record(
        "campaign.closed",
        subject_of(campaign),
        outcome="closed",
        facts={"counts": dict(counted)},
        campaign_ref=campaign.code,
        population_ref=population_ref(campaign),
        control_ids=criteria_of(ctx, campaign),
    )
    ctx.move(campaign, "close", MOVES, proof)
    return 1
