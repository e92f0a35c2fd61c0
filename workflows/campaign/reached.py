"""By which channels people are reached, and whom none reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from config.chats import TEAMS_FOR_EVERYBODY, TEAMS_GUIDE
from models import message as m
from models.campaign import Campaign
from workflows.campaign.population import PAGE, Sorting
from workflows.campaign.roster import Standing
from workflows.context import Context, say_date
from workflows.reach import CHANNELS, channels_by_person, people_in


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


def _without_app(ctx: Context, reached: dict[int, list[str]]) -> list[m.Message]:
    """Return how many could be asked in Teams and are in no chat, and by which ways they are asked instead."""
    if not ctx.settings.teams or ctx.settings.teams_local:
        return []
    there = people_in(ctx.session, ctx.settings, list(reached), "teams")
    without = [ways for id_, ways in reached.items() if id_ not in there and "slack" not in ways]
    if not without:
        return []
    instead = Counter(CHANNELS.get(ways[0], ways[0]) if ways else "Nobody can reach" for ways in without)
    lines = (
        "They are asked all the same, by the ways below.",
        f"An administrator can install it for everybody. {TEAMS_FOR_EVERYBODY} Each step: `{TEAMS_GUIDE}`.",
    )
    facts = tuple(m.Fact(way, str(count)) for way, count in instead.most_common())
    return [m.Message(f"Without the app in Teams: {len(without)}", lines=lines, facts=facts, tone="warn")]
