"""Before a launch: who would be asked and how they are reached, who not and why, and what they would see."""

from __future__ import annotations

from dataclasses import replace

from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import STANDS, WORKFLOW, finder, promise
from workflows.campaign.population import Sorting, foresee
from workflows.campaign.reached import _numbers, _unreachable, _without_app, channels
from workflows.campaign.sample import sample
from workflows.context import Context, say_date
from workflows.who import leads
from workflows.workflow import Answers, Refusal


@WORKFLOW.look(
    "preview",
    help="see who would be asked, who not and why, and the message",
    example="campaign preview C-3",
    find=finder("launch"),
    may=leads,
)
def preview(ctx: Context, campaign: Campaign, answers: Answers) -> m.Home:
    """Return the preview of a draft; afterwards there is a population on record instead."""
    if campaign.state != "draft":
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", f"Type `campaign show {campaign.code}`.")
    return show(ctx, campaign)


def show(ctx: Context, campaign: Campaign) -> m.Home:
    """Return what launching a draft now would do."""
    sorting = foresee(ctx, campaign)
    asked = {task.who.id: task.who for task in sorting.tasks}
    reached = channels(ctx, asked.values())
    cards = (
        _numbers(campaign, sorting, reached),
        *_unreachable(asked, reached),
        *_without_app(ctx, reached),
        *_on_leave(sorting),
        *_excluded(ctx, campaign, sorting),
        _sample_card(ctx, campaign),
    )
    launch = (m.Button("Launch", "campaign.launch", campaign.code, "primary"),)
    buttons = (
        *(launch if sorting.people else ()),
        m.Button("Send to myself", "campaign.try", campaign.code),
        m.Button("Pilot", "campaign.pilot", campaign.code),
        m.Button("Launch kit", "campaign.kit", campaign.code),
        m.Button("Put together with other drafts", "campaign.combine", campaign.code),
    )
    return m.Home(f"Preview of {campaign.code}", lines=(campaign.title,), cards=cards, buttons=buttons)


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
