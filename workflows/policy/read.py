"""Reading policies, as a list and in full: employees see what is in force, who works on them sees the drafts too."""

from __future__ import annotations

from sqlalchemy import or_, select

from models import message as m
from models.person import Person
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.context import Context, say_date, zone_of
from workflows.policy import states
from workflows.policy.base import WORKFLOW, files
from workflows.policy.card import ways
from workflows.who import everyone
from workflows.workflow import Answers


@WORKFLOW.look("list", help="see every policy in force", may=everyone, page="Policies", example="policy list")
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return every policy in force as a card, and the drafts that the actor works on, those first."""
    wanted = or_(PolicyVersion.state.in_(states.UNPUBLISHED), Policy.in_force_id == PolicyVersion.id)
    rows = select(PolicyVersion).join(Policy, Policy.id == PolicyVersion.policy_id).where(wanted)
    found = [one for one in ctx.session.scalars(rows.order_by(Policy.id, PolicyVersion.number)) if _listed(ctx, one)]
    found.sort(key=lambda one: one.state == "published")
    acts = tuple(
        m.Button(label, name)
        for label, name in (("Import policies", "policy.import"), ("Upload a policy", "policy.upload"))
        if (act := WORKFLOW.acts.get(name)) and act.may(ctx, None)
    )
    cards = tuple(_listing(ctx, version) for version in found)
    return m.Home("Policies", cards=cards, empty="No policy is in force yet.", buttons=acts)


def _listed(ctx: Context, version: PolicyVersion) -> bool:
    return version.state == "published" or states.readable(ctx, version)


def _listing(ctx: Context, version: PolicyVersion) -> m.Message:
    """Return one card of the list."""
    draft = version.state in states.UNPUBLISHED
    facts = (m.Fact("Policy", version.code), *((m.Fact("State", version.state),) if draft else ()))
    return m.Message(
        version.title,
        lines=(version.summary,),
        facts=facts,
        buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        tone="warn" if draft else "plain",
    )


@WORKFLOW.look(
    "show", help="read a policy in full", example="policy show POL-3", find=states.find_readable, may=everyone
)
def show(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Return the full text, or the way to the file that is the policy."""
    waiting = next((one for one in duty.owed(ctx.session, ctx.person) if one.subject == version.code), None)
    return m.Message(
        version.title,
        lines=tuple(line for line in (_standing(version), version.summary) if line),
        facts=_facts(ctx, version),
        prose=version.text,
        buttons=(*(ways(waiting) if waiting else ()), *states.buttons(ctx, version)),
        links=files(version),
        tone="plain" if version.state == "published" else "warn",
    )


def _standing(version: PolicyVersion) -> str:
    """Return what somebody must know before they read a text that is not in force."""
    if version.state in states.UNPUBLISHED:
        return f"This is not in force: {version.state}."
    if version.state == "published" and not version.text:
        return "This policy is a file: download it to read it."
    if version.state == "superseded":
        newer = version.policy.in_force_id is not None
        return (
            f"This is an earlier version. {version.policy.code} is the one in force." if newer else "Earlier version."
        )
    return "This policy was retired; nobody has to follow it any more." if version.state == "retired" else ""


def _facts(ctx: Context, version: PolicyVersion) -> tuple[m.Fact, ...]:
    """Return what stands above the text."""
    found = [m.Fact("Policy", version.code)]
    if version.published_at:
        found.append(m.Fact("In force since", say_date(version.published_at.astimezone(zone_of(ctx.person)).date())))
    found.append(m.Fact("Owner", m.mention(version.policy.owner.ref)))
    approver = ctx.session.get(Person, version.approver_id) if version.approver_id and version.approved_at else None
    if approver:
        found.append(m.Fact("Approved by", m.mention(approver.ref)))
    found.append(m.Fact("Fingerprint", version.sha256))
    return tuple(found)
