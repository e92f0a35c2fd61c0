"""The launch kit: what to tell people beforehand, so that nobody takes the bot for a fraud."""

from __future__ import annotations

from urllib.parse import urlsplit

from config.texts import text
from models import message as m
from models.campaign import Campaign
from workflows.campaign.base import WORKFLOW, find
from workflows.campaign.population import foresee
from workflows.campaign.reached import channels
from workflows.context import Context, say_date
from workflows.who import leads
from workflows.workflow import Answers

WAYS = {
    "slack": "in Slack, as a direct message",
    "teams": "in Teams, as a direct message",
    "mail": "by e-mail",
    "web": "in its web inbox",
}


@WORKFLOW.look(
    "kit",
    help="get an announcement, and how people recognise the bot",
    example="campaign kit C-3",
    find=find,
    may=leads,
)
def kit(ctx: Context, campaign: Campaign, answers: Answers) -> m.Message:
    """Return the launch kit of a campaign."""
    settings = ctx.settings
    asked = {task.who.id: task.who for task in foresee(ctx, campaign).tasks}
    used = {way for ways in channels(ctx, asked.values()).values() for way in ways}
    prose = text(
        "launch-kit.md",
        title=campaign.title,
        due=say_date(campaign.due_on),
        bot=settings.bot_name,
        company=settings.company,
        channels=" or ".join(phrase for way, phrase in WAYS.items() if way in used) or WAYS["web"],
        host=urlsplit(settings.base_url).netloc,
        base=settings.base_url,
        sender=settings.mail_from if "mail" in used else "",
        people=len(asked),
    )
    return m.Message(f"Launch kit for {campaign.code}", lines=(campaign.title,), prose=prose)
