"""Several policies in one message and one form: read each, tick each, send once."""

from __future__ import annotations

from collections.abc import Sequence

from models import message as m
from models.campaign import Assignment
from models.person import Person
from workflows import duty
from workflows.context import Context, say_date
from workflows.policy.acknowledge import keep
from workflows.policy.base import WORKFLOW, version_of
from workflows.policy.card import consent, news
from workflows.who import everyone
from workflows.workflow import Answers, Invalid, Refusal

TOGETHER = "Read each, tick each, and send once. What you leave unticked stays for later."
STANDS = {
    "done": "Done. Thank you.",
    "objected": "You said you can't agree.",
    "exempt": "You are exempt.",
    "left": "Nothing to do.",
}


def bundle(ctx: Context, assignments: Sequence[Assignment], viewer: Person) -> m.Message:
    """Return one message for several policies, as they stand now."""
    waiting = [one for one in assignments if one.state == "open"]
    title = f"{len(waiting)} policies are waiting for you" if len(waiting) > 1 else "One policy is waiting for you"
    return m.Message(
        title if waiting else "All of this is done. Thank you.",
        lines=(TOGETHER,) if len(waiting) > 1 else (),
        facts=tuple(m.Fact(version_of(ctx.session, one).title, _stands(one)) for one in assignments),
        buttons=(m.Button("Read and acknowledge", "policy.bundle", style="primary"),) if waiting else (),
        tone="plain" if waiting else "good",
    )


def _stands(one: Assignment) -> str:
    return f"Due {say_date(one.due_on)}" if one.state == "open" else STANDS.get(one.state, "Nothing to do.")


WORKFLOW.makes_bundle = bundle


def _find(ctx: Context, target: str) -> list[Assignment]:
    """Find every policy that waits for the actor; objections stay with their owner."""
    mine = [one for one in duty.owed(ctx.session, ctx.person) if one.workflow == WORKFLOW.name and one.state == "open"]
    if not mine:
        raise Refusal("No policy is waiting for you.", "Type `policy list` to read them.")
    return mine


def bundle_form(ctx: Context, mine: list[Assignment]) -> m.Form:
    """Return one form for all that waits: a link to each text, a box for each, a name where a policy asks for it."""
    fields: list[m.AnyField] = []
    for one in mine:
        version = version_of(ctx.session, one)
        said = " ".join(line for line in (news(version, one), version.summary) if line)
        hint = f"{said} Due {say_date(one.due_on)}."
        fields.append(m.Toggle(_box(one), consent(version), hint, required=False))
        if version.typed_name:
            label = f"Your name, for “{version.title}”"
            fields.append(m.Text(_name(one), label, "Type it as you would sign it.", required=False, limit=200))
    return m.Form(
        "policy.bundle",
        "",
        "Read and acknowledge",
        tuple(fields),
        lines=(TOGETHER,),
        links=tuple(
            m.Link(f"Read “{version_of(ctx.session, one).title}”", f"/go/policy.show/{one.code}") for one in mine
        ),
        submit="Tick and acknowledge",
    )


def _box(one: Assignment) -> str:
    return f"agree_{one.id}"


def _name(one: Assignment) -> str:
    return f"name_{one.id}"


@WORKFLOW.do(
    "bundle",
    help="acknowledge several policies at once",
    form=bundle_form,
    find=_find,
    may=everyone,
    personal=True,
)
def acknowledge_several(ctx: Context, mine: list[Assignment], answers: Answers) -> m.Message:
    """Record one acknowledgement for each policy that was ticked: all of those or, if one lacks its name, none."""
    ticked = [one for one in mine if answers[_box(one)]]
    if not ticked:
        raise Invalid(**{_box(mine[0]): "Tick at least one policy that you have read."})
    nameless = [one for one in ticked if version_of(ctx.session, one).typed_name and not answers[_name(one)]]
    if nameless:
        raise Invalid(**{_name(one): "Type your name here too." for one in nameless})
    for one in ticked:
        version = version_of(ctx.session, one)
        if version.state == "published":  # what was retired a moment ago is withdrawn by itself
            keep(ctx, one, version, answers.get(_name(one), ""))
    return bundle(ctx, mine, ctx.person)
