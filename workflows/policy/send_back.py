"""The approver sends a draft back to its author, and says why."""

from __future__ import annotations

from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import states
from workflows.policy.base import WORKFLOW, subject_of
from workflows.policy.review import links, standing
from workflows.redraw import about
from workflows.workflow import Answers


def changes_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that sends a draft back."""
    states.movable(version, "changes")
    return m.Form(
        "policy.changes",
        version.code,
        f"Ask for changes to “{version.title}”",
        (m.Text("reason", "What should change?", long=True),),
        lines=("It goes back to its author as a draft.",),
        links=links(version),
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
    ctx.move(version, "request changes", states.MOVES, proof, f"{m.mention(ctx.person.ref)} asked for changes.")
    author = ctx.session.get_one(Person, version.author_id)
    said = m.Message(
        f"“{version.title}” needs changes",
        lines=(f"{m.mention(ctx.person.ref)} asks for changes to {version.code}:", answers["reason"]),
        buttons=(m.Button("Read", "policy.show", version.code),),
        tone="warn",
    )
    ctx.say(author, said, kind="notice", dedupe=f"{proof}:author", topic=about(version.code))
    return standing(ctx, version, "It is a draft again, and its author knows why.")
