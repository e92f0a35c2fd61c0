"""May this still be sent? The one question delivery asks about campaigns, at the moment of sending."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_

from models.campaign import Campaign
from models.outbox import Delivery, OutboxMessage

SENDING = ("running", "closed")  # a reminder or redrawing may follow after the last answer


def sendable() -> ColumnElement[bool]:
    """Return the condition, on a Delivery joined to its message, that no campaign forbids it now.

    What was sent before may always be redrawn: a withdrawn campaign must be able to say so on its cards.
    """
    running = exists().where(Campaign.id == OutboxMessage.campaign_id, Campaign.state.in_(SENDING))
    return or_(OutboxMessage.campaign_id.is_(None), Delivery.sent_at.is_not(None), running)
