"""Launching: the population is fixed as recorded at this instant, and nothing is sent before the wait is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from config.programme import programme
from models import message as m
from models.campaign import Campaign
from models.person import Person
from workflows.audience import read
from workflows.campaign.base import MOVES, WORKFLOW, clock, criteria_of, find, promise, ready, subject_of
from workflows.campaign.population import foresee
from workflows.campaign.preview import sample
from workflows.context import Context, say_date
from workflows.drafts import asked_facts, draft
from workflows.importing import settled
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Refusal, Topic


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
    ctx.move(campaign, "launch", MOVES, proof, launched_at=ctx.now, send_after=ctx.now + wait)


def _number(people: int) -> tuple[m.AnyField, ...]:
    """Return the question for the number, where so many people are asked that one should think twice."""
    if people <= programme().campaigns.confirm_above:
        return ()
    return (m.Text("number", f"{people} people will be asked. Type the number to go on.", limit=10),)


def _somebody(people: int) -> None:
    if not people:
        raise Refusal("Nobody would be asked.", "`campaign preview` says who is left out, and why.")


def _confirmed(people: int, answers: Answers) -> None:
    """Raise Invalid unless the number that was typed is the number of people; Refusal where there is nobody."""
    _somebody(people)
    if "number" in answers and answers["number"].replace(",", "").replace(" ", "") != str(people):
        raise Invalid(number=f"Type {people}, the number of people who will be asked, or go back and look again.")


def _askable(ctx: Context, campaign: Campaign) -> None:
    """Raise Refusal where a campaign is no draft, or what it asks about has been replaced since it was drafted."""
    ready(ctx, campaign, "launch")
    current = {topic.subject for topic in promise(campaign).topics(ctx.session)}
    stale = [subject for subject in campaign.subjects if subject not in current]
    if stale:
        raise Refusal(
            f"{', '.join(stale)} cannot be asked any more: something newer has taken its place.",
            f"Prepare another with `campaign new`, and drop this one with `campaign withdraw {campaign.code}`.",
        )


def launch_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that launches a campaign. Raises Refusal where it cannot be launched."""
    _askable(ctx, campaign)
    people = foresee(ctx, campaign).people
    _somebody(people)
    return m.Form(
        act="campaign.launch",
        target=campaign.code,
        title=f"Launch {campaign.code}",
        lines=(_waits(),),
        facts=(
            m.Fact("Asks for", campaign.title),
            m.Fact("People", str(people)),
            m.Fact("Answer by", say_date(campaign.due_on)),
        ),
        fields=_number(people),
        links=(m.Link("See who is asked, and who not", f"/go/campaign.preview/{campaign.code}"),),
        submit="Launch",
    )


def _waits() -> str:
    return f"Nothing is sent for {programme().campaigns.hold_minutes} minutes; until then you can stop it."


@WORKFLOW.do(
    "launch",
    help="launch a campaign; sending waits a few minutes, and can be stopped",
    example="campaign launch C-3",
    find=find,
    form=launch_form,
    may=leads,
)
def launch(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Launch, once the number of people has been typed where there are many."""
    settled(ctx.session)
    people = foresee(ctx, campaign).people
    _confirmed(people, answers)
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


@WORKFLOW.do("stop", help="stop a launch before anything is sent", example="campaign stop C-3", find=find, may=leads)
def stop(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Stop a campaign while it waits: nobody has heard of it, and nobody will."""
    ready(ctx, campaign, "stop")
    proof = ctx.record("campaign.stopped", subject_of(campaign), outcome="stopped", campaign_ref=campaign.code)
    ctx.move(campaign, "stop", MOVES, proof)
    return m.Message(
        f"{campaign.code} is stopped. Nothing was sent.",
        lines=("What it had written down is taken back. Prepare another with `campaign new`.",),
        tone="good",
    )


@WORKFLOW.do(
    "try", help="send yourself the message as people will see it", example="campaign try C-3", find=find, may=leads
)
def try_(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Write the sample to the actor's own channels."""
    said = sample(ctx, campaign)
    proof = ctx.record("campaign.tried", subject_of(campaign), outcome="sent to oneself")
    ctx.say(ctx.person, said, kind="notice", dedupe=f"{proof}:try")
    return m.Message("It is on its way to you.", lines=("Only you get it; its buttons do nothing yet.",), tone="good")


def pilot_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that asks one team first."""
    _askable(ctx, campaign)
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
            _waits(),
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
    find=find,
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
    if _number(people) and not answers["number"]:
        raise Invalid(number=f"{people} people will be asked. Type the number to go on.")
    _confirmed(people, answers if answers["number"] else {})
    start(ctx, small, people)
    return launched(ctx, small, people)
