"""Preparing a campaign: what is asked, of whom, until when. Nobody hears of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models import message as m
from models.campaign import Campaign
from workflows.audience import read
from workflows.campaign.base import WORKFLOW
from workflows.campaign.preview import show
from workflows.context import Context
from workflows.drafts import draft, drafted
from workflows.who import leads
from workflows.workflow import REGISTRY, Answers, Invalid, Refusal, Topic, Workflow

_QUIET = "Nobody hears of it before you launch it."
_ANOTHER = "Draft another one beside what is drafted already"


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
        "A policy can be asked about once it is published. Type `campaign new` to choose from what is.",
        status="missing",
    )


def standing(ctx: Context, wanted: Sequence[tuple[Workflow, Topic]]) -> list[Campaign]:
    """Return the drafts that ask about any of `wanted` already."""
    subjects: dict[Workflow, list[str]] = {}
    for flow, topic in wanted:
        subjects.setdefault(flow, []).append(topic.subject)
    return [one for flow, asked in subjects.items() for one in drafted(ctx.session, flow, asked)]


def new_form(ctx: Context, code: str) -> m.Form:
    """Return the form for a new campaign; what it asks is a question only where it is not yet said.

    What is drafted already is named, and drafted once more only for somebody who says so. Raises Refusal where there is
    nothing to ask.
    """
    known = topics(ctx)
    if not known:
        raise Refusal(
            "There is nothing to ask yet.",
            "Put a policy in force first: `policy import` brings drafts, `policy submit` sends one for approval, and "
            "`policy publish` prepares its campaign by itself.",
        )
    already = standing(ctx, [one for one in known if not code or one[1].code == code])
    days = next((topic.days for _, topic in known if topic.code == code), 14)
    options = tuple(m.Option(topic.code, topic.title, hint=topic.code) for _, topic in known)
    what = m.Choice("topics", "What to ask", hint="Several go into one message.", options=options, many=True)
    return m.Form(
        act="campaign.new",
        target=code,
        title="Prepare a campaign",
        lines=(*(f"{one.code} is already drafted for this: {one.title}." for one in already if code), _QUIET),
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
            *((m.Toggle("another", _ANOTHER, required=bool(code)),) if already else ()),
        ),
        links=tuple(m.Link(f"Open {one.code}", f"/go/campaign.preview/{one.code}") for one in already),
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
    already = [one.code for one in standing(ctx, chosen)]
    if already and not answers["another"]:
        codes = ", ".join(already)
        raise Invalid(another=f"{codes} asks about this and is not launched: open it, or tick this box.")
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
