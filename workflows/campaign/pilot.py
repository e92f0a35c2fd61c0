"""Asking one team first; its answers count, and the launch leaves it out."""

from __future__ import annotations

from sqlalchemy import select

from models import message as m
from models.campaign import Campaign
from models.person import Person
from workflows.audience import read
from workflows.campaign.base import WORKFLOW, finder, promise
from workflows.campaign.confirm import askable, confirmed, number, waits
from workflows.campaign.launch import launched, start
from workflows.campaign.population import foresee
from workflows.context import Context
from workflows.drafts import draft
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Topic


def pilot_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that asks one team first."""
    askable(ctx, campaign)
    teams = ctx.session.scalars(
        select(Person.department).where(Person.department != "").distinct().order_by(Person.department)
    )
    wanted = read(campaign.audience).get("department")
    options = tuple(m.Option(team, team) for team in teams if not wanted or team in wanted)
    return m.Form(
        act="campaign.pilot",
        target=campaign.code,
        title=f"Ask one team first ({campaign.code})",
        lines=(
            "The pilot is a campaign of its own. Its answers count, and the launch leaves out who gave them.",
            waits(),
        ),
        fields=(
            m.Choice("team", "Team", options=options),
            m.Text(
                "number", "Number of people", hint="Only if there are many; you will be told.", required=False, limit=10
            ),
        ),
        submit="Launch the pilot",
    )


@WORKFLOW.do(
    "pilot",
    help="ask one team first",
    example="campaign pilot C-3 team:Security",
    find=finder("launch"),
    form=pilot_form,
    may=leads,
)
def pilot(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Launch a campaign that asks the same of one team only."""
    flow = promise(campaign)
    chosen = [Topic(one, one, flow.subject_title(ctx.session, one), flow.days) for one in campaign.subjects]
    wanted = {**read(campaign.audience), "department": [answers["team"]]}
    narrowed = ";".join(f"{key}:{value}" for key, values in wanted.items() for value in values)
    small = draft(ctx, flow, chosen, due_on=campaign.due_on, audience=narrowed, reason="pilot")
    people = foresee(ctx, small).people
    if number(people) and not answers["number"]:
        raise Invalid(number=f"{people} people will be asked. Type the number to go on.")
    confirmed(people, answers if answers["number"] else {})
    start(ctx, small, people)
    return launched(ctx, small, people)
