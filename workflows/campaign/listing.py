"""The list of campaigns: those under way with their counts, and those that are over."""

from __future__ import annotations

from sqlalchemy import select

from models import message as m
from models.campaign import Assignment, Campaign
from workflows.campaign.base import OVER, WORKFLOW
from workflows.campaign.counted import combined
from workflows.campaign.look import buttons, standing
from workflows.context import Context, say_date
from workflows.counts import Count, count_by, sentence
from workflows.who import leads
from workflows.workflow import Answers

SHOWN = 30  # campaigns on the list; older ones can still be opened by their id


@WORKFLOW.look("list", help="see every campaign", example="campaign list", may=leads, page="Campaigns")
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return a card for every campaign that is under way, the newest first, and a table of those that are over."""
    newest = ctx.session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(SHOWN)).all()
    counted = count_by(
        ctx.session, ctx.person, ctx.now, Assignment.campaign_id, Assignment.campaign_id.in_([one.id for one in newest])
    )
    counts = {one.key: one for one in counted}
    return m.Home(
        "Campaigns",
        cards=(
            *(_card(ctx, one, counts.get(str(one.id))) for one in newest if one.state not in OVER),
            *_over(ctx, [one for one in newest if one.state in OVER]),
        ),
        empty="No campaign yet. Prepare the first one.",
        buttons=(m.Button("New campaign", "campaign.new", "", "primary"),),
    )


def _card(ctx: Context, campaign: Campaign, count: Count | None) -> m.Message:
    """Return a campaign in a few lines."""
    return m.Message(
        campaign.title,
        lines=(standing(ctx, campaign), *((sentence([count]),) if count else ())),
        facts=(m.Fact("Campaign", campaign.code), m.Fact("Answer by", say_date(campaign.due_on))),
        buttons=(m.Button("Open", "campaign.show", campaign.code), *buttons(campaign)),
    )


def _over(ctx: Context, campaigns: list[Campaign]) -> tuple[m.Message, ...]:
    """Return one card with a table of the campaigns that have ended, if there are any."""
    into = {code: f"put together into {whole}" for code, whole in combined(ctx, campaigns).items()}
    rows = tuple((one.code, one.title, into.get(one.code, one.state), say_date(one.due_on)) for one in campaigns)
    head = ("Campaign", "About", "Ended", "Answer by")
    lines = ("Type `campaign show C-1` to look at one of them.",)
    return (m.Message("Over", lines=lines, tables=(m.Table("The latest first", head, rows),)),) if rows else ()
