"""From a launch to a population on record: in batches, as recorded at the instant; then count and hash, then the wait.

Every batch is one transaction with its own record, and the campaign's row remembers how far it came. Killed anywhere,
the next worker goes on after the last batch that was committed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Literal

from sqlalchemy import func, insert, select

from evidence.canonical import canonical
from models import message as m
from models.campaign import Assignment, Campaign
from models.person import Person
from models.record import Record
from workflows.campaign.base import MOVES, WORKFLOW, clock, criteria_of, subject_of, take
from workflows.campaign.population import Sorting, Task, sort_out
from workflows.campaign.roster import standings
from workflows.context import Context
from workflows.drafts import asked_facts
from workflows.duty import end_of_day

ASSIGNED = "campaign.assigned"
BATCH = 200  # people: a transaction of some tens of milliseconds, so that no answer waits behind it


@WORKFLOW.job("fan out")
def fan_out(ctx: Context) -> int:
    """Take the next people of a launched campaign; after the last, put count and hash on record."""
    campaign = take(ctx, Campaign.state == "launching")
    if campaign is None or campaign.launched_at is None:
        return 0
    people, last = standings(ctx.session, campaign.cursor, BATCH, campaign.launched_at)
    if last == campaign.cursor:
        _record_population(ctx, campaign)
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


def _record_population(ctx: Context, campaign: Campaign) -> None:
    """Put count and hash of the population on record; from now on the campaign waits before it sends."""
    entries = population_entries(ctx, campaign)
    sha256 = hashlib.sha256(canonical(entries)).hexdigest()
    people = len({entry[0] for entry in entries})
    proof = ctx.record(
        "campaign.population",
        subject_of(campaign),
        outcome="fixed",
        facts={**asked_facts(campaign), "count": len(entries), "people": people, "sha256": sha256},
        campaign_ref=campaign.code,
        population_ref={"id": campaign.code, "sha256": sha256, "count": len(entries)},
        control_ids=criteria_of(ctx, campaign),
    )
    ctx.move(
        campaign,
        "hold",
        MOVES,
        proof,
        population_count=len(entries),
        population_sha256=sha256,
        population_record_id=proof,
    )
    _tell_lead(ctx, campaign, people)


def population_entries(ctx: Context, campaign: Campaign) -> list[list[str]]:
    """Return the population as it is hashed: the sorted entries of the batches' own records.

    So anybody can count and hash it again from the records alone. Who was added later stands in other records.
    """
    return sorted(on_record(ctx, campaign, "entries"))


def on_record(ctx: Context, campaign: Campaign, part: Literal["entries", "excluded"]) -> list[list[str]]:
    """Return who was asked, or who was left out and why, as the records of the fan-out state it."""
    batches = select(Record.body).where(Record.subject == campaign.code, Record.type == ASSIGNED).order_by(Record.id)
    return [entry for body in ctx.session.scalars(batches) for entry in json.loads(body)["facts"][part]]


def _tell_lead(ctx: Context, campaign: Campaign, people: int) -> None:
    """Tell whoever launched it that the population is on record, and how to stop."""
    lead = ctx.session.get(Person, campaign.by_id) if campaign.by_id else None
    if lead is None or campaign.send_after is None:
        return
    starts = clock(Context(ctx.session, ctx.settings, ctx.now, lead), max(campaign.send_after, ctx.now))
    ctx.say(
        lead,
        m.Message(
            f"{campaign.code} is ready: {people} people",
            lines=(f"{campaign.title}. Who is asked is on record. Sending starts at {starts}.",),
            facts=(m.Fact("Fingerprint of the population", campaign.population_sha256 or ""),),
            buttons=(
                m.Button("Stop", "campaign.stop", campaign.code, "danger"),
                m.Button("See who", "campaign.show", campaign.code),
            ),
        ),
        kind="notice",
        dedupe=f"{campaign.code}:ready",
    )


@WORKFLOW.job("begin")
def begin(ctx: Context) -> int:
    """Let sending begin where the waiting time is over."""
    campaign = take(ctx, Campaign.state == "held", Campaign.send_after <= ctx.now)
    if campaign is None:
        return 0
    waiting = select(func.count()).where(Assignment.campaign_id == campaign.id)
    proof = ctx.record(
        "campaign.begun",
        subject_of(campaign),
        outcome="running",
        facts={"assignments": ctx.session.scalar(waiting) or 0},
        campaign_ref=campaign.code,
    )
    ctx.move(campaign, "begin", MOVES, proof)
    return 1
