"""Who is asked and who is not, with the reason: the same rule for the preview and for the population itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from models.campaign import Assignment, Campaign
from models.person import ANSWERING_KINDS
from workflows.audience import holds, read
from workflows.campaign.base import due_after, promise
from workflows.campaign.roster import Standing, standings
from workflows.context import Context
from workflows.duty import OPEN

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """One subject asked of one person, until when; `away` while they are on leave."""

    who: Standing
    subject: str
    due_on: date
    away: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Somebody who is in the audience but is not asked; `subject` is empty where it is about all of them."""

    who: Standing
    subject: str
    reason: str


@dataclass(slots=True)
class Sorting:
    """Everybody in the audience, sorted."""

    tasks: list[Task] = field(default_factory=list)
    excluded: list[Exclusion] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many people are asked anything."""
        return len({task.who.id for task in self.tasks})


def hindrance(one: Standing, today: date) -> str:
    """Return why somebody cannot be asked on that day, or nothing; leave only pauses."""
    if one.kind not in ANSWERING_KINDS:
        return f"cannot answer: {one.kind}"
    if one.roles == {"auditor"}:
        return "on the roster only to audit"
    if one.start is not None and one.end is not None and one.end < one.start:
        return "withdrawn: came in with an import, gone again"
    if one.end is not None and one.end < today:
        return "contract ended" if one.kind == "contractor" else "left"
    return "not started" if one.start is not None and one.start > today else ""


def sort_out(ctx: Context, campaign: Campaign, people: Sequence[Standing], at: datetime) -> Sorting:
    """Sort those of `people` who are in the audience at `at` into asked and excluded, by subject."""
    sorting = Sorting()
    everyone = read(campaign.audience)
    flow = promise(campaign)
    audiences = {subject: read(flow.audience_of(ctx.session, subject)) for subject in campaign.subjects}
    open_: list[Standing] = []
    for one in people:
        if not (holds(everyone, one) and any(holds(wanted, one) for wanted in audiences.values())):
            continue
        reason = hindrance(one, at.astimezone(one.zone).date())
        if reason:
            sorting.excluded.append(Exclusion(one, "", reason))
        else:
            open_.append(one)
    for subject, wanted in audiences.items():
        _ask(ctx, campaign, subject, [one for one in open_ if holds(wanted, one)], at, sorting)
    return sorting


def _ask(
    ctx: Context, campaign: Campaign, subject: str, people: list[Standing], at: datetime, sorting: Sorting
) -> None:
    """Sort people for one subject: who has answered, or is asked already, is not asked again."""
    ids = [one.id for one in people]
    spared = {**promise(campaign).answered(ctx, subject, ids), **_asked_elsewhere(ctx, campaign, subject, ids)}
    for one in people:
        if one.id in spared:
            sorting.excluded.append(Exclusion(one, subject, spared[one.id]))
            continue
        sorting.tasks.append(_task(campaign, subject, one, at))


def _task(campaign: Campaign, subject: str, one: Standing, at: datetime) -> Task:
    """Return what one person is asked; who is on leave has as many days after it as the others have now."""
    today = at.astimezone(one.zone).date()
    if not one.away(today):
        return Task(one, subject, campaign.due_on)
    due_on = due_after(campaign, today, one.leave_to + timedelta(days=1)) if one.leave_to else campaign.due_on
    return Task(one, subject, due_on, away=True)


def _asked_elsewhere(ctx: Context, campaign: Campaign, subject: str, ids: Sequence[int]) -> Mapping[int, str]:
    """Return those who owe this already: in another campaign (such as a pilot), or by themselves.

    Duties about an earlier text count, because a job is bringing them to this one; those of a campaign that was stopped
    do not, because a job is taking them back. So a preview says the same before that job has run and after it.
    """
    over = select(Campaign.id).where(Campaign.state.in_(("stopped", "withdrawn")))
    rows = ctx.session.execute(
        select(Assignment.owed_by_id, func.max(Assignment.campaign_id))
        .where(
            Assignment.owed_by_id.in_(ids),
            Assignment.workflow == campaign.workflow,
            Assignment.subject.in_(promise(campaign).asked_as(ctx.session, subject)),
            Assignment.state.in_(OPEN),
            func.coalesce(Assignment.campaign_id, 0) != campaign.id,
            func.coalesce(Assignment.campaign_id, 0).not_in(over),
        )
        .group_by(Assignment.owed_by_id)
    )
    return {person: f"asked already in C-{other}" if other else "asked already" for person, other in rows}


def foresee(ctx: Context, campaign: Campaign) -> Sorting:
    """Return who would be asked if the campaign were launched now; one gesture asks this twice and is told once."""
    known: dict[tuple[int, datetime], Sorting] = ctx.session.info.setdefault(Sorting, {})
    if (campaign.id, ctx.now) not in known:
        known[campaign.id, ctx.now] = _foresee(ctx, campaign)
    return known[campaign.id, ctx.now]


def _foresee(ctx: Context, campaign: Campaign) -> Sorting:
    sorting, after = Sorting(), 0
    while True:
        page, last = standings(ctx.session, after, PAGE)
        if last == after:
            return sorting
        found = sort_out(ctx, campaign, page, ctx.now)
        sorting.tasks += found.tasks
        sorting.excluded += found.excluded
        after = last
