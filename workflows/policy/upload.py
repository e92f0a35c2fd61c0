"""`policy upload`: a PDF or DOCX is the policy; its hash is what people acknowledge, its owner says what is in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select

from config.catalogue import is_criterion
from config.programme import programme
from models import message as m
from models.person import Person
from models.policy import Policy, PolicyVersion
from workflows import audience
from workflows.context import Context
from workflows.policy import originals, states
from workflows.policy.base import WORKFLOW, policy_by_code
from workflows.policy.document import as_markdown
from workflows.policy.folder import draft
from workflows.workflow import Answers, Invalid

ACCEPT = (".pdf", ".docx")
_CADENCE = m.Choice(
    "cadence",
    "How often is it asked?",
    options=(m.Option("yearly", "Every year, and at each new version"), m.Option("once", "Only at each new version")),
    value="yearly",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an upload is for: a new policy, or a new version of `policy`, whose last one is `last`."""

    policy: Policy | None = None
    last: PolicyVersion | None = None


def _find(ctx: Context, target: str) -> Wanted:
    """Find the policy that gets a new version; no target means a new policy."""
    if not target:
        return Wanted()
    policy = policy_by_code(ctx.session, target)
    last = states.newest(ctx.session, policy) if policy else None
    if policy is None or last is None or not states.readable(ctx, last):
        raise states.missing(target)
    return Wanted(policy, last)


def _may(ctx: Context, wanted: Wanted | None) -> bool:
    """Leads bring in any policy, owners their own. Rule for `may`."""
    return states.keeps(ctx, wanted.last if wanted else None)


def upload_form(ctx: Context, wanted: Wanted) -> m.Form:
    """Return the form for the file and for what cannot be read from it, filled with what the last version says."""
    last, policy = wanted.last, wanted.policy
    approver = ctx.session.get(Person, last.approver_id) if last and last.approver_id else None
    owner = policy.owner if policy else ctx.person
    return m.Form(
        "policy.upload",
        policy.code if policy else "",
        f"A new version of “{policy.title}”" if policy else "Upload a policy",
        (
            m.File("file", "The policy", "A PDF or a Word document.", accept=ACCEPT),
            m.Text("title", "Title", limit=200, value=last.title if last else ""),
            m.Text("summary", "Summary", "Three plain sentences.", True, True, 1000, last.summary if last else ""),
            m.Text("changes", "What is new?", required=policy is not None, long=True, limit=2000),
            m.Person("approver", "Who approves it?", "Not you.", value=approver.ref if approver else ""),
            m.Person("owner", "Who owns it?", "They answer people's questions.", value=owner.ref),
            *_settings(last),
        ),
        lines=("The file's fingerprint is what people acknowledge. It becomes a draft; nobody is asked anything yet.",),
        submit="Upload",
    )


def _settings(last: PolicyVersion | None) -> tuple[m.AnyField, ...]:
    """Return the questions about who is asked, how often, and by when."""
    days = last.days if last else programme().policies.days
    known = last.audience if last else "everyone"
    hint = "everyone, or filters: department:Sales; kind:employee"
    return (
        m.Text("audience", "For whom?", hint, limit=500, value=known),
        m.Text("controls", "SOC 2 criteria", limit=300, value=last.controls if last else "CC5.3"),
        _CADENCE,
        m.Text("days", "Days to answer", limit=3, value=str(days)),
        m.Toggle("typed_name", "People type their name", required=False, value=bool(last and last.typed_name)),
    )


@WORKFLOW.do(
    "upload",
    help="bring in a policy, or a new version of one, as a PDF or Word document",
    example="policy upload POL-3",
    form=upload_form,
    find=_find,
    may=_may,
)
def upload(ctx: Context, wanted: Wanted, answers: Answers) -> m.Message:
    """Keep the file and draft a version that stands for it. Whoever uploads is its author."""
    checked = _checked(ctx, answers)
    original = originals.keep(ctx, answers["file"], "file", ACCEPT)
    if wanted.last and wanted.last.original_sha256 == original.sha256 and wanted.last.state != "retired":
        raise Invalid(file=f"This very file is {wanted.last.code} already.")
    policy = wanted.policy or _new_policy(ctx, answers)
    policy.owner_id = answers["owner"].id
    version = PolicyVersion(
        policy_id=policy.id,
        text=as_markdown(original),
        original_sha256=original.sha256,
        file_name=original.name,
        sha256=original.sha256,
        author_id=ctx.person.id,
        approver_id=answers["approver"].id,
        **{name: answers[name] for name in ("title", "summary", "changes", "cadence", "typed_name")},
        **checked,
    )
    draft(ctx, version, wanted.last, owner=answers["owner"])
    return m.Message(
        f"“{version.title}” is a draft now",
        lines=("Send it for approval, then publish it.",),
        facts=(m.Fact("Policy", version.code), m.Fact("Fingerprint", version.sha256)),
        buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        tone="good",
    )


def _checked(ctx: Context, answers: Answers) -> dict[str, str | int]:
    """Return audience, controls and days as they are kept. Raises Invalid for everything that is wrong with them."""
    wrong: dict[str, str] = {}
    if answers["approver"].id == ctx.person.id:
        wrong["approver"] = "You write it, so somebody else approves it."
    try:
        audience.read(answers["audience"])
    except ValueError as error:
        wrong["audience"] = str(error)
    controls = [part for part in re.split(r"[;,\s]+", answers["controls"].upper()) if part]
    if unknown := [one for one in controls if not is_criterion(one)]:
        wrong["controls"] = f"There is no criterion {unknown[0]}."
    if not answers["days"].isascii() or not answers["days"].isdigit() or not 1 <= int(answers["days"]) <= 365:
        wrong["days"] = "Write a number of days from 1 to 365."
    if wrong:
        raise Invalid(**wrong)
    return {"audience": answers["audience"], "controls": ";".join(controls), "days": int(answers["days"])}


def _new_policy(ctx: Context, answers: Answers) -> Policy:
    """Keep a policy that is new to the company, under a slug made from its title."""
    plain = unicodedata.normalize("NFKD", answers["title"]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "policy"
    if ctx.session.scalar(select(Policy).where(Policy.slug == slug)):
        raise Invalid(title="There is a policy of this title: open it and upload a new version there.")
    policy = Policy(slug=slug, title=answers["title"], owner_id=answers["owner"].id, created_at=ctx.now)
    ctx.session.add(policy)
    ctx.session.flush()
    return policy
