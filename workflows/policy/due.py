"""Who owes an acknowledgement by rule, without a campaign: new hires, a year later, after a leave, in a new department.

A sweep goes through the roster in small batches, once in a while; one row remembers how far it came, and is the lock
that keeps two workers out of one batch. Everything due to one person is asked in one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from evidence.record import Subject
from models.campaign import Assignment, Campaign
from models.person import Person
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.audience import condition
from workflows.bundle import bundle
from workflows.calendar import next_moment
from workflows.context import Context, zone_of
from workflows.nudges import working_time
from workflows.policy.base import WORKFLOW, codes_of
from workflows.policy.exempt import exempted
from workflows.policy.standing import counts, last_answers
from workflows.rounds import go_on

PLACE = "policy sweep"
EVERY = timedelta(hours=1)
LOOKED_AT = 100  # people in one transaction
ASKED = 20  # of whom so many may be asked, so that no answer waits behind it
PREPARING = ("launching", "held")
ASKING = ("running", "paused", "closed")


@dataclass(frozen=True, slots=True)
class Owed:
    """One policy that one person is to be asked, and why."""

    version: PolicyVersion
    reason: str


@WORKFLOW.job("ask who is due")
def ask_who_is_due(ctx: Context) -> int:
    """Ask those among the next people of the sweep who owe something by rule; return how many were looked at."""
    return go_on(ctx, PLACE, EVERY, partial(_look, ctx))


def _look(ctx: Context, after: int) -> tuple[int, int]:
    """Deal with the people after an id; return how many were looked at, and the last one dealt with."""
    people = ctx.session.scalars(select(Person).where(Person.id > after).order_by(Person.id).limit(LOOKED_AT)).all()
    return len(people), _ask(ctx, people)


def _ask(ctx: Context, people: Sequence[Person]) -> int:
    """Ask those of `people` who owe something, up to `ASKED` of them; return the id of the last one dealt with."""
    present = {one.id: one for one in people if _present(ctx, one)}
    owed: dict[int, list[Owed]] = {}
    for version in _in_force(ctx):
        for person_id, reason in _owing(ctx, version, present).items():
            owed.setdefault(person_id, []).append(Owed(version, reason))
    chosen = sorted(owed)[:ASKED]
    if chosen:
        _open(ctx, [(present[one], owed[one]) for one in chosen])
    if len(owed) > ASKED:
        return chosen[-1]
    return people[-1].id if people else 0


def _today(ctx: Context, person: Person) -> date:
    return ctx.now.astimezone(zone_of(person)).date()


def _present(ctx: Context, person: Person) -> bool:
    """Return whether somebody works today, where they are: leavers are not asked, people on leave when they return."""
    today = _today(ctx, person)
    return person.answers() and person.employed(today) and not person.away(today)


def _in_force(ctx: Context) -> Sequence[PolicyVersion]:
    rows = select(PolicyVersion).join(Policy, Policy.in_force_id == PolicyVersion.id)
    return ctx.session.scalars(rows.order_by(Policy.id)).all()


def _owing(ctx: Context, version: PolicyVersion, present: dict[int, Person]) -> dict[int, str]:
    """Return {person id: reason} for those who owe this policy and have not been asked."""
    preparing, has_asked = _campaigns(ctx, version)
    if preparing or not present:
        return {}
    for_whom = select(Person.id).where(Person.id.in_(present), condition(version.audience))
    within = {person_id: present[person_id] for person_id in ctx.session.scalars(for_whom)}
    answers = last_answers(ctx, version, within)
    spared = _asked(ctx, version, within)
    exempt = exempted(ctx, [one.ref for one in within.values()], version.policy.code)
    since = _asked_since(ctx, version)
    owing: dict[int, str] = {}
    for person_id, person in within.items():
        answer = answers.get(person_id)
        if person_id in spared or person.ref in exempt or (answer and counts(version, answer, _today(ctx, person))):
            continue
        hired = person.start_on is not None and person.start_on >= since.astimezone(zone_of(person)).date()
        current = answer is not None and answer.number >= version.answers_as
        reason = "yearly" if current else "new version" if answer else "hire" if hired else "joined"
        # The first asking of everybody is a lead's decision, by a campaign; who comes later is asked by rule.
        if has_asked or reason in ("yearly", "hire"):
            owing[person_id] = reason
    return owing


def _asked(ctx: Context, version: PolicyVersion, within: dict[int, Person]) -> set[int]:
    """Return those who have this policy open already, in whatever version, or closed by an exemption."""
    standing = select(Assignment.owed_by_id).where(
        Assignment.owed_by_id.in_(within),
        Assignment.workflow == WORKFLOW.name,
        Assignment.subject.in_(codes_of(version)),
        Assignment.state.in_((*duty.OPEN, "exempt")),
    )
    return set(ctx.session.scalars(standing))


def _campaigns(ctx: Context, version: PolicyVersion) -> tuple[bool, bool]:
    """Return (one is being prepared and is not to be raced, one has asked everybody).

    A pilot to one department asks nobody else: only a campaign for the policy's whole audience counts. However long a
    lead takes over the draft, a rule never overtakes the preview.
    """
    codes = set(codes_of(version)[version.answers_as - 1 :])
    rows = ctx.session.scalars(select(Campaign).where(Campaign.workflow == WORKFLOW.name))
    found = [one for one in rows if codes.intersection(one.subjects)]
    preparing = any(one.state in PREPARING for one in found)
    whole = any(one.state in ASKING and one.audience in ("everyone", version.audience) for one in found)
    return preparing, whole


def _asked_since(ctx: Context, version: PolicyVersion) -> datetime:
    """Return since when people are asked for what this version stands for: small corrections do not begin anew."""
    oldest = select(PolicyVersion.published_at).where(
        PolicyVersion.policy_id == version.policy_id, PolicyVersion.number == version.answers_as
    )
    return ctx.session.scalar(oldest) or version.published_at or datetime.min.replace(tzinfo=UTC)


def _open(ctx: Context, asked: list[tuple[Person, list[Owed]]]) -> None:
    """Open everything that is due, under one record for the batch, and ask each person once."""
    opened: list[tuple[Person, list[Assignment]]] = []
    for person, owed in asked:
        today = _today(ctx, person)
        opened.append(
            (
                person,
                [
                    duty.assign(
                        ctx, WORKFLOW, person, one.version.code,
                        reason=one.reason, due_on=today + timedelta(days=one.version.days),
                    )
                    for one in owed
                ],
            )
        )  # fmt: skip
    entries = [
        [person.ref, one.code, one.subject, one.due_on.isoformat(), one.reason]
        for person, all_ in opened
        for one in all_
    ]
    proof = ctx.record("policy.asked", Subject("workflow", WORKFLOW.name), outcome="asked", facts={"entries": entries})
    for person, all_ in opened:
        single = all_[0] if len(all_) == 1 else None
        ctx.say(
            person,
            WORKFLOW.card(ctx, single, person) if single else bundle(ctx, all_, person),
            kind="assigned",
            dedupe=f"{proof}:{person.ref}",
            topic=single.code if single else duty.topic_of(all_[0]),
            not_before=next_moment(ctx.now, working_time(person)),
        )
