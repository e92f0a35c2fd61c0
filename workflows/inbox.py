"""What was said to a person: everything under Messages, and what they have not read yet below what they owe.

A chat shows a message where it was sent. On the web this is that place, for those whom only the web inbox reaches.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Select, select

from models import message as m
from models.outbox import OutboxMessage
from workflows import ledger
from workflows.context import Context, say_date, zone_of
from workflows.who import everyone
from workflows.workflow import Answers, Refusal, Workflow

WORKFLOW = Workflow("inbox", "Messages", "what was said to you", records=ledger.RECORDS)
SHOWN = 50
UNREAD = 5  # on the home page; the rest stands under Messages


def _said(ctx: Context) -> Select[OutboxMessage]:
    """Return the question for what was said to the actor by now, the latest first, sign-in links apart."""
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.person_id == ctx.person.id,
            OutboxMessage.not_before <= ctx.now,
            OutboxMessage.dropped_at.is_(None),
            OutboxMessage.kind != "sign-in",
        )
        .order_by(OutboxMessage.not_before.desc(), OutboxMessage.id.desc())
    )


@WORKFLOW.look("", help="read again what was said to you", may=everyone, page="Messages")
def inbox(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return the latest messages as cards, each with its day."""
    cards = tuple(_dated(ctx, one) for one in ctx.session.scalars(_said(ctx).limit(SHOWN)))
    return m.Home("Messages", cards=cards, empty="Nothing has been said to you yet.")


def _dated(ctx: Context, one: OutboxMessage) -> m.Message:
    """Return a message as it stands now, with the day it was said."""
    message: m.Message = m.decode(one.body)
    day = say_date(one.not_before.astimezone(zone_of(ctx.person)).date())
    return replace(message, facts=(*message.facts, m.Fact("Said", day)))


@WORKFLOW.at_home
def unread(ctx: Context) -> tuple[m.Message, ...]:
    """Return the notices that the actor has not read yet; duties and their reminders stand in the list of duties."""
    fresh = _said(ctx).where(OutboxMessage.kind == "notice", OutboxMessage.seen_at.is_(None)).limit(UNREAD)
    return tuple(_fresh(ctx, one) for one in ctx.session.scalars(fresh))


def _fresh(ctx: Context, one: OutboxMessage) -> m.Message:
    card = _dated(ctx, one)
    return replace(card, buttons=(*card.buttons, m.Button("Got it", "inbox.seen", f"M-{one.id}")))


def _find(ctx: Context, target: str) -> OutboxMessage:
    number = target.upper().removeprefix("M-")
    one = ctx.session.get(OutboxMessage, int(number)) if number.isdecimal() and len(number) < 10 else None
    if one is None or one.person_id != ctx.person.id or one.kind == "sign-in":
        raise Refusal("There is no such message for you.", "Type `inbox` to see yours.", status="missing")
    return one


@WORKFLOW.look("show", help="read one message again, all of it", example="inbox show M-12", find=_find, may=everyone)
def show(ctx: Context, one: OutboxMessage, answers: Answers) -> m.Message:
    """Return a message as it stands now."""
    return _dated(ctx, one)


@WORKFLOW.do("seen", help="say that you have read a message", example="inbox seen M-12", find=_find, may=everyone)
def seen(ctx: Context, one: OutboxMessage, answers: Answers) -> m.Message:
    """Note that a message was read; it leaves the home page and stays under Messages."""
    if one.seen_at is None:
        ctx.record(
            "message.seen",
            ledger.subject_of(one),
            outcome="seen",
            facts=ledger.about(ctx, one),
            campaign_ref=ledger.campaign_of(one),
        )
        one.seen_at = ctx.now
    return m.Message("Put away. It stays under Messages.", tone="good")
