"""Reminders: some days before the due date, then every work day after it, in the person's own hours, until it is done.

A reminder never ends a duty and never stops before it. Several on one day are one message.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, Select, or_, select, update

from config.programme import programme
from evidence.record import Subject
from models import message as m
from models.campaign import Assignment, Campaign
from models.message import Message
from models.person import Person
from workflows.calendar import Working, next_moment, next_reminder
from workflows.context import Context, say_date, zone_of
from workflows.workflow import REGISTRY, Workflow

WORKFLOW = Workflow(
    "nudges",
    "Reminders",
    "reminders until it is done",
    records={"reminder.written": "Somebody was reminded of what they owe."},
)
BATCH = 50  # assignments in one transaction
_AN_INSTANT = timedelta(microseconds=1)


def working_time(person: Person) -> Working:
    """Return when somebody works, by the roster and the programme's hours."""
    hours = programme().hours
    leaves = ((person.leave_from, person.leave_to or date.max),) if person.leave_from else ()
    days = person.work_days or hours.work_days
    return Working(person.zone, person.country, person.region, days, leaves, hours.start, hours.end)


def due(now: datetime) -> Select[Assignment]:
    """Return the question for the next batch of duties whose reminder has come."""
    return (
        select(Assignment)
        .outerjoin(Campaign, Campaign.id == Assignment.campaign_id)
        .where(
            Assignment.next_nudge_at <= now,
            Assignment.state == "open",
            or_(Assignment.campaign_id.is_(None), Campaign.state == "running"),
        )
        .order_by(Assignment.next_nudge_at)
        .limit(BATCH)
    )


@WORKFLOW.job("remind")
def remind(ctx: Context) -> int:
    """Remind everybody whose next reminder has come, a batch at a time; return how many duties were looked at.

    Every duty is claimed by moving its next reminder on (compare-and-set), so that two workers never remind twice.
    """
    found = ctx.session.scalars(due(ctx.now)).all()
    reminded: dict[Person, list[Assignment]] = defaultdict(list)
    for one in found:
        if _claim(ctx, one):
            reminded[one.assignee].append(one)
    for person, duties in reminded.items():
        _say(ctx, person, duties)
    return len(found)


def _claim(ctx: Context, one: Assignment) -> bool:
    """Move a duty's next reminder on, and return whether the one that has come is ours to say.

    A duty starts with the instant it was assigned, which is no reminder: that instant only leads to the first one.
    """
    stored = one.next_nudge_at
    if stored is None:
        return False
    working = working_time(one.assignee)
    wanted = _reminder_after(stored - _AN_INSTANT, one, working)
    comes = wanted <= ctx.now
    following = _reminder_after(ctx.now, one, working) if comes else wanted
    result = ctx.session.execute(
        update(Assignment)
        .where(Assignment.id == one.id, Assignment.next_nudge_at == stored, Assignment.state == "open")
        .values(next_nudge_at=following, nudges=Assignment.nudges + int(comes))
        .execution_options(synchronize_session=False)
    )
    return comes and isinstance(result, CursorResult) and result.rowcount == 1


def _reminder_after(instant: datetime, one: Assignment, working: Working) -> datetime:
    """Return the first reminder of a duty after an instant."""
    assigned = one.assigned_at.astimezone(zone_of(one.assignee)).date()
    before = programme().reminders.days_before
    return next_reminder(instant, assigned, one.due_on, working, before, one.assignee.ref)


def _say(ctx: Context, person: Person, duties: list[Assignment]) -> None:
    """Write one reminder for all the duties; where it is not their working time, it waits for it."""
    moment = next_moment(ctx.now, working_time(person))
    today = moment.astimezone(zone_of(person)).date()
    ctx.record(
        "reminder.written",
        Subject("person", person.ref),
        outcome="reminded",
        facts={"assignments": [one.code for one in duties], "for_day": today.isoformat()},
    )
    single = duties[0] if len(duties) == 1 else None
    ctx.say(
        person,
        _card(ctx, person, single, today) if single else _digest(ctx, duties),
        kind="reminder",
        dedupe=f"reminder:{person.ref}:{today}:{min(one.id for one in duties)}",
        topic=single.code if single else "",
        campaign_id=single.campaign_id if single else None,
        not_before=moment,
    )


def _card(ctx: Context, person: Person, one: Assignment, today: date) -> Message:
    """Return the duty's own card, whose title says how much time is left; the day stands among its facts."""
    card = REGISTRY.workflow(one.workflow).card(ctx, one, person)
    return replace(card, title=f"{_left(one.due_on, today)}: {card.title}", tone="plain")


def _digest(ctx: Context, duties: list[Assignment]) -> Message:
    """Return one message about several duties."""
    rows = tuple(
        (REGISTRY.workflow(one.workflow).subject_title(ctx.session, one.subject), say_date(one.due_on))
        for one in sorted(duties, key=lambda one: (one.due_on, one.id))
    )
    return Message(
        f"{len(rows)} things are waiting for you",
        tables=(m.Table("Most urgent first", ("What", "Due"), rows),),
        buttons=(m.Button("See them", "todo", style="primary"),),
    )


def _left(due: date, today: date) -> str:
    """Return how far away a due date is, in neutral words."""
    left = (due - today).days
    return "Still open" if left < 0 else {0: "Due today", 1: "Due tomorrow"}.get(left, f"Due in {left} days")
