"""Writing down what a running campaign says: one message for each person, whatever it asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from models import message as m
from models.campaign import Assignment, Campaign
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from workflows.bundle import bundle
from workflows.campaign.base import WORKFLOW, promise, take
from workflows.context import Context, zone_of

BATCH = 100  # people
MORNING = time(9)
SOME_DAY = datetime(9999, 1, 1, tzinfo=UTC)  # nobody knows yet when they are back


@WORKFLOW.job("announce")
def announce(ctx: Context) -> int:
    """Write the messages for the next people of a running campaign."""
    campaign = take(ctx, Campaign.state == "running", Campaign.announced_at.is_(None))
    if campaign is None:
        return 0
    asked = Assignment.campaign_id == campaign.id
    batch = (
        select(Assignment.owed_by_id)
        .where(asked, Assignment.owed_by_id > campaign.said_cursor)
        .distinct()
        .order_by(Assignment.owed_by_id)
        .limit(BATCH)
    )
    ids = ctx.session.scalars(batch).all()
    if not ids:
        campaign.announced_at = ctx.now
        return 1
    owed = ctx.session.scalars(
        select(Assignment)
        .options(joinedload(Assignment.owed_by))
        .where(asked, Assignment.owed_by_id.in_(ids), Assignment.state == "open")
        .order_by(Assignment.owed_by_id, Assignment.id)
    ).all()
    for person, theirs in groupby(owed, key=lambda one: one.owed_by):
        tell(ctx, campaign, person, list(theirs))
    campaign.said_cursor = ids[-1]
    return len(ids)


def tell(ctx: Context, campaign: Campaign, person: Person, owed: Sequence[Assignment]) -> None:
    """Write one person's message about what they owe, if they still belong to the company.

    Somebody on leave gets it on the morning they are back.
    """
    if not person.employed(ctx.now.astimezone(zone_of(person)).date()):
        return
    ctx.say(
        person,
        card_for(ctx, campaign, owed, person),
        kind="assigned",
        dedupe=f"{campaign.code}:{person.ref}",
        topic=owed[0].code if len(owed) == 1 else campaign.code,
        campaign_id=campaign.id,
        not_before=when(person, ctx.now),
    )


def card_for(ctx: Context, campaign: Campaign, owed: Sequence[Assignment], person: Person) -> m.Message:
    """Return the message that asks: the card of the one thing, or one message for several."""
    if len(owed) == 1:
        return promise(campaign).card(ctx, owed[0], person)
    return bundle(ctx, owed, person)


def when(person: Person, now: datetime) -> datetime:
    """Return from when somebody may be written to: now, or 09:00 where they are on the day they are back."""
    zone = zone_of(person)
    if not person.away(now.astimezone(zone).date()):
        return now
    if person.leave_to is None:
        return SOME_DAY
    return datetime.combine(person.leave_to + timedelta(days=1), MORNING, zone).astimezone(UTC)


@WORKFLOW.job("welcome back")
def welcome_back(ctx: Context) -> int:
    """Move the messages that wait for the end of a leave when the leave turns out shorter or longer."""
    waiting = select(OutboxMessage).where(
        OutboxMessage.kind == "assigned",
        OutboxMessage.campaign_id.is_not(None),
        OutboxMessage.not_before > ctx.now,
        OutboxMessage.dropped_at.is_(None),
    )
    moved = 0
    for said in ctx.session.scalars(waiting):
        at = _again(said.person, said.not_before, ctx.now)
        if at != said.not_before:
            said.not_before = at
            ctx.session.execute(update(Delivery).where(Delivery.message_id == said.id).values(due_at=at))
            moved += 1
    return moved


def _again(person: Person, before: datetime, now: datetime) -> datetime:
    """Return from when a message that waits may go out, as the roster stands now, and not before nine."""
    zone = zone_of(person)
    today = now.astimezone(zone).date()
    if person.away(today):
        return when(person, now)
    return min(before, max(now, datetime.combine(today, MORNING, zone).astimezone(UTC)))
