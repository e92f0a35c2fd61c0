"""From a launch to a population on record: in batches, as recorded at the instant; then count and hash, then the wait.

Every batch is one transaction with its own record, and the campaign's row remembers how far it came. Killed anywhere,
the next worker goes on after the last batch that was committed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select

from models.campaign import Assignment, Campaign
from models.person import Person
from workflows.campaign.base import WORKFLOW, criteria_of, subject_of, take
from workflows.campaign.counted import ASSIGNED, record_population
from workflows.campaign.population import Sorting, Task, sort_out
from workflows.campaign.roster import standings
from workflows.context import Context
from workflows.duty import end_of_day

BATCH = 200  # people: a transaction of some tens of milliseconds, so that no answer waits behind it


@WORKFLOW.job("fan out")
def fan_out(ctx: Context) -> int:
    """Take the next people of a launched campaign; after the last, put count and hash on record."""
    campaign = take(ctx, Campaign.state == "launching")
    if campaign is None or campaign.launched_at is None:
        return 0
    people, last = standings(ctx.session, campaign.cursor, BATCH, campaign.launched_at)
    if last == campaign.cursor:
        record_population(ctx, campaign)
        return 1
    sorting = sort_out(ctx, campaign, people, campaign.launched_at)
    if sorting.tasks or sorting.excluded:
        assign(ctx, campaign, sorting, ASSIGNED, reason=campaign.reason)
    campaign.cursor = last
    return max(1, len(people))


def assign(
    ctx: Context,
    campaign: Campaign,
    sorting: Sorting,
    type_: str,
    *,
    reason: str,
    private: Mapping[str, str] | None = None,
) -> None:
    """Open what was sorted into asked, and write one record of it with those who were left out, and why."""
    numbers = _insert(ctx, campaign, sorting.tasks, reason) if sorting.tasks else {}
    entries = [
        [
            task.who.ref,
            f"A-{numbers[task.who.id, task.subject]}",
            task.subject,
            task.due_on.isoformat(),
            "on leave" if task.away else reason,
        ]
        for task in sorting.tasks
    ]
    ctx.record(
        type_,
        subject_of(campaign),
        facts={"entries": entries, "excluded": [[one.who.ref, one.subject, one.reason] for one in sorting.excluded]},
        private=private or {},
        campaign_ref=campaign.code,
        control_ids=criteria_of(ctx, campaign),
    )


def _insert(ctx: Context, campaign: Campaign, tasks: list[Task], reason: str) -> dict[tuple[int, str], int]:
    """Insert the assignments and return {(person id, subject): assignment id}."""
    refs = {task.who.manager for task in tasks}
    managers = {ref: id_ for id_, ref in ctx.session.execute(select(Person.id, Person.ref).where(Person.ref.in_(refs)))}
    rows = [
        {
            "workflow": campaign.workflow,
            "subject": task.subject,
            "campaign_id": campaign.id,
            "owed_by_id": task.who.id,
            "assignee_id": task.who.id,
            "reason": reason,
            "department": task.who.department,
            "manager_id": managers.get(task.who.manager),
            "assigned_at": ctx.now,
            "due_on": task.due_on,
            "due_at": end_of_day(task.due_on, task.who.zone),
            "next_nudge_at": ctx.now,
        }
        for task in tasks
    ]
    inserted = insert(Assignment).returning(Assignment.id, Assignment.owed_by_id, Assignment.subject)
    return {(person, subject): id_ for id_, person, subject in ctx.session.execute(inserted, rows)}
