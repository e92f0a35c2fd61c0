"""A version comes into force: everyone is asked again, or it is a small correction."""

from __future__ import annotations

from datetime import timedelta

from evidence.canonical import instant
from models import message as m
from models.fact import Change
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.drafts import draft, drafted
from workflows.policy import compare, states
from workflows.policy.base import WORKFLOW, codes_of, controls_of, subject_of
from workflows.who import leads
from workflows.workflow import Answers, Refusal, Topic

ASK, CORRECTION = "ask", "correction"
_HOW = m.Choice(
    "how",
    "How much does it change?",
    options=(
        m.Option(ASK, "Ask everyone again", "People must know what is new, and say that they will follow it."),
        m.Option(CORRECTION, "Small correction", "Typing errors, names, numbers: earlier acknowledgements stand."),
    ),
)


def publish_form(ctx: Context, version: PolicyVersion) -> m.Form:
    """Return the form that puts a version in force; a first version has nobody to ask again.

    Raises Refusal where it is in force already.
    """
    if version.state == "published":
        raise Refusal(f"{version.code} is in force already.", "Type `policy list` to see what is.", status="again")
    states.movable(version, "publish")
    before = _in_force(ctx, version)
    fields: list[m.AnyField] = [_HOW] if before else []
    fields.append(m.Text("changes", "What is new?", long=True, required=False, limit=2000, value=version.changes))
    approver = ctx.session.get(Person, version.approver_id) if version.approver_id else None
    return m.Form(
        "policy.publish",
        version.code,
        f"Publish “{version.title}”",
        tuple(fields),
        lines=("Nobody is asked yet: what follows is a campaign that you preview and launch.",),
        facts=(
            m.Fact("Policy", version.code),
            m.Fact("Approved by", m.mention(approver.ref) if approver else ""),
            m.Fact("For", version.audience),
            m.Fact("Fingerprint", version.sha256),
        ),
        tables=(compare.table(before, version),),
        links=(m.Link("Read the full text", f"/go/policy.show/{version.code}"),),
        submit="Publish",
    )


def _in_force(ctx: Context, version: PolicyVersion) -> PolicyVersion | None:
    """Return the version of the same policy that is in force, if another one is."""
    in_force = version.policy.in_force_id
    return ctx.session.get(PolicyVersion, in_force) if in_force and in_force != version.id else None


@WORKFLOW.do(
    "publish",
    help="put an approved version in force",
    example="policy publish POL-3v4",
    form=publish_form,
    find=states.finder("publish"),
    may=leads,
)
def publish(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Put a version in force in the place of the one before. Nobody's earlier acknowledgement is touched."""
    before = _in_force(ctx, version)
    asks = answers.get("how", ASK) == ASK
    # A policy that comes back after it was retired has no version before it in force: everybody is asked.
    answers_as = before.answers_as if before and not asks else version.number
    proof = ctx.record(
        "policy.published",
        subject_of(version),
        outcome="ask everyone again" if asks else "small correction",
        facts=_facts(ctx, version, before, answers_as),
        private={"changes": answers["changes"]} if answers["changes"] else {},
        changes=[Change(version.policy.code, "in_force", version.number, ctx.now)],
        control_ids=controls_of(version),
    )
    ctx.move(
        version, "publish", states.MOVES, proof, f"{m.mention(ctx.person.ref)} published it.",
        published_at=ctx.now, ask_again=asks, answers_as=answers_as, changes=answers["changes"],
    )  # fmt: skip
    if before:
        ctx.move(before, "supersede", states.MOVES, proof)
    version.policy.in_force_id = version.id
    version.policy.title = version.title
    return _asked(ctx, version) if asks else _corrected(version)


def _facts(ctx: Context, version: PolicyVersion, before: PolicyVersion | None, answers_as: int) -> dict[str, object]:
    """Return the clear fields of a publication: who decided what on whose approval."""
    approver = ctx.session.get(Person, version.approver_id) if version.approver_id else None
    return {
        "decided_by": ctx.person.ref,
        "approver": approver.ref if approver else "",
        "approved_at": instant(version.approved_at) if version.approved_at else "",
        "effective_from": instant(ctx.now),
        "supersedes": before.number if before else 0,
        "acknowledgements_count_from_version": answers_as,
        "audience": version.audience,
    }


def _asked(ctx: Context, version: PolicyVersion) -> m.Message:
    """Draft the campaign that asks everybody, and return the way to it. The lead launches it, or lets it be."""
    topic = Topic(version.code, version.policy.code, version.title, version.days)
    due_on = ctx.today + timedelta(days=version.days)
    campaign = draft(ctx, WORKFLOW, [topic], due_on=due_on, audience=version.audience, reason="new version")
    stale = [one.code for one in drafted(ctx.session, WORKFLOW, codes_of(version)[:-1])]
    return m.Message(
        f"“{version.title}” is in force",
        lines=(
            f"{campaign.code} will ask everyone it applies to. Look at it, then launch it.",
            *(f"{one} was drafted for the text before and can no longer be launched: drop it." for one in stale),
        ),
        facts=(m.Fact("Policy", version.code), m.Fact("For", version.audience)),
        buttons=(
            m.Button("Preview", "campaign.preview", campaign.code),
            m.Button("Launch", "campaign.launch", campaign.code, "primary"),
            *(m.Button(f"Drop {one}", "campaign.withdraw", one) for one in stale),
        ),
        tone="good",
    )


def _corrected(version: PolicyVersion) -> m.Message:
    """Return what a small correction means."""
    return m.Message(
        f"“{version.title}” is in force",
        lines=("Earlier acknowledgements stand. Whoever still has the earlier text open gets this one.",),
        facts=(m.Fact("Policy", version.code),),
        buttons=(m.Button("Read", "policy.show", version.code),),
        tone="good",
    )
