"""An approval that was given in a meeting comes in with its minutes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from evidence.canonical import instant
from evidence.record import Subject
from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context, say_date
from workflows.policy import originals, states
from workflows.policy.base import WORKFLOW
from workflows.policy.review import in_front, links, standing
from workflows.who import leads
from workflows.workflow import Answers, Invalid


def elsewhere_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form for an approval that was given elsewhere."""
    states.movable(version, "approved-elsewhere")
    return m.Form(
        "policy.approved-elsewhere",
        version.code,
        f"“{version.title}” was approved elsewhere",
        (
            m.Person("approver", "Who approved it?", hint="Not its author."),
            m.Date("on", "On which day?"),
            m.File("minutes", "Minutes or signed copy", hint="Kept as it is, byte for byte.", accept=originals.PAPERS),
        ),
        facts=in_front(version, ctx.session.get(Person, version.author_id)),
        links=links(version),
        submit="Keep this approval",
    )


@WORKFLOW.do(
    "approved-elsewhere",
    help="record an approval given in a meeting, with its minutes",
    example="policy approved-elsewhere POL-3v4",
    form=elsewhere_form,
    find=states.finder("approved-elsewhere"),
    may=leads,
)
def approved_elsewhere(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Record an approval that the minutes prove; the lead who brings it is on record beside the approver."""
    approver, day = answers["approver"], answers["on"]
    if approver.id == version.author_id:
        raise Invalid(approver="The author cannot approve.")
    if day > ctx.today:
        raise Invalid(on="That day is still to come.")
    minutes = originals.keep(ctx, answers["minutes"], "minutes", originals.PAPERS)
    at = datetime.combine(day, time(), UTC)
    proof = ctx.record(
        "policy.approved",
        Subject("policy", version.policy.code, version.number, version.sha256),
        outcome="approved elsewhere",
        facts={"approver": approver.ref, "approved_at": instant(at), "minutes_sha256": minutes.sha256},
        private={"file_name": minutes.name},
    )
    approved = f"Approved by {m.mention(approver.ref)} on {say_date(day)}; the minutes are kept."
    ctx.move(version, "approve elsewhere", states.MOVES, proof, approved, approved_at=at, approver_id=approver.id)
    return standing(ctx, version, approved)
