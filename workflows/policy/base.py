"""The policy workflow's declaration, and how its ids find their rows."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from evidence.record import Subject
from models.campaign import Assignment
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.context import Context
from workflows.workflow import Refusal, Workflow

WORKFLOW = Workflow(
    name="policy",
    title="Policies",
    help="read, acknowledge, question and publish the company's policies",
    criteria=("CC1.1", "CC1.5", "CC5.3"),
    deviations=("late", "missing", "old version", "acknowledged before approval"),
    moves=duty.MOVES,
)
_CODE = re.compile(r"POL-(\d{1,9})(?:v(\d{1,9}))?", re.IGNORECASE)


def policy_by_code(session: Session, code: str) -> Policy | None:
    """Return the policy that POL-3 or POL-3v4 is about; None where there is none."""
    found = _CODE.fullmatch(code.strip())
    return session.get(Policy, int(found[1])) if found else None


def version_by_code(session: Session, code: str) -> PolicyVersion | None:
    """Return POL-3v4, or for POL-3 the version in force; None where there is none."""
    found = _CODE.fullmatch(code.strip())
    if found and found[2]:
        return _numbered(session, int(found[1]), int(found[2]))
    policy = policy_by_code(session, code)
    return session.get(PolicyVersion, policy.in_force_id) if policy and policy.in_force_id else None


def _numbered(session: Session, policy_id: int, number: int) -> PolicyVersion | None:
    """Return a version by its number, which means the same row for life: one gesture asks several times, we once."""
    known: dict[tuple[int, int], PolicyVersion] = session.info.setdefault(PolicyVersion, {})
    version = known.get((policy_id, number))
    if version is None:
        version = session.scalar(
            select(PolicyVersion)
            .where(PolicyVersion.policy_id == policy_id, PolicyVersion.number == number)
            .options(joinedload(PolicyVersion.policy))
        )
        if version is not None:
            known[policy_id, number] = version
    return version


def find_version(ctx: Context, target: str) -> PolicyVersion:
    """Find a policy version by what people type or press (POL-3, POL-3v4, A-17), or raise Refusal."""
    assignment = duty.by_code(ctx.session, target) if target.startswith("A-") else None
    version = version_by_code(ctx.session, assignment.subject if assignment else target)
    if version is None:
        raise Refusal(
            f"There is no policy {target or 'without an id'}.", "Type `policy list` to see them.", status="missing"
        )
    return version


def find_mine(ctx: Context, target: str) -> Assignment:
    """Find the actor's assignment for A-17 or POL-3, or the only one open; raises Refusal."""
    if target.upper().startswith("A-"):
        return duty.find_mine(ctx, target.upper())
    mine = select(Assignment).where(Assignment.assignee_id == ctx.person.id, Assignment.workflow == WORKFLOW.name)
    if target:
        version = find_version(ctx, target)
        found = ctx.session.scalars(
            mine.where(Assignment.subject == version.code).order_by(Assignment.id.desc())
        ).first()
        if found is None:
            raise Refusal(f"{version.title} is not waiting for you.", "Type `todo` to see what is.", status="missing")
        return found
    waiting = ctx.session.scalars(mine.where(Assignment.state.in_(duty.OPEN))).all()
    if len(waiting) != 1:
        raise Refusal(
            "Which policy do you mean?" if waiting else "No policy is waiting for you.", "Type `todo` to see the list."
        )
    return waiting[0]


def version_of(session: Session, assignment: Assignment) -> PolicyVersion:
    """Return the version an assignment asks about. Raises LookupError if the row is gone (it never is)."""
    version = version_by_code(session, assignment.subject)
    if version is None:
        raise LookupError(assignment.subject)
    return version


def subject_of(version: PolicyVersion) -> Subject:
    """Return a policy version as evidence names it."""
    return Subject("policy", version.policy.code, version.number, version.sha256)
