"""Drafts are approved by somebody who did not write them, here or (with the minutes) elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, time

from evidence.canonical import instant
from evidence.record import Subject
from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context, say_date
from workflows.policy import compare, originals, states
from workflows.policy.base import WORKFLOW, subject_of
from workflows.who import leads, leads_of
from workflows.workflow import Answers, Invalid, Rule

_KEEPERS: Rule = states.keeps


def _in_front(version: PolicyVersion, author: Person | None) -> tuple[m.Fact, ...]:
    """Return what whoever decides must know besides the text."""
    return (
        m.Fact("Policy", version.code),
        m.Fact("Author", m.mention(author.ref) if author else ""),
        m.Fact("For", version.audience),
        m.Fact("Fingerprint", version.sha256),
    )


def _links(version: PolicyVersion) -> tuple[m.Link, ...]:
    return (m.Link("Read the full text", f"/go/policy.show/{version.code}"),)


def submit_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that asks for an approval."""
    states.movable(version, "submit")
    named = ctx.session.get(Person, version.approver_id) if version.approver_id else None
    return m.Form(
        "policy.submit",
        version.code,
        f"Send “{version.title}” for approval",
        (
            m.Person("approver", "Who approves it?", hint="Not its author.", value=named.ref if named else ""),
            m.Text("changes", "What is new?", long=True, required=False, limit=2000, value=version.changes),
        ),
        facts=_in_front(version, ctx.session.get(Person, version.author_id)),
        tables=(compare.table(states.before(ctx.session, version), version),),
        links=_links(version),
        submit="Send for approval",
    )


@WORKFLOW.do(
    "submit",
    help="send a draft for approval",
    example="policy submit POL-3v4 @margit",
    form=submit_form,
    find=states.finder("submit"),
    may=_KEEPERS,
)
def submit(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Ask the approver, who must not be the author."""
    approver: Person = answers["approver"]
    if approver.id == version.author_id:
        raise Invalid(approver="The author cannot approve; name somebody else.")
    if not approver.answers() or not approver.employed(ctx.today):
        raise Invalid(approver="Name somebody who works here.")
    private = {"changes": answers["changes"]} if answers["changes"] else {}
    facts = {"approver": approver.ref}
    proof = ctx.record("policy.submitted", subject_of(version), outcome="in review", facts=facts, private=private)
    ctx.move(version, "submit", states.MOVES, proof, approver_id=approver.id, changes=answers["changes"])
    ctx.say(approver, _request(ctx, version), kind="notice", dedupe=f"{proof}:approver")
    return _standing(ctx, version, f"{m.mention(approver.ref)} is asked to approve it.")


def _request(ctx: Context, version: PolicyVersion) -> m.Message:
    """Return what the approver is told."""
    return m.Message(
        f"Please approve “{version.title}”",
        lines=tuple(line for line in (version.summary, version.changes) if line),
        facts=_in_front(version, ctx.session.get(Person, version.author_id)),
        buttons=(
            m.Button("Read", "policy.show", version.code),
            m.Button("Approve", "policy.approve", version.code, "primary"),
            m.Button("Ask for changes", "policy.changes", version.code),
        ),
    )


def _standing(ctx: Context, version: PolicyVersion, line: str) -> m.Message:
    """Return how a version stands after a move."""
    return m.Message(
        f"{version.title}: {version.state}",
        lines=(line,),
        facts=(m.Fact("Policy", version.code),),
        buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        tone="good",
    )


def approve_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return what the approver approves: the text's fingerprint and what changed. There is nothing to fill in."""
    states.movable(version, "approve")
    return m.Form(
        "policy.approve",
        version.code,
        f"Approve “{version.title}”",
        (),
        lines=tuple(line for line in (version.summary, version.changes) if line),
        facts=_in_front(version, ctx.session.get(Person, version.author_id)),
        tables=(compare.table(states.before(ctx.session, version), version),),
        links=_links(version),
        submit="Approve",
    )


@WORKFLOW.do(
    "approve",
    help="approve a draft that you did not write",
    example="policy approve POL-3v4",
    form=approve_form,
    find=states.finder("approve"),
    may=states.approves,
    personal=True,
)
def approve(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Record the approval; the leads are told that the version can be published."""
    facts = {"approver": ctx.person.ref, "approved_at": instant(ctx.now)}
    proof = ctx.record("policy.approved", subject_of(version), outcome="approved", facts=facts)
    ctx.move(version, "approve", states.MOVES, proof, approved_at=ctx.now)
    _tell_leads(ctx, version, proof)
    return _standing(ctx, version, "Thank you. It can be published now.")


def _tell_leads(ctx: Context, version: PolicyVersion, proof: str) -> None:
    """Tell the leads that a version waits to be published."""
    said = m.Message(
        f"“{version.title}” is approved",
        lines=("It can be published now.",),
        facts=(m.Fact("Policy", version.code),),
        buttons=(m.Button("Publish", "policy.publish", version.code, "primary"),),
        tone="good",
    )
    for lead in leads_of(ctx):
        if lead.id != ctx.person.id:
            ctx.say(lead, said, kind="notice", dedupe=f"{proof}:{lead.ref}")


def changes_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that sends a draft back."""
    states.movable(version, "changes")
    return m.Form(
        "policy.changes",
        version.code,
        f"Ask for changes to “{version.title}”",
        (m.Text("reason", "What should change?", long=True),),
        lines=("It goes back to its author as a draft.",),
        links=_links(version),
        submit="Send back",
    )


@WORKFLOW.do(
    "changes",
    help="send a draft back to its author, and say why",
    example="policy changes POL-3v4 Section 5 names nobody",
    form=changes_form,
    find=states.finder("changes"),
    may=states.approves,
)
def changes(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Send a draft back with the reason."""
    private = {"reason": answers["reason"]}
    proof = ctx.record("policy.changes-requested", subject_of(version), outcome="draft", private=private)
    ctx.move(version, "request changes", states.MOVES, proof)
    author = ctx.session.get_one(Person, version.author_id)
    said = m.Message(
        f"“{version.title}” needs changes",
        lines=(f"{m.mention(ctx.person.ref)} asks for changes to {version.code}:", answers["reason"]),
        buttons=(m.Button("Read", "policy.show", version.code),),
        tone="warn",
    )
    ctx.say(author, said, kind="notice", dedupe=f"{proof}:author")
    return _standing(ctx, version, "It is a draft again, and its author knows why.")


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
        facts=_in_front(version, ctx.session.get(Person, version.author_id)),
        links=_links(version),
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
    ctx.move(version, "approve elsewhere", states.MOVES, proof, approved_at=at, approver_id=approver.id)
    return _standing(ctx, version, f"Approved by {m.mention(approver.ref)} on {say_date(day)}; the minutes are kept.")
