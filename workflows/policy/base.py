"""The policy workflow's declaration, and how its ids find their rows."""

from __future__ import annotations

import re

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session, joinedload

from evidence.record import Subject
from models import message as m
from models.campaign import Assignment
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.context import Context
from workflows.workflow import Refusal, Unnamed, Workflow

WORKFLOW = Workflow(
    name="policy",
    title="Policies",
    help="read, acknowledge, question and publish the company's policies",
    criteria=("CC1.1", "CC1.5", "CC5.3"),
    deviations=("late", "missing", "old version", "acknowledged before approval"),
    moves=duty.MOVES,
    records={
        "policy.drafted": "A new text of a policy came in.",
        "policy.submitted": "A draft was sent to its approver.",
        "policy.changes-requested": "The approver sent a draft back, and said why.",
        "policy.approved": "Somebody other than its author approved a version, here or in a meeting.",
        "policy.published": "A version came into force, asking everyone again or as a small correction.",
        "policy.retired": "A policy was taken out of force, and somebody said why.",
        "policy.asked": "Those who owe a policy by rule were asked: new hires, a year later, newly concerned.",
        "policy.acknowledged": "Somebody agreed to follow a version of a policy.",
        "policy.acknowledgements-received": "A lead handed in a file of acknowledgements made elsewhere, as a preview.",
        "policy.acknowledgements-imported": "A lead declared their texts identical; each line is a record of its own.",
        "policy.question": "Somebody asked a policy's owner a question.",
        "policy.answered": "A question was answered.",
        "policy.settled": "An objection was settled; the person is asked again.",
        "policy.moved-over": "Whoever still had the earlier text open got the new one.",
        "policy.withdrawn": "What was still open of a retired policy was withdrawn.",
        "policy.objected": "Somebody could not agree to a policy, and said why.",
        "policy.exempted": "Somebody need not answer for a time, with a reason and another person's approval.",
        "policy.exemption-ended": "An exemption came to its end.",
    },
)
_BY_NUMBER = (
    select(PolicyVersion)
    .where(PolicyVersion.policy_id == bindparam("policy"), PolicyVersion.number == bindparam("number"))
    .options(joinedload(PolicyVersion.policy))
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
        version = session.scalar(_BY_NUMBER, {"policy": policy_id, "number": number})
        if version is not None:
            known[policy_id, number] = version
    return version


def find_mine(ctx: Context, target: str) -> Assignment:
    """Find the actor's assignment for A-17 or POL-3, or the only one open. Raises Refusal."""
    if target.upper().startswith("A-"):
        return duty.find_mine(ctx, target.upper())
    mine = select(Assignment).where(Assignment.assignee_id == ctx.person.id, Assignment.workflow == WORKFLOW.name)
    if target:
        version = version_by_code(ctx.session, target)
        mine = mine.where(Assignment.subject.in_(codes_of(version) if version else ()))
        is_open = case((Assignment.state.in_(duty.OPEN), 0), else_=1)
        found = ctx.session.scalars(mine.order_by(is_open, Assignment.id.desc())).first()
        if found is None:
            raise Refusal(
                f"{m.clean(target)[:60]} is not waiting for you.", "Type `todo` to see what is.", status="missing"
            )
        return found
    waiting = ctx.session.scalars(mine.where(duty.waiting())).all()
    if not waiting:
        raise Refusal("No policy is waiting for you.", "Type `todo` to see the list.")
    if len(waiting) > 1:
        raise Unnamed("Which policy?", [(one.code, version_of(ctx.session, one).title) for one in waiting])
    return waiting[0]


def codes_of(version: PolicyVersion) -> list[str]:
    """Return the codes of this version and of every earlier one of its policy."""
    return [f"{version.policy.code}v{number}" for number in range(1, version.number + 1)]


def version_of(session: Session, assignment: Assignment) -> PolicyVersion:
    """Return the version an assignment asks about: while it is open, the one that took an earlier one's place.

    Raises LookupError if the row is gone (it never is).
    """
    version = version_by_code(session, assignment.subject)
    if version is None:
        raise LookupError(assignment.subject)
    if version.state == "superseded" and assignment.state in duty.OPEN and version.policy.in_force_id:
        return session.get_one(PolicyVersion, version.policy.in_force_id)
    return version


def controls_of(version: PolicyVersion) -> list[str]:
    """Return the criteria that a version says it answers to."""
    return [part for part in version.controls.split(";") if part]


def _criteria(session: Session, subject: str) -> tuple[str, ...]:
    version = version_by_code(session, subject)
    return tuple(controls_of(version)) if version else ()


WORKFLOW.finds_criteria = _criteria


def subject_of(version: PolicyVersion) -> Subject:
    """Return a policy version as evidence names it."""
    return Subject("policy", version.policy.code, version.number, version.sha256)


def files(version: PolicyVersion) -> tuple[m.Link, ...]:
    """Return the link to the file that is the policy, if a file is."""
    if version.original_sha256 is None:
        return ()
    return (m.Link(f"Download {version.file_name or 'the file'}", f"/original/{version.original_sha256}"),)
