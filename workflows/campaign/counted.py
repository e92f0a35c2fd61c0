"""The population on record: count and hash over what the batches state, before anything is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from evidence.canonical import canonical
from models import message as m
from models.campaign import Campaign
from models.person import Person
from models.record import Record
from workflows.campaign.base import MOVES, clock, criteria_of, subject_of
from workflows.context import Context
from workflows.drafts import asked_facts
from workflows.redraw import about

ASSIGNED = "campaign.assigned"


def record_population(ctx: Context, campaign: Campaign) -> None:
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


def combined(ctx: Context, campaigns: Sequence[Campaign]) -> dict[str, str]:
    """Return {code: code of the campaign that took its place} for those of some campaigns that went into another."""
    codes = [one.code for one in campaigns if one.state == "withdrawn"]
    went = select(Record.subject, Record.body).where(Record.type == "campaign.combined", Record.subject.in_(codes))
    rows = ctx.session.execute(went) if codes else ()
    return {subject: json.loads(body)["facts"]["combined_into"] for subject, body in rows}


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
            facts=(m.Fact("Fingerprint of the list of people", campaign.population_sha256 or ""),),
            buttons=(
                m.Button("Stop", "campaign.stop", campaign.code, "danger"),
                m.Button("See who", "campaign.show", campaign.code),
            ),
        ),
        kind="notice",
        dedupe=f"{campaign.code}:ready",
        topic=about(campaign.code),
    )
