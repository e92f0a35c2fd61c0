"""The message of a campaign as people will see it, before anybody does; a lead may send it to themselves."""

from __future__ import annotations

from dataclasses import replace

from models import message as m
from models.campaign import Assignment, Campaign
from workflows import duty
from workflows.campaign.announce import card_for
from workflows.campaign.base import WORKFLOW, find, subject_of
from workflows.context import Context, zone_of
from workflows.who import leads
from workflows.workflow import Answers


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


@WORKFLOW.do(
    "try", help="send yourself the message as people will see it", example="campaign try C-3", find=find, may=leads
)
def try_(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Write the sample to the actor's own channels. It is no notice: under To do it would look like a duty."""
    seen = sample(ctx, campaign)
    said = replace(seen, title=f"Test: {seen.title}", lines=("Only you got this.", *seen.lines))
    proof = ctx.record("campaign.tried", subject_of(campaign), outcome="sent to oneself")
    ctx.say(ctx.person, said, kind="sample", dedupe=f"{proof}:try")
    return m.Message(
        "It is on its way to you.",
        lines=("Only you get it, and nothing is asked of you yet.",),
        buttons=(m.Button("Messages", "inbox"),),
        tone="good",
    )
