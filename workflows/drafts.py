"""Campaigns that nobody has heard of yet: the one way to write one down, and what is drafted already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.record import Subject
from models.campaign import Campaign
from workflows.context import Context
from workflows.workflow import Topic, Workflow

TITLE_ROOM = 3  # topics named in a title; of more it says how many


def draft(
    ctx: Context,
    flow: Workflow,
    chosen: Sequence[Topic],
    *,
    due_on: date,
    audience: str = "everyone",
    reason: str = "campaign",
) -> Campaign:
    """Write down a campaign that asks for `chosen` of one workflow, and return it. `reason`: new version, yearly ..."""
    titles = [topic.title for topic in chosen]
    more = f" and {len(titles) - TITLE_ROOM} more" if len(titles) > TITLE_ROOM else ""
    campaign = Campaign(
        workflow=flow.name,
        subject=";".join(topic.subject for topic in chosen),
        title=", ".join(titles[:TITLE_ROOM]) + more,
        audience=audience or "everyone",
        reason=reason,
        due_on=due_on,
        by_id=ctx.actor.id if ctx.actor else None,
        created_at=ctx.now,
    )
    ctx.session.add(campaign)
    ctx.session.flush()
    subject = Subject("campaign", campaign.code)
    ctx.record("campaign.drafted", subject, outcome="draft", facts=asked_facts(campaign))
    return campaign


def drafted(session: Session, flow: Workflow, subjects: Collection[str]) -> Sequence[Campaign]:
    """Return the drafts that would ask about any of `subjects`, the oldest first."""
    drafts = select(Campaign).where(Campaign.state == "draft", Campaign.workflow == flow.name).order_by(Campaign.id)
    return [one for one in session.scalars(drafts) if not set(subjects).isdisjoint(one.subjects)]


def asked_facts(campaign: Campaign) -> dict[str, Any]:
    """Return what a campaign asks of whom and until when, as records state it."""
    return {
        "workflow": campaign.workflow,
        "subjects": campaign.subjects,
        "audience": campaign.audience,
        "reason": campaign.reason,
        "due_on": campaign.due_on.isoformat(),
    }
