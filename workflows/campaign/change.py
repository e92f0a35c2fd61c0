"""While a campaign runs: pause, resume, a new due date, somebody added, withdrawn."""

from __future__ import annotations

from sqlalchemy import select

from models import message as m
from models.campaign import Assignment, Campaign
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from workflows.campaign.announce import tell
from workflows.campaign.base import MOVES, STANDS, WORKFLOW, due_after, find, ready, subject_of
from workflows.campaign.fanout import assign
from workflows.campaign.population import Sorting, Task, sort_out
from workflows.campaign.roster import standings
from workflows.context import Context, say_date
from workflows.duty import of_campaign
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Refusal

LIVE = ("held", "running", "paused")


@WORKFLOW.do("pause", help="send nothing until you resume", example="campaign pause C-3", find=find, may=leads)
def pause(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Let nothing more out; answers still come in."""
    ready(ctx, campaign, "pause")
    proof = ctx.record("campaign.paused", subject_of(campaign), outcome="paused", campaign_ref=campaign.code)
    ctx.move(campaign, "pause", MOVES, proof)
    return m.Message(
        f"{campaign.code} is paused. Nothing is sent.",
        lines=("Answers still count. The due date stays; move it with `campaign move` if you need to.",),
        buttons=(m.Button("Resume", "campaign.resume", campaign.code, "primary"),),
        tone="good",
    )


@WORKFLOW.do("resume", help="go on with a paused campaign", example="campaign resume C-3", find=find, may=leads)
def resume(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Let messages out again."""
    ready(ctx, campaign, "resume")
    proof = ctx.record("campaign.resumed", subject_of(campaign), outcome="running", campaign_ref=campaign.code)
    ctx.move(campaign, "resume", MOVES, proof)
    return m.Message(f"{campaign.code} goes on.", tone="good")


def move_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form for a new due date. Raises Refusal where nobody is asked any more."""
    if campaign.state not in (*LIVE, "draft"):
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", status="again")
    return m.Form(
        act="campaign.move",
        target=campaign.code,
        title=f"Move the due date of {campaign.code}",
        lines=("Who has answered is not touched. Everybody else's message shows the new day.",),
        facts=(m.Fact("Now", say_date(campaign.due_on)),),
        fields=(m.Date("due", "Answer by"),),
        submit="Move",
    )


@WORKFLOW.do("move", help="move the due date", example="campaign move C-3 due:2w", find=find, form=move_form, may=leads)
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


def withdraw_form(ctx: Context, campaign: Campaign) -> m.Form:
    """Return the form that withdraws a campaign."""
    ready(ctx, campaign, "withdraw")
    return m.Form(
        act="campaign.withdraw",
        target=campaign.code,
        title=f"Withdraw {campaign.code}",
        lines=(
            "Nobody is asked any more. What was not sent is dropped, cards say so, and answers are kept."
            if campaign.launched_at
            else "Nobody has heard of it, and nobody will.",
        ),
        facts=(m.Fact("Asks for", campaign.title),),
        fields=(m.Text("reason", "Why", hint="Kept on record.", long=True),),
        submit="Withdraw",
    )


@WORKFLOW.do(
    "withdraw",
    help="take a campaign back; answers are kept",
    example="campaign withdraw C-3 The wrong version was asked about",
    find=find,
    form=withdraw_form,
    may=leads,
)
def withdraw(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Withdraw a campaign; its cards are redrawn in batches."""
    ready(ctx, campaign, "withdraw")
    proof = ctx.record(
        "campaign.withdrawn",
        subject_of(campaign),
        outcome="withdrawn",
        private={"reason": answers["reason"]},
        campaign_ref=campaign.code,
    )
    never_launched = campaign.launched_at is None
    ctx.move(campaign, "withdraw", MOVES, proof)
    after = "Nobody had heard of it." if never_launched else f"Answers are kept. {_after(ctx, campaign)}"
    return m.Message(f"{campaign.code} is withdrawn.", lines=(after,), tone="good")


def _after(ctx: Context, campaign: Campaign) -> str:
    """Return what becomes of what a campaign had to say."""
    said = select(OutboxMessage.id).where(OutboxMessage.campaign_id == campaign.id)
    sent = select(Delivery.id).where(Delivery.message_id.in_(said), Delivery.sent_at.is_not(None)).limit(1)
    return "Cards that were sent will say so." if ctx.session.scalar(sent) else "No message had gone out yet."


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
