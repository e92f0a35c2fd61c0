"""A policy goes out of force."""

from __future__ import annotations

from models import message as m
from models.fact import Change
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import states
from workflows.policy.base import WORKFLOW, subject_of
from workflows.who import leads
from workflows.workflow import Answers


def retire_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that takes a policy out of force."""
    states.movable(version, "retire")
    return m.Form(
        "policy.retire",
        version.code,
        f"Retire “{version.title}”",
        (m.Text("reason", "Why is it no longer needed?", long=True),),
        lines=("Nobody is asked any more, and what is still open is withdrawn. Acknowledgements stay.",),
        facts=(m.Fact("Policy", version.code),),
        submit="Retire",
    )


@WORKFLOW.do(
    "retire",
    help="take a policy out of force, and say why",
    example="policy retire POL-3 Replaced by POL-5",
    form=retire_form,
    find=states.finder("retire"),
    may=leads,
)
def retire(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Take a policy out of force; a job withdraws what is still open."""
    proof = ctx.record(
        "policy.retired",
        subject_of(version),
        outcome="retired",
        private={"reason": answers["reason"]},
        changes=[Change(version.policy.code, "in_force", None, ctx.now)],
    )
    ctx.move(version, "retire", states.MOVES, proof)
    version.policy.in_force_id = None
    return m.Message(f"“{version.title}” is retired.", lines=("What is still open is being withdrawn.",), tone="good")
