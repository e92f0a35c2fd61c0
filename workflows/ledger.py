"""The ledger: what became of each copy of a message, one record for each, in the transaction that learns it.

Only the first outcome of a copy is a record: what is sent once and redrawn later was said once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from evidence.record import Subject
from models.campaign import Assignment
from models.outbox import Delivery, OutboxMessage
from models.record import Record

if TYPE_CHECKING:
    from workflows.context import Context

RECORDS = {
    "message.sent": "A copy of a message left the house, or was put into the web inbox.",
    "message.failed": "A copy of a message was refused for good, or as often as it is tried.",
    "message.unconfirmed": "Nobody can know whether a copy of a message arrived; it is not sent again.",
    "message.dropped": "A copy of a message was no longer wanted when it would have been sent, and why.",
    "message.unreachable": "Something was said to somebody whom no channel reaches.",
    "message.seen": "Somebody said that they read a message.",
}
# A copy with what it says and to whom, in one question.
WHOLE = select(Delivery).options(joinedload(Delivery.message).joinedload(OutboxMessage.person))


def note(ctx: Context, copy: Delivery, type_: str, attempts: int, *, corrects: str = "", **more: Any) -> str:
    """Record the outcome of a copy after so many attempts, and return the record's id; `more` are further facts."""
    return ctx.record(
        type_,
        subject_of(copy.message),
        outcome=type_.partition(".")[2],
        facts={"channel": copy.channel, "attempts": attempts, **about(ctx, copy.message), **_filled(more)},
        campaign_ref=campaign_of(copy.message),
        corrects=corrects,
    )


def note_dropped(ctx: Context, copies: Sequence[int], why: str) -> None:
    """Record that copies that waited were dropped together."""
    for copy in ctx.session.scalars(WHOLE.where(Delivery.id.in_(copies)).order_by(Delivery.id)):
        note(ctx, copy, "message.dropped", copy.attempts, problem=why)


def note_unreachable(ctx: Context, message_id: int) -> None:
    """Record that there is no channel on which something that was just said could be sent."""
    said = ctx.session.get_one(OutboxMessage, message_id)
    facts = about(ctx, said)
    ctx.record(
        "message.unreachable", subject_of(said), outcome="unreachable", facts=facts, campaign_ref=campaign_of(said)
    )


def subject_of(said: OutboxMessage) -> Subject:
    """Return a message as evidence names it."""
    return Subject("message", f"M-{said.id}")


def campaign_of(said: OutboxMessage) -> str:
    """Return the campaign a message belongs to, as people type it; nothing where there is none."""
    return f"C-{said.campaign_id}" if said.campaign_id is not None else ""


def about(ctx: Context, said: OutboxMessage) -> dict[str, Any]:
    """Return what a message is about as facts: its kind, whom it is to, what it asks for and how long that has time.

    `days_left` counts whole days to the end of the due date where the person is, so 0 is that day; below 0 it is late.
    """
    due_at = ctx.session.scalar(asks_for(said)) if said.kind in ("assigned", "reminder") else None
    return {
        "kind": said.kind,
        "to": said.person.ref,
        **_filled({"topic": said.topic}),
        **({"days_left": (due_at - ctx.now).days} if due_at else {}),
    }


def asks_for(said: OutboxMessage) -> Select[Any]:
    """Return the question when the most urgent falls due that a message asks for and that is still open, if any is.

    It asks for one duty, for a person's duties in a campaign, or, in a digest, for anything they owe.
    """
    owed = select(func.min(Assignment.due_at)).where(
        Assignment.assignee_id == said.person_id, Assignment.state == "open"
    )
    letter, _, number = said.topic.partition("-")
    if not number.isdecimal():
        return owed
    return owed.where((Assignment.id if letter == "A" else Assignment.campaign_id) == int(number))


def unconfirmed_before(ctx: Context, copy: Delivery) -> str:
    """Return the id of the record that called a copy unconfirmed, if there is one: a late answer corrects it."""
    found = select(Record.id, Record.body).where(
        Record.subject == subject_of(copy.message).ref, Record.type == "message.unconfirmed"
    )
    rows = ctx.session.execute(found.order_by(Record.recorded_at)).all()
    mine = [id_ for id_, body in rows if json.loads(body)["facts"]["channel"] == copy.channel]
    return mine[-1] if mine else ""


def _filled(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that say something."""
    return {name: value for name, value in facts.items() if value}
