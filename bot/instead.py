"""Where a message goes that cannot be sent where it was meant to go: who is unreachable there, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox import Delivery
from models.person import Identity, Person
from workflows.context import Context
from workflows.reach import channels_of, ways_to


def mark_unreachable(ctx: Context, row: Delivery, identity: int | None) -> None:
    """Note that a channel refused a copy's reader for good: the one identity, or all they have on the channel."""
    for one in _identities(ctx.session, row.channel, row.message.person, ctx.now):
        if identity in (None, one.id):
            one.unreachable_since = one.unreachable_since or ctx.now
    ctx.session.flush()


def try_again(ctx: Context, row: Delivery) -> bool:
    """Queue a refused copy once more where its reader has another identity on the same channel; return whether so."""
    if row.channel not in channels_of(ctx.session, ctx.settings, row.message.person):
        return False
    row.state, row.due_at, row.claimed_until = "queued", ctx.now, None
    return True


def send_elsewhere(ctx: Context, row: Delivery) -> list[str]:
    """Queue a copy's message on the next channel on which it was not tried yet, and return which that is, if any."""
    tried = set(ctx.session.scalars(select(Delivery.channel).where(Delivery.message_id == row.message_id)))
    person = row.message.person
    ways = ways_to(ctx.session, ctx.settings, person) or channels_of(ctx.session, ctx.settings, person)
    left = [one for one in ways if one not in tried][:1]
    for channel in left:
        waiting = Delivery(message_id=row.message_id, campaign_id=row.campaign_id, channel=channel, due_at=ctx.now)
        ctx.session.add(waiting)
    return left


def _identities(session: Session, channel: str, person: Person, now: datetime) -> Sequence[Identity]:
    """Return how the person is known on a channel; an address that mail never reaches is noted for the first time."""
    mine = select(Identity).where(Identity.platform == channel, Identity.person_id == person.id)
    if channel != "mail":
        return session.scalars(mine).all()
    known = session.scalar(select(Identity).where(Identity.platform == "mail", Identity.platform_id == person.email))
    if known is None:
        known = Identity(
            person_id=person.id, platform="mail", workspace="", platform_id=person.email or "", recorded_at=now
        )
        session.add(known)
    return [known]
