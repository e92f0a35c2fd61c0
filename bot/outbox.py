"""The three states around a send, as synchronous work on the outbox: claim, settle, and what to do in doubt.

A copy is claimed and committed before it is sent, and settled after. A process that dies in between leaves a claim that
runs out: by then (timeout plus margin) nothing is under way any more, and the copy is in doubt. Where the channel can
look, it looks; elsewhere the copy is unconfirmed and never sent again, because twice is worse than a reminder.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, case, exists, select, text, update
from sqlalchemy.orm import Session

from bot.channel import Channel, Copy, Doubt, Failed, Later, NotYet, Outcome, Sent
from bot.instead import mark_unreachable, send_elsewhere, try_again
from config.settings import Settings
from handlers.names import names_in
from models.campaign import Campaign
from models.message import Message, decode
from models.outbox import CLAIMED, WAITING, Delivery, OutboxMessage
from workflows import ledger
from workflows.campaign.gate import sendable
from workflows.context import Context
from workflows.redraw import CHANGEABLE
from workflows.wanted import no_longer_wanted

ATTEMPTS = 8  # temporary failures of one copy before it counts as failed: about two hours
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
LOOKS = 12  # fruitless looks at a copy in doubt before it is left unconfirmed
MARGIN = timedelta(seconds=15)  # between the end of a send's time and the end of its claim
OUTCOMES = {  # the states in which a copy may end, each with its record
    "sent": "message.sent",
    "failed": "message.failed",
    "unconfirmed": "message.unconfirmed",
    "dropped": "message.dropped",
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed copy with all that is needed to send it."""

    copy: Copy
    message: Message
    names: Mapping[str, str]
    in_doubt: bool


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubling, capped, spread so that not all come back at once."""
    doubled: timedelta = FIRST_DELAY * 2 ** max(0, min(attempts - 1, 20))
    return min(doubled, LONGEST_DELAY) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret


def anything_expired(session: Session, now: datetime) -> bool:
    """Return whether a claim has run out: asked on a reader, so that idling costs the writer nothing."""
    return session.scalar(select(Delivery.id).where(text(CLAIMED), Delivery.claimed_until < now).limit(1)) is not None


def expire(session: Session, settings: Settings, looking: Sequence[str], now: datetime) -> int:
    """Put copies whose claim ran out in doubt, or, on channels that are not `looking`, leave them unconfirmed.

    What was sent before is drawn once more on every channel, which harms nobody.
    """
    again, looks = Delivery.platform_ref != "", Delivery.channel.in_(looking)
    # The version stays: if the silent sender still comes back, it knows better and may settle.
    expired = session.scalars(
        update(Delivery)
        .where(text(CLAIMED), Delivery.claimed_until < now)
        .values(
            state=case((again, "queued"), (looks, "in doubt"), else_="unconfirmed"),
            attempts=case((again, Delivery.attempts), (looks, 0), else_=Delivery.attempts),
            due_at=now,
            claimed_until=None,
            campaign_id=None,  # what may have been sent waits in no campaign's line: see `lines`
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    given_up = ledger.WHOLE.where(Delivery.id.in_(expired), Delivery.state == "unconfirmed", Delivery.sent_at.is_(None))
    for row in session.scalars(given_up.order_by(Delivery.id)):
        ledger.note(Context(session, settings, now), row, OUTCOMES["unconfirmed"], row.attempts, problem="no answer")
    return len(expired)


def lines(session: Session, channel: Channel, now: datetime) -> list[int | None]:
    """Return the lines in which copies wait: what belongs to no campaign first, then each campaign that may send.

    What was sent, or may have been, waits in the first one: a campaign that is over must say so on its cards.
    """
    waits = exists().where(Delivery.campaign_id == Campaign.id, *_due(channel, now))
    return [None, *session.scalars(sendable().where(waits))]


def _in_line(channel: Channel, line: int | None, now: datetime, limit: int) -> Select[int]:
    mine: ColumnElement[bool] = Delivery.campaign_id.is_(None) if line is None else Delivery.campaign_id == line
    return select(Delivery.id).where(mine, *_due(channel, now)).order_by(Delivery.due_at, Delivery.id).limit(limit)


def _due(channel: Channel, now: datetime) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Return the conditions on what a channel has to take up now, in words that its index understands."""
    return Delivery.channel == channel.name, text(WAITING), _takes(channel), Delivery.due_at <= now


def _takes(channel: Channel) -> ColumnElement[bool]:
    """Return the condition on what a channel can take up: doubt only where it can look."""
    return Delivery.state.in_(("queued", "in doubt") if channel.can_look_up else ("queued",))


def anything_due(session: Session, channel: Channel, now: datetime) -> bool:
    """Return whether a channel has something to do: asked on a reader, like `anything_expired`."""
    return any(session.scalar(_in_line(channel, line, now, 1)) is not None for line in lines(session, channel, now))


def claim(
    session: Session, settings: Settings, channel: Channel, limit: int, now: datetime, by: str
) -> tuple[list[Parcel], int]:
    """Claim up to `limit` copies that are due; return (what is to be sent, how many were looked at).

    What is no longer wanted is dropped on the way, which is why the second number may be larger.
    """
    claimed: list[int] = []
    for line in lines(session, channel, now):
        # Names the rows before they are updated; another process passes over them (SQLite has one writer anyway).
        first = _in_line(channel, line, now, limit - len(claimed)).with_for_update(skip_locked=True).cte("first")
        claimed += session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(select(first.c.id)), _takes(channel))
            .values(_claim(channel, now, by))
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
        if len(claimed) >= limit:
            break
    rows = session.scalars(ledger.WHOLE.where(Delivery.id.in_(claimed)).order_by(Delivery.due_at, Delivery.id))
    ctx = Context(session, settings, now)
    parcels = [_parcel(ctx, channel, row) for row in rows.all()]
    return [parcel for parcel in parcels if parcel], len(claimed)


def _claim(channel: Channel, now: datetime, by: str) -> dict[str, Any]:
    return {
        "state": case((Delivery.state == "queued", "claimed"), else_=Delivery.state),
        "claimed_by": by,
        # A look that is cut short harms nobody: the next one is due by then.
        "claimed_until": case((Delivery.state == "queued", now + channel.timeout + MARGIN), else_=None),
        "due_at": now + channel.timeout + MARGIN,
        "version": Delivery.version + 1,
        "attempts": Delivery.attempts + 1,
    }


def _parcel(ctx: Context, channel: Channel, row: Delivery) -> Parcel | None:
    """Return what is to be sent, as it is drawn now, or None where the row was put aside instead."""
    session, now, message = ctx.session, ctx.now, row.message
    in_doubt = row.state == "in doubt"
    first = not in_doubt and not row.platform_ref
    early = row.campaign_id != message.campaign_id or message.not_before > now
    if first and early and message.dropped_at is None:
        _stand_back(row, max(message.not_before, now))
        row.campaign_id = message.campaign_id
        return None
    unwanted = no_longer_wanted(session, message, now) if first else ""
    if unwanted:
        _put_aside(ctx, row, "dropped", unwanted)
        return None
    address = channel.address(session, row, now)
    if address is None or isinstance(address, NotYet):
        _cannot_go(ctx, row, address)
        return None
    copy = Copy(row.id, message.id, row.version, message.revision, message.created_at, now, row.platform_ref, address)
    return Parcel(copy, decode(message.body), names_in(session, message.body), in_doubt)


def _cannot_go(ctx: Context, row: Delivery, address: NotYet | None) -> None:
    """Let a claimed copy wait until its way is open, or end it where there is none."""
    if address is not None:
        _wait(row, address.until)
    elif row.state == "in doubt":
        _put_aside(ctx, row, "unconfirmed", "no address")
    elif row.platform_ref:
        row.state, row.problem = "sent", ""  # it was: nobody can change it any more
    else:
        _put_aside(ctx, row, "failed", "no address", send_elsewhere(ctx, row))


def _put_aside(ctx: Context, row: Delivery, state: str, problem: str, instead: Sequence[str] = ()) -> None:
    """End a claimed copy without sending it."""
    row.state, row.problem = state, problem
    if row.sent_at is None:
        ledger.note(ctx, row, OUTCOMES[state], row.attempts - 1, problem=problem, instead=list(instead))


def settle(session: Session, settings: Settings, copy: Copy, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a claimed copy; return False where somebody else has settled it meanwhile."""
    # `draw` takes the message first, then its copies: whoever comes second sees what the other did.
    session.execute(select(OutboxMessage.id).where(OutboxMessage.id == copy.message_id).with_for_update(key_share=True))
    row = session.scalar(ledger.WHOLE.where(Delivery.id == copy.id).with_for_update(of=Delivery))
    if row is None or row.version != copy.version or row.state not in ("claimed", "in doubt", "unconfirmed"):
        return False
    if isinstance(outcome, Doubt) and row.state == "unconfirmed":
        return True  # which is what that means
    if isinstance(outcome, Doubt) and copy.platform_ref:
        outcome = Later(outcome.problem)  # drawing the same copy again harms nobody
    ctx, first, attempts = Context(session, settings, now), row.sent_at is None, row.attempts
    # Only then can there be an earlier record: nearly every copy is sent at the first attempt.
    corrects = ledger.unconfirmed_before(ctx, row) if attempts > 1 or row.state == "unconfirmed" else ""
    instead = _apply(ctx, row, copy, outcome)
    became = "sent" if isinstance(outcome, Sent) else row.state
    if first and became in OUTCOMES:
        ledger.note(ctx, row, OUTCOMES[became], attempts, corrects=corrects, problem=row.problem, instead=instead)
    return True


def _apply(ctx: Context, row: Delivery, copy: Copy, outcome: Outcome) -> list[str]:
    """Bring a copy's row to what became of it; return the channels that are tried instead."""
    now, found_again = ctx.now, row.state == "in doubt"
    row.problem = "" if isinstance(outcome, Sent) else outcome.problem
    match outcome:
        case Sent(ref):
            row.sent_at, row.platform_ref = now, ref or copy.platform_ref
            # Nobody knows in which revision a copy was sent that was found again.
            row.drawn_revision = 1 if found_again else copy.revision
            _stands(row, row.drawn_revision, now)
        case Later():
            _put_back(row, outcome, now)
        case Failed() if copy.platform_ref:
            _stands(row, copy.revision, now)  # as it was drawn before: the next change is tried again
        case Failed():
            row.state = "failed"
            if outcome.permanent:
                mark_unreachable(ctx, row, outcome.identity)
                return [] if try_again(ctx, row) else send_elsewhere(ctx, row)
        case Doubt(held=Later() as why):
            _put_back(row, why, now)
            row.state = "in doubt"
        case Doubt():
            given_up = found_again and row.attempts >= LOOKS
            row.state, row.campaign_id = "unconfirmed" if given_up else "in doubt", None
            row.due_at = max(row.due_at, now + delay(row.attempts))
    return []


def _stands(row: Delivery, revision: int, now: datetime) -> None:
    """Leave a copy where it was sent; it is due again if its message was changed after the `revision` just tried."""
    row.state, row.attempts = "sent", 0
    if row.channel in CHANGEABLE and row.message.revision > revision:
        row.state, row.due_at, row.campaign_id = "queued", now, None


def _put_back(row: Delivery, outcome: Later, now: datetime) -> None:
    """Let a copy wait for another try; trouble of the channel as a whole is not held against the copy.

    The change of one that was sent is tried for as long as it takes: the card would keep buttons that come too late.
    """
    if outcome.blameless:
        _stand_back(row, now + outcome.after)
        return
    if row.attempts >= ATTEMPTS and not (outcome.everybody or row.platform_ref):
        row.state = "failed"
        return
    attempts = row.attempts
    _stand_back(row, now + max(outcome.after, delay(attempts)))
    if not outcome.everybody:
        row.attempts = attempts


def _stand_back(row: Delivery, due_at: datetime) -> None:
    """Take a claim back as if it had never been made."""
    row.state, row.due_at, row.claimed_until, row.attempts = "queued", due_at, None, max(row.attempts - 1, 0)


def _wait(row: Delivery, due_at: datetime) -> None:
    """Take a claim back, or a look: what is in doubt stays so."""
    doubt = row.state == "in doubt"
    _stand_back(row, due_at)
    row.state = "in doubt" if doubt else "queued"


def release(session: Session, copies: Sequence[Copy], now: datetime) -> None:
    """Give back claims that were not begun."""
    for copy in copies:
        row = session.get(Delivery, copy.id, with_for_update=True)
        if row is not None and row.version == copy.version and row.state in ("claimed", "in doubt"):
            _wait(row, now)
