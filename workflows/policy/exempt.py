"""Exemptions: somebody need not acknowledge a policy, for a reason, until a day; then the duty is back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from evidence.canonical import instant
from models import message as m
from models.campaign import Assignment
from models.fact import Change, EffectiveFact, fact, facts_of
from models.person import Person
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, say_date, zone_of
from workflows.policy import states
from workflows.policy.acknowledge import card
from workflows.policy.base import WORKFLOW, codes_of, subject_of, version_of
from workflows.who import leads
from workflows.workflow import Answers, Invalid

FACT = "exemption"
LONGEST = timedelta(days=366)
BATCH = 100


def exempted(ctx: Context, refs: Sequence[str], policy_code: str) -> set[str]:
    """Return the refs of those who are exempt from a policy now."""
    ever = select(EffectiveFact.subject).where(
        EffectiveFact.subject.in_(refs), EffectiveFact.name == FACT, EffectiveFact.key == policy_code
    )
    found = facts_of(ctx.session, set(ctx.session.scalars(ever)), ctx.now)
    return {ref for ref, facts in found.items() if facts.get((FACT, policy_code)) is not None}


def exempt_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that exempts somebody."""
    return m.Form(
        "policy.exempt",
        version.code,
        f"Exempt somebody from “{version.title}”",
        (
            m.Person("person", "Who?"),
            m.Date("until", "Until and including which day?"),
            m.Text("reason", "Why?", long=True),
        ),
        lines=("You approve it by sending this. When it ends, they are asked again by themselves.",),
        facts=(m.Fact("Policy", version.code),),
        submit="Exempt",
    )


@WORKFLOW.do(
    "exempt",
    help="exempt somebody from a policy until a day",
    example="policy exempt POL-3 @chidi until 2026-12-31 Works on paper only",
    form=exempt_form,
    find=states.find_readable,
    may=leads,
    personal=True,
)
def exempt(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Record the exemption as a dated fact and close what the person has open; nobody exempts themselves."""
    person, until = answers["person"], answers["until"]
    if person.id == ctx.person.id:
        raise Invalid(person="Nobody exempts themselves: ask another lead.")
    if not ctx.today <= until <= ctx.today + LONGEST:
        raise Invalid(until="An exemption ends, within a year: choose a day from today on.")
    ends = duty.end_of_day(until, zone_of(person))
    proof = ctx.record(
        "policy.exempted",
        subject_of(version),
        outcome="exempt",
        facts={"person": person.ref, "approver": ctx.person.ref, "expires_at": instant(ends)},
        private={"reason": answers["reason"]},
        changes=_spell(person, version, ctx.now, ends),
    )
    for one in _open_duties(ctx, person, version):
        duty.close(ctx, one, "exempt", proof)
    said = m.Message(
        f"You are exempt from “{version.title}”",
        lines=(f"Until {say_date(until)}, you need not acknowledge it. After that you are asked by yourself.",),
        buttons=(m.Button("Read", "policy.show", version.code),),
    )
    ctx.say(person, said, kind="notice", dedupe=f"{proof}:{person.ref}")
    return m.Message(f"Exempt until {say_date(until)}.", lines=(f"{m.mention(person.ref)} is told.",), tone="good")


def _spell(person: Person, version: PolicyVersion, begins: datetime, ends: datetime) -> list[Change]:
    """Return the facts of an exemption; the second ends a longer one that stood before."""
    return [
        Change(person.ref, FACT, "exempt", begins, ends, key=version.policy.code),
        Change(person.ref, FACT, None, ends, key=version.policy.code),
    ]


def _open_duties(ctx: Context, person: Person, version: PolicyVersion) -> Sequence[Assignment]:
    """Return what somebody has open about any version of a policy."""
    return ctx.session.scalars(
        select(Assignment).where(
            Assignment.owed_by_id == person.id,
            Assignment.workflow == WORKFLOW.name,
            Assignment.subject.in_(codes_of(version)),
            Assignment.state.in_(duty.OPEN),
        )
    ).all()


@WORKFLOW.job("end exemptions")
def end_exemptions(ctx: Context) -> int:
    """Open again what was closed by an exemption that is over, for those who still work here."""
    published = select(PolicyVersion).where(PolicyVersion.published_at.is_not(None))
    codes = [one.code for one in ctx.session.scalars(published)]
    rows = select(Assignment).where(Assignment.subject.in_(codes), Assignment.state == "exempt")
    ended = [one for one in ctx.session.scalars(rows.order_by(Assignment.id)) if _is_over(ctx, one)][:BATCH]
    return sum(_resume(ctx, one.id) for one in ended)


def _is_over(ctx: Context, assignment: Assignment) -> bool:
    person = assignment.owed_by
    today = ctx.now.astimezone(zone_of(person)).date()
    if not person.employed(today) or person.away(today):
        return False
    code = assignment.subject.partition("v")[0]
    return fact(ctx.session, person.ref, FACT, ctx.now, key=code) is None


def _resume(ctx: Context, assignment_id: int) -> int:
    """Open one duty again with its days to answer, and say so; 0 where another worker is at it."""
    locked = select(Assignment).where(Assignment.id == assignment_id, Assignment.state == "exempt")
    one = ctx.session.scalar(locked.with_for_update(skip_locked=True))
    if one is None:
        return 0
    version = version_of(ctx.session, one)
    if version.state == "superseded" and version.policy.in_force_id:
        version = ctx.session.get_one(PolicyVersion, version.policy.in_force_id)
    due_on = ctx.now.astimezone(zone_of(one.owed_by)).date() + timedelta(days=version.days)
    proof = ctx.record(
        "policy.exemption-ended",
        subject_of(version),
        outcome="asked again",
        facts={"person": one.owed_by.ref, "assignment": one.code},
    )
    due_at = duty.end_of_day(due_on, zone_of(one.owed_by))
    ctx.move(
        one, "resume", duty.MOVES, proof,
        due_on=due_on, due_at=due_at, next_nudge_at=ctx.now, closed_at=None, record_id=None,
    )  # fmt: skip
    duty.redraw(ctx, one)
    ctx.say(one.assignee, card(ctx, one, one.assignee), kind="assigned", dedupe=f"{proof}:{one.code}", topic=one.code)
    return 1
