"""The campaign's declaration: its states, how its id finds it, what its records and its due dates have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from evidence.record import Subject
from models.campaign import Campaign
from workflows.context import Context, zone_of
from workflows.workflow import REGISTRY, Refusal, Unnamed, Workflow

MOVES = {
    ("draft", "launch"): "launching",
    ("draft", "withdraw"): "withdrawn",
    ("launching", "hold"): "held",
    ("launching", "stop"): "stopped",
    ("held", "stop"): "stopped",
    ("held", "begin"): "running",
    ("running", "pause"): "paused",
    ("paused", "resume"): "running",
    ("running", "withdraw"): "withdrawn",
    ("paused", "withdraw"): "withdrawn",
    ("running", "close"): "closed",
}
MOST = 20  # campaigns among which somebody who names none may choose
LIVE = ("held", "running", "paused")
OVER = ("closed", "stopped", "withdrawn")
WORKFLOW = Workflow(
    "campaign",
    "Campaigns",
    "ask many people at once: prepare, launch, watch, stop",
    moves=MOVES,
    records={
        "campaign.drafted": "A campaign was prepared; nobody heard of it.",
        "campaign.combined": "A draft went into another one that asks several things together.",
        "campaign.tried": "A lead sent themselves the message as people would see it.",
        "campaign.launched": "A campaign was launched: from this instant its population is the roster as recorded.",
        "campaign.assigned": "A batch of the population was asked, and others left out, each with the reason.",
        "campaign.added": "Somebody was asked after the launch, or began to work here meanwhile.",
        "campaign.population": "Count and hash of the population were fixed, before anything was sent.",
        "campaign.begun": "The waiting time was over, and sending began.",
        "campaign.stopped": "A launch was stopped before anything was sent.",
        "campaign.paused": "Sending was paused.",
        "campaign.resumed": "Sending went on.",
        "campaign.due_moved": "The due date was moved.",
        "campaign.due": "A batch of duties took the new due date.",
        "campaign.withdrawn": "A campaign was withdrawn, and somebody said why; answers stay.",
        "campaign.taken_back": "A batch of duties of a stopped or withdrawn campaign was taken back.",
        "campaign.closed": "Everybody asked had answered, or need not any more.",
    },
)


def finder(verb: str = "") -> Callable[[Context, str], Campaign]:
    """Return a finder by C-3 that raises Refusal; where none is named it can be those that `verb` may move now."""
    states = {state for state, move in MOVES if verb in ("", move)}

    def find_one(ctx: Context, target: str) -> Campaign:
        if not target:
            newest = select(Campaign).where(Campaign.state.in_(states)).order_by(Campaign.id.desc()).limit(MOST)
            raise Unnamed(
                "Which campaign?", [(one.code, f"{one.code} {one.title}") for one in ctx.session.scalars(newest)]
            )
        number = target.upper().removeprefix("C-")
        campaign = ctx.session.get(Campaign, int(number)) if number.isdecimal() and len(number) < 10 else None
        if campaign is None:
            raise Refusal(f"There is no campaign {target}.", "Type `campaign list` to see them.", status="missing")
        return campaign

    return find_one


find = finder()


def ready(ctx: Context, campaign: Campaign, verb: str) -> None:
    """Raise Refusal, saying how the campaign stands, where it cannot be moved by `verb` now."""
    if (campaign.state, verb) not in MOVES:
        nothing = verb == "withdraw" and campaign.state in OVER
        advice = "Nothing to take back." if nothing else NEXT[campaign.state].format(campaign.code)
        raise Refusal(f"{campaign.code} is {STANDS[campaign.state]}.", advice, status="again")


STANDS = {
    "draft": "a draft: nobody has been asked",
    "launching": "being launched: who will be asked is being put on record",
    "held": "ready: nothing is sent before the waiting time is over",
    "running": "running",
    "paused": "paused: nothing is sent",
    "closed": "closed: everybody asked has answered or need not any more",
    "stopped": "stopped: nothing was sent",
    "withdrawn": "withdrawn",
}
# What can be done with a campaign in a state, for somebody who tried something else.
NEXT = {
    "draft": "`campaign launch {0}` launches it, `campaign withdraw {0}` drops it.",
    **dict.fromkeys(("launching", "held"), "`campaign stop {0}` stops it before anything is sent."),
    "running": "`campaign pause {0}` holds it back, `campaign withdraw {0}` takes it back.",
    "paused": "`campaign resume {0}` lets it go on, `campaign withdraw {0}` takes it back.",
    **dict.fromkeys(OVER, "Prepare another with `campaign new`."),
}


def take(ctx: Context, *where: Any) -> Campaign | None:
    """Return the oldest campaign for which `where` holds, held for this transaction; one in other hands is left out.

    This lock is what keeps two workers out of one batch on PostgreSQL; SQLite has one writer anyway.
    """
    return ctx.session.scalar(
        select(Campaign).where(*where).order_by(Campaign.id).limit(1).with_for_update(skip_locked=True)
    )


def subject_of(campaign: Campaign) -> Subject:
    """Return a campaign as evidence names it."""
    return Subject("campaign", campaign.code)


def population_ref(campaign: Campaign) -> dict[str, Any]:
    """Return the population as records refer to it, once it is fixed."""
    return {"id": campaign.code, "sha256": campaign.population_sha256 or "", "count": campaign.population_count or 0}


def promise(campaign: Campaign) -> Workflow:
    """Return the workflow that a campaign asks for."""
    return REGISTRY.workflow(campaign.workflow)


def criteria_of(ctx: Context, campaign: Campaign) -> list[str]:
    """Return the SOC 2 criteria that a campaign's answers speak to."""
    flow = promise(campaign)
    return sorted({one for subject in campaign.subjects for one in flow.criteria_of(ctx.session, subject)})


def due_after(campaign: Campaign, begun: date, first_day: date) -> date:
    """Return by when somebody answers who can only begin on `first_day`: with as many days as all had from `begun`."""
    return max(campaign.due_on, first_day + (campaign.due_on - begun))


def clock(ctx: Context, at: datetime) -> str:
    """Return a time of day as the actor reads it: "10:10"."""
    return f"{at.astimezone(zone_of(ctx.actor)):%H:%M}"
