"""What campaigns ask about policies: every version in force, of whom it is for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.policy import Policy, PolicyVersion
from workflows.policy.base import WORKFLOW, codes_of, version_by_code
from workflows.workflow import Topic


def topics(session: Session) -> Sequence[Topic]:
    """Return every policy in force."""
    in_force = select(PolicyVersion).join(Policy, Policy.in_force_id == PolicyVersion.id).order_by(Policy.id)
    return [Topic(one.code, one.policy.code, one.title, one.days) for one in session.scalars(in_force)]


def audience(session: Session, subject: str) -> str:
    """Return whom a version is for."""
    version = version_by_code(session, subject)
    return version.audience if version else "everyone"


def earlier(session: Session, subject: str) -> Sequence[str]:
    """Return the versions before this one: whoever still owes one of them is about to owe this one instead."""
    version = version_by_code(session, subject)
    return codes_of(version)[:-1] if version else ()


WORKFLOW.finds_topics = topics
WORKFLOW.finds_earlier = earlier
WORKFLOW.finds_audience = audience
