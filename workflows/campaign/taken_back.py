"""What was stopped or withdrawn is taken back in batches: unsent messages are dropped, cards say so."""

from __future__ import annotations

from sqlalchemy import exists, select, update

from models.campaign import Assignment, Campaign
from models.outbox import Delivery, OutboxMessage
from workflows import duty, ledger
from workflows.campaign.base import WORKFLOW, subject_of, take
from workflows.campaign.sweep import BATCH
from workflows.context import Context


@WORKFLOW.job("take back")
def take_back(ctx: Context) -> int:
    """Drop what was not sent of a stopped or withdrawn campaign, end what is still open, and say so on its cards."""
    open_ = exists().where(Assignment.campaign_id == Campaign.id, Assignment.state.in_(duty.OPEN))
    campaign = take(ctx, Campaign.state.in_(("stopped", "withdrawn")), open_)
    if campaign is None:
        return 0
    batch = ctx.session.scalars(
        select(Assignment)
        .where(Assignment.campaign_id == campaign.id, Assignment.state.in_(duty.OPEN))
        .order_by(Assignment.id)
        .limit(BATCH)
    ).all()
    _drop_unsent(ctx, campaign, [one.owed_by_id for one in batch])
    entries = [[one.owed_by.ref, one.code] for one in batch]
    proof = ctx.record(
        "campaign.taken_back", subject_of(campaign), facts={"entries": entries}, campaign_ref=campaign.code
    )
    for one in batch:
        duty.close(ctx, one, "withdraw", proof)
    return len(batch)


def _drop_unsent(ctx: Context, campaign: Campaign, people: list[int]) -> None:
    """Drop the campaign's messages to `people` of which no copy has gone out."""
    sent = exists().where(Delivery.message_id == OutboxMessage.id, Delivery.sent_at.is_not(None))
    unsent = ctx.session.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.campaign_id == campaign.id,
            OutboxMessage.person_id.in_(people),
            OutboxMessage.dropped_at.is_(None),
            ~sent,
        )
    ).all()
    ctx.session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(unsent)).values(dropped_at=ctx.now))
    dropped = ctx.session.scalars(
        update(Delivery)
        .where(Delivery.message_id.in_(unsent), Delivery.state == "queued")
        .values(state="dropped", problem="withdrawn", version=Delivery.version + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    ledger.note_dropped(ctx, dropped, "withdrawn")
