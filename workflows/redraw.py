"""Changing what was said: every copy of a message that a channel can change is drawn again.

A notice is about a thing (a draft to approve, a launch that can be stopped). When the thing moves on, the notice has
nothing to press any more, says what became of the thing, and leaves the home page; under Messages it stays.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from models.message import Message, decode, encode, mention
from models.outbox import NOTICES, Delivery, OutboxMessage
from workflows.workflow import REGISTRY

if TYPE_CHECKING:
    from workflows.context import Context

CHANGEABLE = ("slack", "teams")  # channels whose copies can be changed after they were sent
# Every answer asks these: made once, since making a statement costs more than executing it.
_said, _sent = OutboxMessage.__table__.c, Delivery.__table__.c
_NEW_BODY = (
    update(OutboxMessage.__table__)
    .where(_said.id == bindparam("copy"))
    .values(body=bindparam("drawn"), revision=_said.revision + 1)
)
# The latest state wins, so that many changes cost one update.
_DUE_AGAIN = (
    update(Delivery.__table__)
    .where(_sent.message_id == bindparam("copy"), _sent.state == "sent", _sent.channel.in_(CHANGEABLE))
    .values(state="queued", campaign_id=None, due_at=bindparam("now"), version=_sent.version + 1)
)


def draw(ctx: Context, said: OutboxMessage, message: Message) -> None:
    """Give a message its new body; a copy that was sent falls due again."""
    ctx.session.execute(_NEW_BODY, {"copy": said.id, "drawn": encode(message)})
    ctx.session.execute(_DUE_AGAIN, {"copy": said.id, "now": ctx.now})


def about(code: str) -> str:
    """Return the topic of notices about a thing with this code."""
    return f"about {code}"


def overtake(ctx: Context, code: str, outcome: str) -> None:
    """Say first on the notices about a thing what became of it, take their buttons that do something, put them away.

    `outcome` is a sentence; where it begins with the actor, the actor reads "You".
    """
    rows = select(OutboxMessage).where(
        OutboxMessage.topic == about(code), OutboxMessage.kind.in_(NOTICES), OutboxMessage.seen_at.is_(None)
    )
    for said in ctx.session.scalars(rows.order_by(OutboxMessage.id)):
        message: Message = decode(said.body)
        looks = tuple(one for one in message.buttons if (act := REGISTRY.act(one.act)) and act.does == "look")
        mine = ctx.actor is not None and said.person_id == ctx.actor.id
        line = re.sub(f"^{mention(ctx.person.ref)}", "You", outcome) if mine else outcome
        draw(ctx, said, replace(message, lines=(line, *message.lines), buttons=looks, tone="plain"))
        said.seen_at = ctx.now
