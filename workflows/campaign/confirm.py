"""What a launch asks first: that there is somebody, that it is still in force, and the number where there are many."""

from __future__ import annotations

from config.programme import programme
from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import promise, ready
from workflows.context import Context
from workflows.workflow import Answers, Invalid, Refusal


def number(people: int) -> tuple[m.AnyField, ...]:
    """Return the question for the number, where so many people are asked that one should think twice."""
    if people <= programme().campaigns.confirm_above:
        return ()
    return (m.Text("number", f"{people} people will be asked. Type the number to go on.", limit=10),)


def somebody(people: int) -> None:
    if not people:
        raise Refusal("Nobody would be asked.", "`campaign preview` says who is left out, and why.")


def confirmed(people: int, answers: Answers) -> None:
    """Raise Invalid unless the number that was typed is the number of people; Refusal where there is nobody."""
    somebody(people)
    if "number" in answers and answers["number"].replace(",", "").replace(" ", "") != str(people):
        raise Invalid(number=f"Type {people}, the number of people who will be asked, or go back and look again.")


def askable(ctx: Context, campaign: Campaign) -> None:
    """Raise Refusal where a campaign is no draft, or what it asks about has been replaced since it was drafted."""
    ready(ctx, campaign, "launch")
    current = {topic.subject for topic in promise(campaign).topics(ctx.session)}
    stale = [subject for subject in campaign.subjects if subject not in current]
    if stale:
        raise Refusal(
            f"{', '.join(stale)} cannot be asked any more: something newer has taken its place.",
            f"Prepare another with `campaign new`, and drop this one with `campaign withdraw {campaign.code}`.",
        )


def waits() -> str:
    return f"Nothing is sent for {programme().campaigns.hold_minutes} minutes; until then you can stop it."
