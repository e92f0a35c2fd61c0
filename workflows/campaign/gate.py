"""May a campaign's messages leave the house? The one question delivery asks about campaigns when it sends."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.campaign import Campaign

SENDING = ("running", "closed")  # a reminder may be under way when the last answer comes


def sendable() -> Select[int]:
    """Return the campaigns whose messages may be sent now.

    What was sent before may always be redrawn and waits in no campaign's line (see `duty.redraw`): a withdrawn campaign
    must be able to say so on its cards.
    """
    return select(Campaign.id).where(Campaign.state.in_(SENDING)).order_by(Campaign.id)
