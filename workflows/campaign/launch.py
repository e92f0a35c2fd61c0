"""Launching: the population is fixed as recorded at this instant, and nothing is sent before the wait is over."""

from __future__ import annotations

from datetime import timedelta

from config.programme import programme
from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import MOVES, WORKFLOW, clock, criteria_of, finder, subject_of
from workflows.campaign.confirm import askable, confirmed, number, somebody, waits
from workflows.campaign.population import foresee
from workflows.context import Context, say_date
from workflows.drafts import asked_facts
from workflows.importing import settled
from workflows.who import leads
from workflows.workflow import Answers


def start(ctx: Context, campaign: Campaign, people: int) -> None:
    """Launch a draft: from now on the population is the roster as recorded at this instant. Raises Stale.

    `people` is the number that was confirmed; the record keeps it beside what the population comes to.
    """
    proof = ctx.record(
        "campaign.launched",
        subject_of(campaign),
        outcome="launched",
        facts={**asked_facts(campaign), "people_expected": people},
        control_ids=criteria_of(ctx, campaign),
    )
    wait = timedelta(minutes=programme().campaigns.hold_minutes)
    campaign.by_id = ctx.actor.id if ctx.actor else campaign.by_id
    launched = f"{m.mention(ctx.actor.ref)} launched it." if ctx.actor else "It was launched."
    ctx.move(campaign, "launch", MOVES, proof, launched, launched_at=ctx.now, send_after=ctx.now + wait)


def launch_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that launches a campaign. Raises Refusal where it cannot be launched."""
    askable(ctx, campaign)
    people = foresee(ctx, campaign).people
    somebody(people)
    return m.Form(
        act="campaign.launch",
        target=campaign.code,
        title=f"Launch {campaign.code}",
        lines=(waits(),),
        facts=(
            m.Fact("Asks for", campaign.title),
            m.Fact("People", str(people)),
            m.Fact("Answer by", say_date(campaign.due_on)),
        ),
        fields=number(people),
        links=(m.Link("See who is asked, and who not", f"/go/campaign.preview/{campaign.code}"),),
        submit="Launch",
    )


@WORKFLOW.do(
    "launch",
    help="launch a campaign; sending waits a few minutes, and can be stopped",
    example="campaign launch C-3",
    find=finder("launch"),
    form=launch_form,
    may=leads,
)
def launch(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Launch, once the number of people has been typed where there are many."""
    settled(ctx.session)
    people = foresee(ctx, campaign).people
    confirmed(people, answers)
    start(ctx, campaign, people)
    return launched(ctx, campaign, people)


def launched(ctx: Context, campaign: Campaign, people: int) -> m.Message:
    """Return what the lead sees after a launch: when sending begins, and how to stop it."""
    at = clock(ctx, campaign.send_after or ctx.now)
    return m.Message(
        f"{campaign.code} is launched",
        lines=(f"{people} people. Sending starts at {at}, not before who is asked is on record.",),
        facts=(m.Fact("Asks for", campaign.title), m.Fact("Answer by", say_date(campaign.due_on))),
        buttons=(
            m.Button("Stop", "campaign.stop", campaign.code, "danger"),
            m.Button("See how it stands", "campaign.show", campaign.code),
        ),
        tone="good",
    )
