"""Reading policies: the list, and one in full."""

from __future__ import annotations

from sqlalchemy import select

from models import message as m
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.context import Context, say_date
from workflows.policy.base import WORKFLOW, find_version
from workflows.who import everyone
from workflows.workflow import Answers


@WORKFLOW.look("list", help="see every policy in force", may=everyone, page="Policies", example="policy list")
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return every policy in force as a card."""
    in_force = ctx.session.scalars(
        select(PolicyVersion).join(Policy, Policy.in_force_id == PolicyVersion.id).order_by(Policy.id)
    )
    cards = tuple(
        m.Message(
            version.title,
            lines=(version.summary,),
            facts=(m.Fact("Policy", version.code),),
            buttons=(m.Button("Read", "policy.show", version.code),),
        )
        for version in in_force
    )
    return m.Home("Policies", cards=cards, empty="No policy is in force yet.")


@WORKFLOW.look("show", help="read a policy in full", example="policy show POL-3", find=find_version, may=everyone)
def show(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Return the full text."""
    published = say_date(version.published_at.date()) if version.published_at else "not yet"
    return m.Message(
        version.title,
        lines=(version.summary,),
        facts=(
            m.Fact("Policy", version.code),
            m.Fact("In force since", published),
            m.Fact("Fingerprint", version.sha256),
        ),
        prose=version.text,
        buttons=(m.Button("Acknowledge", "policy.acknowledge", version.policy.code, "primary"),)
        if _waits(ctx, version)
        else (),
    )


def _waits(ctx: Context, version: PolicyVersion) -> bool:
    """Return whether the actor is asked to acknowledge this version."""
    return any(one.subject == version.code for one in duty.owed(ctx.session, ctx.person))
