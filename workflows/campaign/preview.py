"""Before a launch: who would be asked and how they are reached, who not and why, and what they would see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from models import message as m
from models.campaign import Assignment, Campaign
from workflows import duty
from workflows.campaign.announce import card_for
from workflows.campaign.base import STANDS, WORKFLOW, find, promise
from workflows.campaign.population import PAGE, Sorting, foresee
from workflows.campaign.roster import Standing
from workflows.context import Context, say_date, zone_of
from workflows.reach import channels_by_person
from workflows.who import leads
from workflows.workflow import Answers, Refusal

CHANNELS = {"slack": "Slack", "teams": "Teams", "mail": "E-mail", "web": "Web inbox"}


@WORKFLOW.look(
    "preview",
    help="see who would be asked, who not and why, and the message",
    example="campaign preview C-3",
    find=find,
    may=leads,
)
def preview(ctx: Context, campaign: Campaign, answers: Answers) -> m.Home:
    """Return the preview of a draft; afterwards there is a population on record instead."""
    if campaign.state != "draft":
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", f"Type `campaign show {campaign.code}`.")
    return show(ctx, campaign)


def show(ctx: Context, campaign: Campaign) -> m.Home:
    """Return what launching the campaign now would do."""
    sorting = foresee(ctx, campaign)
    asked = {task.who.id: task.who for task in sorting.tasks}
    reached = channels(ctx, asked.values())
    cards = (
        _numbers(campaign, sorting, reached),
        *_unreachable(asked, reached),
        *_on_leave(sorting),
        *_excluded(ctx, campaign, sorting),
        _sample_card(ctx, campaign),
    )
    buttons: tuple[m.Button, ...] = ()
    if campaign.state == "draft":
        buttons = (
            m.Button("Launch", "campaign.launch", campaign.code, "primary"),
            m.Button("Send to myself", "campaign.try", campaign.code),
            m.Button("Pilot", "campaign.pilot", campaign.code),
            m.Button("Launch kit", "campaign.kit", campaign.code),
            m.Button("Put together with other drafts", "campaign.combine", campaign.code),
        )
    return m.Home(f"Preview of {campaign.code}", lines=(campaign.title,), cards=cards, buttons=buttons)


def channels(ctx: Context, people: Iterable[Standing]) -> dict[int, list[str]]:
    """Return {person id: channels} for all of `people`, however many."""
    ids = [one.id for one in people]
    found: dict[int, list[str]] = {}
    for first in range(0, len(ids), PAGE):
        found |= channels_by_person(ctx.session, ctx.settings, ids[first : first + PAGE])
    return found


def _numbers(campaign: Campaign, sorting: Sorting, reached: dict[int, list[str]]) -> m.Message:
    """Return how many are asked, and by which channels."""
    by_channel = Counter(CHANNELS.get(channel, channel) for ways in reached.values() for channel in ways)
    return m.Message(
        f"{sorting.people} people will be asked" if sorting.people != 1 else "1 person will be asked",
        facts=(
            m.Fact("Who is asked", campaign.audience),
            m.Fact("Answer by", say_date(campaign.due_on)),
            *(m.Fact(channel, str(count)) for channel, count in by_channel.most_common()),
            m.Fact("Not asked", str(len({one.who.id for one in sorting.excluded}))),
        ),
    )


def _unreachable(asked: dict[int, Standing], reached: dict[int, list[str]]) -> list[m.Message]:
    rows = tuple((m.mention(asked[id_].ref), "no chat and no e-mail address") for id_ in asked if not reached[id_])
    table = m.Table("They are asked all the same, and wait in no list", ("Who", "Why"), rows)
    return [m.Message(f"Nobody can reach: {len(rows)}", tables=(table,), tone="warn")] if rows else []


def _on_leave(sorting: Sorting) -> list[m.Message]:
    away = {task.who.id: task for task in sorting.tasks if task.away}
    rows = tuple(
        (
            m.mention(task.who.ref),
            say_date(task.who.leave_to) if task.who.leave_to else "not known",
            say_date(task.due_on),
        )
        for task in away.values()
    )
    table = m.Table("Their message waits until they are back", ("Who", "On leave until", "Answer by"), rows)
    return [m.Message(f"On leave: {len(rows)}", tables=(table,))] if rows else []


def _excluded(ctx: Context, campaign: Campaign, sorting: Sorting) -> list[m.Message]:
    """Return everybody in the audience who is not asked, by name, with the reason."""
    flow = promise(campaign)
    rows = tuple(
        (
            m.mention(one.who.ref),
            flow.subject_title(ctx.session, one.subject) if one.subject else "Everything",
            one.reason,
        )
        for one in sorting.excluded
    )
    table = m.Table("In the audience, but not asked", ("Who", "What", "Why"), rows)
    return [m.Message(f"Not asked: {len(rows)}", tables=(table,))] if rows else []


def _sample_card(ctx: Context, campaign: Campaign) -> m.Message:
    """Return the message as people will see it, set apart as a sample."""
    seen = sample(ctx, campaign)
    return replace(seen, title=f"The message: {seen.title}")


def sample(ctx: Context, campaign: Campaign) -> m.Message:
    """Return the message as the actor would see it. Its buttons are only named: nothing is owed yet."""
    person = ctx.person
    zone = zone_of(person)
    owed = [
        Assignment(
            id=0,
            workflow=campaign.workflow,
            subject=subject,
            owed_by_id=person.id,
            assignee_id=person.id,
            owed_by=person,
            assignee=person,
            state="open",
            step="answer",
            version=1,
            nudges=0,
            reason=campaign.reason,
            department=person.department,
            assigned_at=ctx.now,
            due_on=campaign.due_on,
            due_at=duty.end_of_day(campaign.due_on, zone),
        )
        for subject in campaign.subjects
    ]
    card = card_for(ctx, campaign, owed, person)
    buttons = ", ".join(f"[{button.label}]" for button in card.buttons)
    return replace(card, lines=(*card.lines, f"Buttons: {buttons}") if buttons else card.lines, buttons=(), links=())
