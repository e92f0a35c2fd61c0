"""After an outage: what waited to be said to somebody becomes one message, so that nobody is flooded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select, update

from evidence.record import Subject
from models import message as m
from models.campaign import Assignment
from models.chat import Outage, Workspace
from models.outbox import NOTICES, Delivery, OutboxMessage
from models.person import Identity, Person
from workflows import duty, ledger
from workflows.campaign.gate import sendable
from workflows.context import Context, say_date
from workflows.workflow import REGISTRY
from workflows.workspace.base import WORKFLOW

AT_ONCE = 20  # people in one transaction
SHOWN = 20  # lines in one message
PRESSED = 5  # buttons on it
WHY = "in one message with others"


@WORKFLOW.job("say in one message what waited")
def digest(ctx: Context) -> int:
    """Give a few people one message for all that waited during an outage; return how many people that was.

    Delivery sends nothing to a workspace before this is done. Who has one copy waiting simply gets that.
    """
    found = ctx.session.execute(
        select(Outage, Workspace)
        .join(Workspace, Workspace.id == Outage.workspace_id)
        .where(Outage.ended_at.is_not(None), Outage.digested_at.is_(None), Workspace.state == "connected")
        .order_by(Outage.id)
        .limit(1)
    ).first()
    if found is None:
        return 0
    outage, row = found
    people = ctx.session.scalars(_waiting_for(ctx, outage, row)).all()
    for person_id in people:
        _say(ctx, outage, row, ctx.session.get_one(Person, person_id))
    if not people:
        outage.digested_at = ctx.now
    return len(people) or 1


def _copies(ctx: Context, outage: Outage, row: Workspace) -> Select[Delivery]:
    """Return the copies that should have been sent before the outage ended, and never were."""
    here = select(Identity.person_id).where(Identity.platform == row.platform, Identity.workspace == row.ref)
    return (
        select(Delivery)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(
            Delivery.channel == row.platform,
            Delivery.state == "queued",
            Delivery.platform_ref == "",
            or_(Delivery.campaign_id.is_(None), Delivery.campaign_id.in_(sendable())),
            OutboxMessage.not_before <= outage.ended_at,
            OutboxMessage.dropped_at.is_(None),
            OutboxMessage.person_id.in_(here),
        )
    )


def _waiting_for(ctx: Context, outage: Outage, row: Workspace) -> Select[int]:
    """Return the next few people for whom more than one copy waits."""
    waiting = _copies(ctx, outage, row).with_only_columns(OutboxMessage.person_id)
    grouped = waiting.group_by(OutboxMessage.person_id).having(func.count() > 1)
    return grouped.order_by(OutboxMessage.person_id).limit(AT_ONCE)


def _say(ctx: Context, outage: Outage, row: Workspace, person: Person) -> None:
    """Put what waited for one person into one message, and drop the copies of what it says."""
    mine = _copies(ctx, outage, row).where(OutboxMessage.person_id == person.id).with_only_columns(Delivery.id)
    waiting = (Delivery.id.in_(mine), Delivery.state == "queued")  # asked of the row itself: a worker may be quicker
    dropped = update(Delivery).where(*waiting).values(state="dropped", problem=WHY).returning(Delivery.id)
    ids = ctx.session.scalars(dropped.execution_options(synchronize_session=False)).all()
    ledger.note_dropped(ctx, ids, WHY)
    held_back = select(OutboxMessage).join(Delivery, Delivery.message_id == OutboxMessage.id)
    messages = ctx.session.scalars(held_back.where(Delivery.id.in_(ids)).order_by(Delivery.id)).all()
    notices = [one for one in messages if one.kind in NOTICES]
    owed = duty.owed(ctx.session, person)
    if not (messages and (owed or notices)):
        return  # everything was settled, or is being sent, meanwhile
    facts = {
        "outage": f"O-{outage.id}",
        "messages": sorted(f"M-{one.id}" for one in messages),
        "assignments": [one.code for one in owed],
    }
    ctx.record("digest.written", Subject("person", person.ref), outcome="written", facts=facts)
    told = _message(ctx, person, owed, notices)
    ctx.say(person, told, kind="digest", dedupe=f"digest:O-{outage.id}:{person.ref}")


def _message(ctx: Context, person: Person, owed: Sequence[Assignment], notices: Sequence[OutboxMessage]) -> m.Message:
    """Return the one message: what is owed, most urgent first and with a way to answer; then what else was said."""
    what = f"{len(owed)} things wait for you" if len(owed) > 1 else "one thing waits for you"
    title = f"While we were away: {what if owed else 'what was said to you'}"
    see = m.Button("See everything", "todo", style="primary" if not owed else "plain")
    return m.Message(
        title,
        tables=(*_owed(ctx, owed), *_said(notices)),
        buttons=(*_answers(ctx, owed[:PRESSED], person), see, *(m.Button("Messages", "inbox") for _ in notices[:1])),
    )


def _owed(ctx: Context, owed: Sequence[Assignment]) -> tuple[m.Table, ...]:
    rows = tuple(
        (REGISTRY.workflow(one.workflow).subject_title(ctx.session, one.subject), say_date(one.due_on))
        for one in owed[:SHOWN]
    )
    return (m.Table("Most urgent first", ("What", "Due"), rows),) if rows else ()


def _said(notices: Sequence[OutboxMessage]) -> tuple[m.Table, ...]:
    rows = tuple((m.decode(one.body).title,) for one in notices[:SHOWN])
    return (m.Table("Also said, in full under Messages", ("What",), rows),) if rows else ()


def _answers(ctx: Context, owed: Sequence[Assignment], person: Person) -> tuple[m.Button, ...]:
    """Return the main button of each card, under a name that says which it is."""
    cards = [REGISTRY.workflow(one.workflow).card(ctx, one, person) for one in owed]
    return tuple(
        m.Button(
            f"{button.label}: {card.title}" if len(cards) > 1 else button.label, button.act, button.target, "primary"
        )
        for card in cards
        for button in card.buttons
        if button.style == "primary"
    )
