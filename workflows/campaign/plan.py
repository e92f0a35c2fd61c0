"""Preparing a campaign: what is asked, of whom, until when. Nobody hears of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from models import message as m
from models.campaign import Campaign
from workflows.audience import read
from workflows.campaign.base import WORKFLOW, asked_facts, subject_of
from workflows.campaign.preview import show
from workflows.context import Context
from workflows.who import leads
from workflows.workflow import REGISTRY, Answers, Invalid, Refusal, Topic, Workflow

TITLE_ROOM = 3  # topics named in a title; of more it says how many


def topics(ctx: Context) -> list[tuple[Workflow, Topic]]:
    """Return everything a campaign can ask about now."""
    return [(flow, topic) for flow in REGISTRY.all() for topic in flow.topics(ctx.session)]


def find_topic(ctx: Context, target: str) -> str:
    """Return the code of what a new campaign is to ask (POL-3), or nothing if that is yet to be chosen."""
    if not target:
        return ""
    for _, topic in topics(ctx):
        if target.lower() in (topic.code.lower(), topic.subject.lower()):
            return topic.code
    raise Refusal(
        f"A campaign cannot ask about {target}.",
        "Type `campaign new` to choose from what it can ask.",
        status="missing",
    )


def draft(
    ctx: Context,
    flow: Workflow,
    chosen: Sequence[Topic],
    *,
    due_on: date,
    audience: str = "everyone",
    reason: str = "campaign",
) -> Campaign:
    """Write down a campaign that asks for `chosen` of one workflow, and return it. `reason`: new version, yearly ..."""
    titles = [topic.title for topic in chosen]
    more = f" and {len(titles) - TITLE_ROOM} more" if len(titles) > TITLE_ROOM else ""
    campaign = Campaign(
        workflow=flow.name,
        subject=";".join(topic.subject for topic in chosen),
        title=", ".join(titles[:TITLE_ROOM]) + more,
        audience=audience or "everyone",
        reason=reason,
        due_on=due_on,
        by_id=ctx.actor.id if ctx.actor else None,
        created_at=ctx.now,
    )
    ctx.session.add(campaign)
    ctx.session.flush()
    ctx.record("campaign.drafted", subject_of(campaign), outcome="draft", facts=asked_facts(campaign))
    return campaign


def new_form(ctx: Context, code: str) -> m.Form:
    """Return the form for a new campaign; what it asks is a question only where it is not yet said."""
    known = topics(ctx)
    days = next((topic.days for _, topic in known if topic.code == code), 14)
    options = tuple(m.Option(topic.code, topic.title, hint=topic.code) for _, topic in known)
    what = m.Choice("topics", "What to ask", hint="Several go into one message.", options=options, many=True)
    return m.Form(
        act="campaign.new",
        target=code,
        title="Prepare a campaign",
        lines=("Nobody hears of it before you launch it.",),
        facts=tuple(m.Fact("Asks for", topic.title) for _, topic in known if topic.code == code),
        fields=(
            *(() if code else (what,)),
            m.Date("due", "Answer by", value=(ctx.today + timedelta(days=days)).isoformat()),
            m.Text(
                "audience",
                "Who is asked",
                hint="Empty: everyone it applies to. Or, separated by “;”: department:Sales, country:DE, "
                "kind:contractor, role:manager.",
                required=False,
                limit=500,
            ),
        ),
        submit="Prepare",
    )


@WORKFLOW.do(
    "new",
    help="prepare a campaign; nobody hears of it before you launch it",
    example="campaign new POL-3 due:2w",
    find=find_topic,
    form=new_form,
    may=leads,
)
def new(ctx: Context, code: str, answers: Answers) -> m.Home:
    """Write the draft down and show who would be asked, and how."""
    codes = (code,) if code else answers["topics"]
    chosen = [(flow, topic) for flow, topic in topics(ctx) if topic.code in codes]
    flows = {flow.name: flow for flow, _ in chosen}
    if len(flows) > 1:
        raise Invalid(topics="Choose things of one kind: " + " or ".join(flow.title for flow in flows.values()) + ".")
    if answers["due"] <= ctx.today:
        raise Invalid(due="Choose a day that is still to come.")
    try:
        read(answers["audience"])
    except ValueError as wrong:
        raise Invalid(audience=str(wrong)) from wrong
    campaign = draft(
        ctx, chosen[0][0], [topic for _, topic in chosen], due_on=answers["due"], audience=answers["audience"]
    )
    return show(ctx, campaign)
