"""The first steps of a real deployment: who installed it is led to the first campaign, and sees how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from evidence.record import Subject
from models import message as m
from models.campaign import Campaign
from models.fact import Change, midnight
from models.person import Person
from models.policy import Policy, PolicyVersion
from workflows.context import Context
from workflows.who import admins
from workflows.workflow import REGISTRY, Answers, Workflow

WORKFLOW = Workflow(
    "setup",
    "First steps",
    "from an empty database to the first campaign",
    records={
        "deployment.installed": "An empty database became a real one, with whoever installed it as admin and lead."
    },
)
ROLES = ("admin", "employee", "lead")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: it is done as soon as `sign` finds a row. `act` is where to do it on the web, `typed` in a shell."""

    title: str
    label: str
    act: str
    typed: str
    sign: Select[Any]

    def done(self, session: Session) -> bool:
        """Return whether this has been done."""
        return session.execute(self.sign.limit(1)).first() is not None


STEPS = (
    Step(
        "Import your roster",
        "Import the roster",
        "people.import",
        "python -m bot people import roster.csv --full",
        select(Person.id).where(Person.employee_id.is_not(None)),
    ),
    Step(
        "Import your policies, or a copy of the ten in config/policies with a company.yaml of your own",
        "Import policies",
        "policy.import",
        "python -m bot policy import my-policies",
        select(PolicyVersion.id),
    ),
    Step(
        "Have them approved, and publish them",
        "See the policies",
        "policy.list",
        "",
        select(Policy.id).where(Policy.in_force_id.is_not(None)),
    ),
    Step(
        "Launch the first campaign",
        "Begin a campaign",
        "campaign.new",
        "",
        select(Campaign.id).where(Campaign.launched_at.is_not(None)),
    ),
)


@WORKFLOW.look("", help="see the first steps, and which are done", may=admins)
def setup(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Return the steps, done or not, with the next one to press."""
    return card(ctx)


@WORKFLOW.at_home
def unfinished(ctx: Context) -> tuple[m.Message, ...]:
    """Return the card for the homes of those who install, until everything is done; a demo has nothing to set up."""
    if ctx.settings.demo or not admins(ctx, None) or all(step.done(ctx.session) for step in STEPS):
        return ()
    return (card(ctx),)


def card(ctx: Context) -> m.Message:
    """Return the steps as they stand."""
    waiting = [step for step in STEPS if not step.done(ctx.session)]
    lines = [f"{'○' if step in waiting else '✓'} {number}. {step.title}" for number, step in enumerate(STEPS, 1)]
    if not waiting:
        return m.Message("First steps", lines=(*lines, "All done. Type `status` to see how it goes."), tone="good")
    nearest = waiting[0]
    shell = (f"In a shell: {nearest.typed}",) if nearest.typed else ()
    return m.Message("First steps", lines=(*lines, *shell), buttons=_buttons(nearest))


def _buttons(step: Step) -> tuple[m.Button, ...]:
    return (m.Button(step.label, step.act, style="primary"),) if REGISTRY.act(step.act) else ()


def install(ctx: Context, email: str) -> Person:
    """Make whoever installs the first person on the roster, as admin and compliance lead, and tell them what is next.

    Their name is what stands before the @ until a roster says better.
    """
    name = email.partition("@")[0].replace(".", " ").replace("_", " ").title()
    person = Person(name=name, email=email.lower(), roles=";".join(ROLES), recorded_at=ctx.now)
    ctx.session.add(person)
    ctx.session.flush()
    ctx.record(
        "deployment.installed",
        Subject("person", person.ref),
        outcome="installed",
        facts={"roles": list(ROLES)},
        private={"email": email},
        changes=[Change(person.ref, "role", True, midnight(ctx.today), key=role) for role in ROLES],
    )
    welcome = card(ctx)
    ctx.say(
        person,
        m.Message(
            f"{ctx.settings.bot_name} is installed",
            lines=("Nobody else has heard of it yet: nothing is sent before you launch a campaign.", *welcome.lines),
            links=(m.Link("Begin", "/go/setup"),),
        ),
        kind="request",
        dedupe="first-steps",
    )
    return person
