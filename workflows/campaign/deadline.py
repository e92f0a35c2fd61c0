"""Moving the due date: for whoever has yet to answer, and for nobody else."""

from __future__ import annotations

from sqlalchemy import func, select

from models import message as m
from models.campaign import Assignment, Campaign
from workflows.campaign.base import LIVE, STANDS, WORKFLOW, find, subject_of
from workflows.context import Context, say_date
from workflows.duty import OPEN
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Refusal


def move_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form for a new due date. Raises Refusal where nobody is asked any more."""
    if campaign.state not in (*LIVE, "draft"):
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", status="again")
    return m.Form(
        act="campaign.move",
        target=campaign.code,
        title=f"Move the due date of {campaign.code}",
        lines=("Who has answered is not touched. Everybody else's message shows the new day.",),
        facts=(m.Fact("Asks for", campaign.title), m.Fact("Now", say_date(campaign.due_on)), *_waiting(ctx, campaign)),
        fields=(m.Date("due", "Answer by"),),
        submit="Move",
    )


def _waiting(ctx: Context, campaign: Campaign) -> tuple[m.Fact, ...]:
    """Return how many answers a new day would be for, once people are asked."""
    waiting = select(func.count()).where(Assignment.campaign_id == campaign.id, Assignment.state.in_(OPEN))
    return (m.Fact("Still open", str(ctx.session.scalar(waiting))),) if campaign.state in LIVE else ()


@WORKFLOW.do(
    "move",
    help="move the due date",
    example="campaign move C-3 due:2w",
    find=find,
    form=move_form,
    may=leads,
    asks=True,
)
def move_due(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Set the new day; what is still open follows in batches."""
    due_on = answers["due"]
    if due_on <= ctx.today:
        raise Invalid(due="Choose a day that is still to come.")
    facts = {"from": campaign.due_on.isoformat(), "to": due_on.isoformat()}
    ctx.record("campaign.due_moved", subject_of(campaign), facts=facts, campaign_ref=campaign.code)
    campaign.due_on = due_on
    campaign.due_cursor = 0 if campaign.state in LIVE else None
    return m.Message(f"{campaign.code} is due on {say_date(due_on)}.", tone="good")
