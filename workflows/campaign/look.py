"""How one campaign stands."""

from __future__ import annotations

from sqlalchemy import func, select

from models import message as m
from models.campaign import Assignment, Campaign
from models.person import Person
from workflows.campaign.base import STANDS, WORKFLOW, clock, find, promise
from workflows.campaign.counted import combined, on_record
from workflows.context import Context, say_date
from workflows.counts import chart, count_by, sentence
from workflows.duty import OPEN
from workflows.who import leads
from workflows.workflow import Answers

LAUNCHED = ("launching", "held", "running", "paused", "closed", "withdrawn")
BUTTONS = {
    "draft": (
        ("Preview", "campaign.preview", "plain"),
        ("Drop", "campaign.withdraw", "plain"),
        ("Launch", "campaign.launch", "primary"),
    ),
    "launching": (("Stop", "campaign.stop", "danger"),),
    "held": (("Stop", "campaign.stop", "danger"),),
    "running": (
        ("Pause", "campaign.pause", "plain"),
        ("Move the due date", "campaign.move", "plain"),
        ("Ask one more", "campaign.add", "plain"),
        ("Withdraw", "campaign.withdraw", "danger"),
    ),
    "paused": (
        ("Resume", "campaign.resume", "primary"),
        ("Move the due date", "campaign.move", "plain"),
        ("Withdraw", "campaign.withdraw", "danger"),
    ),
}


def standing(ctx: Context, campaign: Campaign) -> str:
    """Return how a campaign stands, in a sentence."""
    stands = STANDS[campaign.state]
    if whole := combined(ctx, [campaign]).get(campaign.code):
        stands = f"put together into {whole}"
    if campaign.state == "held" and campaign.send_after:
        stands = f"ready: sending starts at {clock(ctx, campaign.send_after)}"
    return f"{stands[0].upper()}{stands[1:]}."


def buttons(campaign: Campaign) -> tuple[m.Button, ...]:
    return tuple(m.Button(label, act, campaign.code, style) for label, act, style in BUTTONS.get(campaign.state, ()))  # type: ignore[arg-type]


@WORKFLOW.look("show", help="see how a campaign stands", example="campaign show C-3", find=find, may=leads)
def show(ctx: Context, campaign: Campaign, answers: Answers) -> m.Home:
    """Return one campaign: how it stands, its counts by department, its population, who is on leave."""
    counts = count_by(ctx.session, ctx.person, ctx.now, Assignment.department, Assignment.campaign_id == campaign.id)
    first = m.Message(
        campaign.title,
        lines=(standing(ctx, campaign), *((sentence(counts),) if counts else ())),
        facts=_facts(ctx, campaign),
        charts=(chart("By department", counts),) if counts else (),
    )
    return m.Home(
        campaign.code, cards=(first, *_on_leave(ctx, campaign), *_excluded(ctx, campaign)), buttons=buttons(campaign)
    )


def _facts(ctx: Context, campaign: Campaign) -> tuple[m.Fact, ...]:
    """Return what a campaign asks of whom, and what is on record about its population."""
    flow = promise(campaign)
    facts = [
        m.Fact("Asks for", ", ".join(flow.subject_title(ctx.session, one) + f" ({one})" for one in campaign.subjects)),
        m.Fact("Who is asked", campaign.audience),
        m.Fact("Answer by", say_date(campaign.due_on)),
    ]
    if campaign.population_sha256:
        later = ctx.session.scalar(
            select(func.count()).where(Assignment.campaign_id == campaign.id, Assignment.reason == "joined")
        )
        facts += [
            m.Fact("On the list of people", str(campaign.population_count)),
            m.Fact("Added later", str(later or 0)),
            m.Fact("Fingerprint of the list of people", campaign.population_sha256),
        ]
    return tuple(facts)


def _on_leave(ctx: Context, campaign: Campaign) -> list[m.Message]:
    """Return those who are on leave now and have yet to answer: in the population, and paused."""
    today = ctx.now.date()
    people = ctx.session.scalars(
        select(Person)
        .distinct()
        .join(Assignment, Assignment.owed_by_id == Person.id)
        .where(
            Assignment.campaign_id == campaign.id,
            Assignment.state.in_(OPEN),
            Person.leave_from <= today,
            Person.leave_to.is_(None) | (Person.leave_to >= today),
        )
        .order_by(Person.id)
    ).all()
    rows = tuple((m.mention(one.ref), say_date(one.leave_to) if one.leave_to else "not known") for one in people)
    table = m.Table("Asked when they are back", ("Who", "On leave until"), rows)
    return [m.Message(f"On leave: {len(rows)}", tables=(table,))] if rows else []


def _excluded(ctx: Context, campaign: Campaign) -> list[m.Message]:
    """Return those who were in the audience at the launch and were not asked, as the records state it."""
    flow = promise(campaign)
    rows = tuple(
        (m.mention(ref), flow.subject_title(ctx.session, subject) if subject else "Everything", reason)
        for ref, subject, reason in on_record(ctx, campaign, "excluded")
    )
    table = m.Table("In the audience at the launch, but not asked", ("Who", "What", "Why"), rows)
    return [m.Message(f"Not asked: {len(rows)}", tables=(table,))] if rows else []
