"""A draft goes to its approver, who must not be its author."""

from __future__ import annotations

from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import compare, states
from workflows.policy.base import WORKFLOW, subject_of
from workflows.policy.review import in_front, links, request, standing
from workflows.redraw import about
from workflows.workflow import Answers, Invalid


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
        facts=in_front(version, ctx.session.get(Person, version.author_id)),
        tables=(compare.table(states.before(ctx.session, version), version),),
        links=links(version),
        submit="Send for approval",
    )


@WORKFLOW.do(
    "submit",
    help="send a draft for approval",
    example="policy submit POL-3v4 @margit",
    form=submit_form,
    find=states.finder("submit"),
    may=states.keeps,
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
    sent = f"{m.mention(ctx.person.ref)} sent it for approval."
    ctx.move(version, "submit", states.MOVES, proof, sent, approver_id=approver.id, changes=answers["changes"])
    ctx.say(approver, request(ctx, version), kind="request", dedupe=f"{proof}:approver", topic=about(version.code))
    return standing(ctx, version, f"{m.mention(approver.ref)} is asked to approve it.")
