"""Asking one more person after the launch, from today on."""

from __future__ import annotations

from models import message as m
from models.campaign import Assignment, Campaign
from models.person import Person
from workflows.campaign.announce import tell
from workflows.campaign.base import LIVE, STANDS, WORKFLOW, due_after, find
from workflows.campaign.fanout import assign
from workflows.campaign.population import Sorting, Task, sort_out
from workflows.campaign.roster import standings
from workflows.context import Context, say_date
from workflows.duty import of_campaign
from workflows.who import leads
from workflows.workflow import Answers, Refusal


def add_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that adds somebody to a campaign."""
    return m.Form(
        act="campaign.add",
        target=campaign.code,
        title=f"Ask one more person ({campaign.code})",
        lines=("They stand beside those who were there at the launch, with today's date.",),
        fields=(m.Person("person", "Who"), m.Text("reason", "Why", limit=500)),
        submit="Ask",
    )


@WORKFLOW.do(
    "add",
    help="ask one more person, such as somebody who joined later",
    example="campaign add C-3 @chidi joined today",
    find=find,
    form=add_form,
    may=leads,
)
def add_(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Ask one more person."""
    added = add(ctx, campaign, answers["person"], "joined", note=answers["reason"])
    return m.Message(
        f"{len(added)} more asked in {campaign.code}" if len(added) > 1 else f"One more is asked in {campaign.code}",
        lines=(f"{m.mention(answers['person'].ref)} answers by {say_date(added[0].due_on)}.",),
        tone="good",
    )


def add(ctx: Context, campaign: Campaign, person: Person, reason: str, *, note: str = "") -> list[Assignment]:
    """Ask `person` too, from today on, with a record of its own; return what they owe now.

    `reason` is the assignment's (hire, joined), `note` a lead's own words. Their days count from today, or from the end
    of a leave. Raises Refusal where the campaign is not live, or they are asked already, cannot answer, or need not.
    """
    if campaign.state not in LIVE:
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", "Only a launched one takes more people.")
    if of_campaign(ctx.session, campaign.id, person.id):
        raise Refusal("They are asked already.", f"Type `campaign show {campaign.code}` to see how it stands.")
    people, _ = standings(ctx.session, person.id - 1, 1)
    sorting = sort_out(ctx, campaign, people, ctx.now)
    if not sorting.tasks:
        why = sorting.excluded[0].reason if sorting.excluded else f"not in its audience ({campaign.audience})"
        raise Refusal(f"They cannot be asked: {why}.")
    fresh = Sorting([_from_today(ctx, campaign, task) for task in sorting.tasks], sorting.excluded)
    assign(ctx, campaign, fresh, "campaign.added", reason=reason, private={"note": note} if note else {})
    added = of_campaign(ctx.session, campaign.id, person.id)
    if campaign.announced_at is not None or person.id <= campaign.said_cursor:
        tell(ctx, campaign, person, added)  # the announcing has passed them by; otherwise it will come to them
    return added


def _from_today(ctx: Context, campaign: Campaign, task: Task) -> Task:
    """Return a task whose days count from today."""
    begun = (campaign.launched_at or ctx.now).date()
    due_on = max(task.due_on, due_after(campaign, begun, ctx.now.astimezone(task.who.zone).date()))
    return Task(task.who, task.subject, due_on, task.away)
