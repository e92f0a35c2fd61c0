"""Whom messages do not reach, as `status` shows it: not for certain, or in a chat no longer."""

from __future__ import annotations

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import aliased

from models import message as m
from models.campaign import Assignment
from models.outbox import Delivery, OutboxMessage
from models.person import ANSWERING_KINDS, Identity, Person
from workflows.context import Context, say_date, zone_of
from workflows.duty import OPEN
from workflows.reach import CHANNELS, channels_by_person, chats_in_use
from workflows.who import visible

SHOWN = 50  # rows of a table


def cards(ctx: Context) -> list[m.Message]:
    """Return who is not reached, as far as the actor may see them."""
    return [_not_for_certain(ctx), *_lost(ctx)]


def _not_for_certain(ctx: Context) -> m.Message:
    """Return the table of those who owe something and whom no message reaches, or nobody knows whether it did."""
    # What was dropped was not wanted any more, and says nothing about an address.
    fine = ("queued", "claimed", "sent", "in doubt", "dropped")
    undelivered = ~exists().where(Delivery.message_id == OutboxMessage.id, Delivery.state.in_(fine))
    unconfirmed = exists().where(Delivery.message_id == OutboxMessage.id, Delivery.state == "unconfirmed")
    later = aliased(OutboxMessage)
    reached_since = exists().where(
        later.person_id == Person.id,
        later.id > OutboxMessage.id,
        Delivery.message_id == later.id,
        Delivery.sent_at.is_not(None),
    )
    rows = ctx.session.execute(
        select(Person.ref, func.max(case((unconfirmed, 1), else_=0)))
        .join(Assignment, Assignment.assignee_id == Person.id)
        .join(OutboxMessage, OutboxMessage.person_id == Person.id)
        .where(
            visible(ctx.person),
            Assignment.state.in_(OPEN),
            OutboxMessage.dropped_at.is_(None),
            OutboxMessage.kind != "sign-in",
            undelivered,
            ~(unconfirmed & reached_since),
        )
        .group_by(Person.ref)
        .order_by(Person.ref)
        .limit(SHOWN)
    ).all()
    if not rows:
        return m.Message("Reach", lines=("Everybody who owes something can be reached.",), tone="good")
    notes = {0: "nobody can reach them: check their address", 1: "unconfirmed: the next reminder asks again"}
    table = m.Table(
        "Whom no message reached for certain",
        ("Who", "Why"),
        tuple((m.mention(ref), notes[doubt]) for ref, doubt in rows),
    )
    return m.Message(f"Not reached: {len(rows)}", tables=(table,), tone="warn")


def _lost(ctx: Context) -> list[m.Message]:
    """Return the table of those whom a chat took messages for and takes none any more; nothing if there are none."""
    other = aliased(Identity)
    there = exists().where(
        other.person_id == Identity.person_id, other.platform == Identity.platform, other.unreachable_since.is_(None)
    )
    asked = (
        select(Person.id, Person.ref, Identity.platform, func.min(Identity.unreachable_since).label("since"))
        .join(Identity, Identity.person_id == Person.id)
        .where(
            visible(ctx.person),
            Person.kind.in_(ANSWERING_KINDS),
            Person.merged_into_id.is_(None),
            or_(Person.end_on.is_(None), Person.end_on >= ctx.today),
            Identity.platform.in_(chats_in_use(ctx.settings)),
            Identity.unreachable_since.is_not(None),
            ~there,
        )
        .group_by(Person.id, Person.ref, Person.name, Identity.platform)
    )
    total = ctx.session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    if not total:
        return []
    found = ctx.session.execute(asked.order_by(Person.name, Person.id, Identity.platform).limit(SHOWN)).all()
    ways = channels_by_person(ctx.session, ctx.settings, [id_ for id_, _, _, _ in found])
    rows = tuple(
        (
            m.mention(ref),
            CHANNELS[platform],
            say_date(since.astimezone(zone_of(ctx.actor)).date()),
            CHANNELS[ways[id_][0]] if ways[id_] else "nothing: nobody can reach them",
        )
        for id_, ref, platform, since in found
        if since
    )
    told = "The app was removed or blocked there, or the account was closed. What they are sent goes another way."
    more = (f"The first {SHOWN} of {total}.",) if total > SHOWN else ()
    table = m.Table("Whom a chat no longer reaches", ("Who", "Chat", "Since", "Reached by"), rows)
    return [m.Message(f"Lost in a chat: {total}", lines=(told, *more), tables=(table,), tone="warn")]
