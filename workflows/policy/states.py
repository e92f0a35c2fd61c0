"""How a policy version comes into force and leaves it, who may move it, and who may read it meanwhile."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import message as m
from models.campaign import Assignment
from models.moves import Stale
from models.person import EmailAlias, Person
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.context import Context
from workflows.policy.base import WORKFLOW, policy_by_code, version_by_code, version_of
from workflows.who import OVERSEERS
from workflows.workflow import Finder, Refusal, Unnamed

MOVES = {
    ("draft", "submit"): "in review",
    ("in review", "request changes"): "draft",
    ("in review", "approve"): "approved",
    ("draft", "approve elsewhere"): "approved",  # the board met before the text came in here
    ("in review", "approve elsewhere"): "approved",
    ("approved", "publish"): "published",
    ("published", "supersede"): "superseded",
    ("published", "retire"): "retired",
    # A newer draft takes the place of one that never came into force, however far that had come.
    ("draft", "supersede"): "superseded",
    ("in review", "supersede"): "superseded",
    ("approved", "supersede"): "superseded",
}
UNPUBLISHED = ("draft", "in review", "approved")
# What may be pressed beside a version, in this order; the act itself decides whether the viewer may.
_ACTS = (
    ("submit", "Send for approval", "primary"),
    ("approve", "Approve", "primary"),
    ("changes", "Ask for changes", "plain"),
    ("publish", "Publish", "primary"),
    ("diff", "What changed", "plain"),
    ("approved-elsewhere", "Approved elsewhere", "plain"),
    ("upload", "New version", "plain"),
    ("exempt", "Exempt somebody", "plain"),
    ("retire", "Retire", "danger"),
)
_MOVE_OF = {"changes": "request changes", "approved-elsewhere": "approve elsewhere"}


def keeps(ctx: Context, version: PolicyVersion | None) -> bool:
    """Whoever drafts: the version's author, the policy's owner, the compliance lead. Rule for `may`."""
    if ctx.person.has("lead", "deputy"):
        return True
    if version is None:
        return ctx.person.has("owner")
    return ctx.person.id in (version.author_id, version.policy.owner_id)


def approves(ctx: Context, version: PolicyVersion | None) -> bool:
    """The approver of the version, and never its author, whoever else they are. Rule for `may`."""
    if version is None:
        mine = select(PolicyVersion.id).where(PolicyVersion.approver_id == ctx.person.id).limit(1)
        return ctx.session.scalar(mine) is not None
    return ctx.person.id == version.approver_id and ctx.person.id != version.author_id


def readable(ctx: Context, version: PolicyVersion) -> bool:
    """Return whether the actor may read this version: what is or was in force for them, or what they work on."""
    if version.state == "published" or ctx.person.has(*OVERSEERS):
        return True
    if ctx.person.id in (version.author_id, version.approver_id, version.policy.owner_id):
        return True
    asked = select(Assignment.id).where(
        Assignment.workflow == WORKFLOW.name,
        Assignment.subject == version.code,
        or_(Assignment.owed_by_id == ctx.person.id, Assignment.assignee_id == ctx.person.id),
    )
    return ctx.session.scalar(asked.limit(1)) is not None


def missing(target: str) -> Refusal:
    """Return the refusal for a policy that does not exist, or that is none of the actor's business."""
    return Refusal(f"There is no policy {m.clean(target)[:60]}.", "Type `policy list` to see them.", status="missing")


def unnamed(ctx: Context, states: Collection[str]) -> Unnamed:
    """Return the refusal for an act that names no policy: it can be one of what the actor may read in these states."""
    rows = select(PolicyVersion).where(PolicyVersion.state.in_(states))
    found = [
        one for one in ctx.session.scalars(rows.order_by(PolicyVersion.title, PolicyVersion.id)) if readable(ctx, one)
    ]
    return Unnamed("Which policy?", [_choice(one) for one in found])


def _choice(version: PolicyVersion) -> tuple[str, str]:
    """Return (target, label) of a version among others: what is in force by its policy's code."""
    if version.state == "published":
        return version.policy.code, version.title
    return version.code, f"{version.title} ({version.state})"


def find_readable(ctx: Context, target: str) -> PolicyVersion:
    """Find a version by POL-3, POL-3v4 or A-17; POL-3 without one in force is its newest. Raises Refusal.

    A version that does not exist is none: nobody decides about another than the one they named.
    """
    if not target:
        raise unnamed(ctx, ("published", *UNPUBLISHED))
    assignment = duty.by_code(ctx.session, target.upper()) if target.upper().startswith("A-") else None
    version = version_of(ctx.session, assignment) if assignment else version_by_code(ctx.session, target)
    if version is None and "v" not in target.lower() and (policy := policy_by_code(ctx.session, target)):
        version = newest(ctx.session, policy)
    if version is None or not readable(ctx, version):
        raise missing(target)
    return version


def finder(act: str, *where: str) -> Finder:
    """Return a finder for an act on versions in some states, those that it moves: POL-3 is its newest version there."""
    verb = _MOVE_OF.get(act, act)
    states = where or tuple(state for state, move in MOVES if move == verb)

    def find(ctx: Context, target: str) -> PolicyVersion:
        if not target:
            raise unnamed(ctx, states)
        policy = policy_by_code(ctx.session, target)
        if policy is None or "v" in target.lower():
            return find_readable(ctx, target)
        movable = select(PolicyVersion).where(PolicyVersion.policy_id == policy.id, PolicyVersion.state.in_(states))
        version = ctx.session.scalars(movable.order_by(PolicyVersion.number.desc())).first()
        if version is None or not readable(ctx, version):
            return find_readable(ctx, target)
        return version

    return find


def movable(version: PolicyVersion, act: str) -> None:
    """Raise Refusal where there is no draft to send, Stale where an act leads nowhere: no form is for nothing."""
    verb = _MOVE_OF.get(act, act)
    if (version.state, verb) in MOVES:
        return
    if version.state == "published" and verb == "submit":
        raise Refusal("There is no draft.", f"`policy upload {version.policy.code}` brings one in.", status="again")
    raise Stale(version.state, verb)


def newest(session: Session, policy: Policy) -> PolicyVersion | None:
    """Return the version of a policy with the highest number."""
    rows = select(PolicyVersion).where(PolicyVersion.policy_id == policy.id)
    return session.scalars(rows.order_by(PolicyVersion.number.desc())).first()


def before(session: Session, version: PolicyVersion) -> PolicyVersion | None:
    """Return the version that was in force before this one, or is while this one is a draft."""
    rows = select(PolicyVersion).where(
        PolicyVersion.policy_id == version.policy_id,
        PolicyVersion.number < version.number,
        PolicyVersion.published_at.is_not(None),
    )
    return session.scalars(rows.order_by(PolicyVersion.number.desc())).first()


def buttons(ctx: Context, version: PolicyVersion) -> tuple[m.Button, ...]:
    """Return what the actor may do with a version in its present state."""
    found: list[m.Button] = []
    for name, label, style in _ACTS:
        act = WORKFLOW.acts[f"{WORKFLOW.name}.{name}"]
        if _fits(ctx, version, name) and act.may(ctx, act.find(ctx, version.code)):
            found.append(m.Button(label, act.name, version.code, style))  # type: ignore[arg-type]
    return tuple(found)


def _fits(ctx: Context, version: PolicyVersion, name: str) -> bool:
    """Return whether an act makes sense in the version's present state, whoever does it."""
    if name == "diff":
        return before(ctx.session, version) is not None
    if name in ("upload", "exempt"):
        return version.state == "published"
    return (version.state, _MOVE_OF.get(name, name)) in MOVES


def person_by_email(session: Session, email: str) -> Person | None:
    """Return whoever has this address, now or as an alias."""
    address = email.strip().lower()
    alias = select(EmailAlias.person_id).where(EmailAlias.email == address)
    rows = select(Person).where(or_(Person.email == address, Person.id.in_(alias)), Person.merged_into_id.is_(None))
    return session.scalars(rows).first()
