"""Exemptions: somebody need not acknowledge a policy, for a reason, until a day; then the duty is back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from evidence.canonical import instant
from models import message as m
from models.campaign import Assignment
from models.fact import Change, EffectiveFact, facts_of
from models.person import Person
from models.policy import PolicyVersion
from workflows import duty
from workflows.context import Context, say_date, zone_of
from workflows.policy import states
from workflows.policy.base import WORKFLOW, codes_of, subject_of
from workflows.who import leads
from workflows.workflow import Answers, Invalid

FACT = "exemption"
LONGEST = timedelta(days=366)


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
        lines=("You approve it by sending this. When it ends, they are asked again.",),
        facts=(m.Fact("Policy", version.code),),
        submit="Exempt",
    )


@WORKFLOW.do(
    "exempt",
    help="exempt somebody from a policy until a day",
    example="policy exempt POL-3 @chidi until 2026-12-31 Works on paper only",
    form=exempt_form,
    find=states.finder("exempt", "published"),
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
        lines=(f"Until {say_date(until)}, you need not acknowledge it. After that you are asked again.",),
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
