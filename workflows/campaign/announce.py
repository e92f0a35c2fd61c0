"""Writing down what a running campaign says: one message for each person, whatever it asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from models import message as m
from models.campaign import Assignment, Campaign
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from workflows.bundle import bundle
from workflows.calendar import next_moment
from workflows.campaign.base import WORKFLOW, promise, take
from workflows.context import Context, zone_of
from workflows.nudges import working_time
from workflows.rounds import go_on

BATCH = 100  # people
PLACE = "waiting messages"
EVERY = timedelta(minutes=15)
LOOKED_AT = 500  # messages


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

    It waits for their working hours: on leave, for those of the day they are back.
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
        not_before=next_moment(ctx.now, working_time(person)),
    )


def card_for(ctx: Context, campaign: Campaign, owed: Sequence[Assignment], person: Person) -> m.Message:
    """Return the message that asks: the card of the one thing, or one message for several."""
    if len(owed) == 1:
        return promise(campaign).card(ctx, owed[0], person)
    return bundle(ctx, owed, person)


@WORKFLOW.job("welcome back")
def welcome_back(ctx: Context) -> int:
    """Move messages that wait for somebody's working hours when a leave turns out shorter or longer."""
    return go_on(ctx, PLACE, EVERY, partial(_move, ctx))


def _move(ctx: Context, after: int) -> tuple[int, int]:
    """Move messages after an id that now wait for another moment; return how many were looked at, and the last.

    Most were sent long ago: so many are passed over at a time that nobody waits for it.
    """
    following = select(OutboxMessage.id).where(OutboxMessage.id > after).order_by(OutboxMessage.id).limit(LOOKED_AT)
    ids = ctx.session.scalars(following).all()
    waiting = (
        select(OutboxMessage)
        .options(joinedload(OutboxMessage.person))
        .where(
            OutboxMessage.id.in_(ids),
            OutboxMessage.kind == "assigned",
            OutboxMessage.not_before > ctx.now,
            OutboxMessage.dropped_at.is_(None),
        )
    )
    for said in ctx.session.scalars(waiting):
        at = next_moment(ctx.now, working_time(said.person))
        if at != said.not_before:
            said.not_before = at
            ctx.session.execute(update(Delivery).where(Delivery.message_id == said.id).values(due_at=at))
    return len(ids), ids[-1] if ids else after
