"""What comes round by itself: when a workflow's cadence falls due, a campaign is drafted, and the leads are told.

APScheduler's trigger only computes the next time. Which process does a run is decided by a unique row for each local
date, so that a day whose hour comes twice has one run, and a day that was missed is made up for once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from models import message as m
from models.campaign import Campaign
from models.desk import Schedule, ScheduleRun
from workflows.context import Context, insert_or_ignore, say_date, zone_of
from workflows.drafts import draft
from workflows.redraw import about
from workflows.who import leads, leads_of, overseers
from workflows.workflow import REGISTRY, Answers, Workflow

WORKFLOW = Workflow("schedule", "Schedule", "what comes round by itself, and when")


def next_time(rule: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first instant after `after` at which a crontab rule, read in `zone`, comes round.

    Raises ValueError for a rule that cannot be read, never comes, or numbers the days of the week: crontab begins with
    Sunday and the library with Monday, so they are named (mon-fri).
    """
    if any(letter.isdecimal() for letter in rule.rsplit(maxsplit=1)[-1]):
        raise ValueError(f"“{rule}”: write days of the week by name, as in mon-fri")
    found: datetime | None = CronTrigger.from_crontab(rule, timezone=zone).get_next_fire_time(None, after)
    if found is None:
        raise ValueError(f"“{rule}” never comes round")
    comes = found.astimezone(UTC)  # in its own zone an hour that comes twice equals neither of its two instants
    return comes if comes > after else next_time(rule, zone, after + timedelta(seconds=1))


@WORKFLOW.job("what comes round")
def what_comes_round(ctx: Context) -> int:
    """Keep a row for every workflow with a cadence, then do the next run that is due; return how much was done."""
    return _keep_up(ctx) or _run(ctx)


def _keep_up(ctx: Context) -> int:
    """Write down the schedules that are new or whose rule has changed; return how many."""
    known = {row.name: row for row in ctx.session.scalars(select(Schedule))}
    changed = 0
    for flow in REGISTRY.all():
        row = known.get(flow.name)
        if not flow.cadence or (row is not None and row.rule == flow.cadence):
            continue
        zone = zone_of(next(iter(leads_of(ctx)), None))
        comes = next_time(flow.cadence, zone, ctx.now)
        if row is None:
            new = {"name": flow.name, "rule": flow.cadence, "zone": str(zone), "next_run_at": comes}
            ctx.session.execute(insert_or_ignore(ctx.session, Schedule), new)
        else:
            row.rule, row.zone, row.next_run_at = flow.cadence, str(zone), comes
        changed += 1
    return changed


def _run(ctx: Context) -> int:
    """Do the run that has been due longest; return 1, or 0 where none is."""
    due = select(Schedule).where(Schedule.next_run_at <= ctx.now).order_by(Schedule.next_run_at).limit(1)
    schedule = ctx.session.scalar(due.with_for_update(skip_locked=True))
    if schedule is None:
        return 0
    zone = ZoneInfo(schedule.zone)
    run = {
        "schedule_id": schedule.id,
        "local_date": schedule.next_run_at.astimezone(zone).date(),
        "run_at": ctx.now,
    }
    first = ctx.session.scalar(insert_or_ignore(ctx.session, ScheduleRun).returning(ScheduleRun.id), run)
    flow = next((one for one in REGISTRY.all() if one.name == schedule.name and one.cadence), None)
    schedule.next_run_at = next_time(schedule.rule, zone, ctx.now)
    if first is not None and flow is not None:
        _prepare(ctx, flow, zone)
    return 1


def _prepare(ctx: Context, flow: Workflow, zone: ZoneInfo) -> None:
    """Draft the campaign that has come round, and tell those who can launch it."""
    topics = flow.topics(ctx.session)
    if not topics:
        return
    due_on = ctx.now.astimezone(zone).date() + timedelta(days=flow.days)
    campaign = draft(ctx, flow, topics, due_on=due_on, reason="schedule")
    for lead in leads_of(ctx):
        dedupe = f"{campaign.code}:comes-round:{lead.ref}"
        ctx.say(lead, _told(campaign), kind="notice", dedupe=dedupe, topic=about(campaign.code))


def _told(campaign: Campaign) -> m.Message:
    return m.Message(
        f"{campaign.title}: it is that time again",
        lines=("A campaign is prepared. Nobody hears of it before you launch it.",),
        facts=(m.Fact("Campaign", campaign.code), m.Fact("Answer by", say_date(campaign.due_on))),
        buttons=(
            m.Button("See who is asked", "campaign.preview", campaign.code),
            m.Button("Launch", "campaign.launch", campaign.code, "primary"),
        ),
    )


@WORKFLOW.look("", help="see what comes round by itself, and when", example="schedule", may=overseers)
def schedule_(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Return a table of every schedule with its next time, where the viewer is."""
    rows = ctx.session.scalars(select(Schedule).order_by(Schedule.next_run_at)).all()
    titles = {flow.name: flow.title for flow in REGISTRY.all() if flow.cadence}
    table = m.Table(
        "What comes round",
        ("What", "Next"),
        tuple(
            (titles[row.name], say_date(row.next_run_at.astimezone(zone_of(ctx.actor)).date()))
            for row in rows
            if row.name in titles
        ),
    )
    if not table.rows:
        lines = ("Prepare a campaign with `campaign new`.",) if leads(ctx, None) else ()
        return m.Message("Nothing comes round by itself yet.", lines=lines)
    return m.Message("What comes round by itself", tables=(table,))
