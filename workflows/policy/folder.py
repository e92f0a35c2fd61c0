"""`policy import`: a folder of Markdown files becomes drafts; what has not changed is left alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml
from sqlalchemy import select

from evidence.record import Subject
from models import message as m
from models.gesture import Upload
from models.person import Person
from models.policy import Policy, PolicyVersion
from workflows.context import Context
from workflows.policy import states
from workflows.policy.base import WORKFLOW, controls_of
from workflows.policy.front import Broken, PolicyFile, read
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Refusal

VARIABLES = "company.yaml"  # a file of this name in the folder fills the variables
MOST_FILES = 500
MOST_BYTES = 20_000_000  # of a zip, unpacked


def import_folder(ctx: Context, files: Mapping[str, bytes | str], variables: Mapping[str, Any]) -> m.Message:
    """Draft a new version of every policy in `files` ({name: content}) whose text or front matter has changed.

    `variables` fill the texts; `company` and `domain` are known from the settings, and a file company.yaml among the
    files adds more. Raises Refusal, naming file and line of everything that is wrong; then nothing is changed.
    """
    problems: list[str] = []
    known = {**_settled(ctx), **variables, **_variables(files, problems)}
    texts = {name: body for name, body in files.items() if PurePosixPath(name).name not in (VARIABLES, "README.md")}
    taken: list[tuple[PolicyFile, dict[str, Person]]] = []
    for name in sorted(texts):
        try:
            found = _checked(name, texts[name], known, {one.front.id: one.name for one, _ in taken})
            taken.append((found, _people(ctx, found)))
        except Broken as broken:
            problems.append(str(broken))
    if problems:
        raise Refusal("Nothing was imported.", *problems)
    if not taken:
        raise Refusal("Nothing was imported.", "There is no Markdown file (.md) with a policy in it.")
    return _outcome([(one, _keep(ctx, one, people)) for one, people in taken])


def _settled(ctx: Context) -> dict[str, Any]:
    """Return the variables that the settings fill."""
    domains = sorted(ctx.settings.own_domains)
    filled = {"company": ctx.settings.company, "domain": domains[0] if domains else ""}
    return {name: value for name, value in filled.items() if value}


def _variables(files: Mapping[str, bytes | str], problems: list[str]) -> dict[str, Any]:
    """Return what company.yaml says, if it is there; what is wrong with it goes to `problems`."""
    name = next((name for name in files if PurePosixPath(name).name == VARIABLES), "")
    if not name:
        return {}
    try:
        data = yaml.safe_load(files[name])
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problems.append(f"{name}, line {mark.line + 1 if mark else 1}: This is no YAML.")
        return {}
    if not isinstance(data, dict):
        problems.append(f"{name}, line 1: Write names with values, such as company: Halden Instruments.")
        return {}
    return {str(key): value for key, value in data.items()}


def _checked(name: str, body: bytes | str, variables: Mapping[str, Any], others: Mapping[str, str]) -> PolicyFile:
    """Return the policy in a file whose name and id agree. Raises Broken."""
    path = PurePosixPath(name)
    if path.suffix.lower() != ".md":
        raise Broken(name, 0, "Only Markdown files (.md) can be imported. Upload a PDF or DOCX with `policy upload`.")
    found = read(name, body, variables)
    if found.front.id != path.stem:
        raise found.broken("id", f"The id is “{found.front.id}”, the file's name says “{path.stem}”: make them equal.")
    if found.front.id in others:
        raise found.broken("id", f"{others[found.front.id]} has the same id.")
    return found


def _people(ctx: Context, file: PolicyFile) -> dict[str, Person]:
    """Return author, owner and approver. Raises Broken for strangers, leavers, and an author who would approve."""
    people: dict[str, Person] = {}
    for part in ("author", "owner", "approver"):
        address = getattr(file.front, part)
        person = states.person_by_email(ctx.session, address)
        if person is None or not person.answers() or not person.employed(ctx.today):
            raise file.broken(part, f"Nobody on the roster has the address {address}.")
        people[part] = person
    if people["author"] is people["approver"]:
        raise file.broken("approver", "The author cannot approve; name somebody else.")
    return people


def _keep(ctx: Context, file: PolicyFile, people: Mapping[str, Person]) -> PolicyVersion | None:
    """Draft the file's policy as a new version and return it; None where nothing has changed."""
    policy = ctx.session.scalar(select(Policy).where(Policy.slug == file.front.id))
    last = states.newest(ctx.session, policy) if policy else None
    if policy and last and last.state != "retired" and _same(policy, last, file, people):
        return None
    if policy is None:
        front = file.front
        policy = Policy(slug=front.id, title=front.title, owner_id=people["owner"].id, created_at=ctx.now)
        ctx.session.add(policy)
        ctx.session.flush()
    policy.owner_id = people["owner"].id
    version = PolicyVersion(
        policy_id=policy.id, text=file.text, sha256=file.sha256, **_columns(file), author_id=people["author"].id
    )
    version.approver_id = people["approver"].id
    return draft(ctx, version, last, owner=people["owner"])


def _columns(file: PolicyFile) -> dict[str, Any]:
    """Return what the front matter says, as columns of a version."""
    front = file.front
    return {
        "title": front.title,
        "summary": front.summary,
        "controls": ";".join(front.controls),
        "audience": "; ".join(front.audience),
        "cadence": front.cadence,
        "days": front.days,
        "typed_name": front.typed_name,
    }


def _same(policy: Policy, last: PolicyVersion, file: PolicyFile, people: Mapping[str, Person]) -> bool:
    """Return whether the newest version already says what the file says."""
    stands = {name: getattr(last, name) for name in _columns(file)}
    same = (last.sha256, policy.owner_id, stands) == (file.sha256, people["owner"].id, _columns(file))
    if last.approved_at:  # who was to approve has done so, or somebody else has, elsewhere
        return same
    return same and (last.author_id, last.approver_id) == (people["author"].id, people["approver"].id)


def draft(ctx: Context, version: PolicyVersion, last: PolicyVersion | None, *, owner: Person) -> PolicyVersion:
    """Number and keep a new version as a draft, in the place of an older one that never came into force."""
    version.number = last.number + 1 if last else 1
    version.answers_as = version.number
    version.created_at = ctx.now
    ctx.session.add(version)
    ctx.session.flush()
    ctx.session.refresh(version)
    author, approver = (
        ctx.session.get(Person, one) if one else None for one in (version.author_id, version.approver_id)
    )
    proof = ctx.record(
        "policy.drafted",
        Subject("policy", version.policy.code, version.number, version.sha256),
        outcome="draft",
        facts={
            "author": author.ref if author else "",
            "owner": owner.ref,
            "approver": approver.ref if approver else "",
            "replaces": last.code if last and last.state in states.UNPUBLISHED else "",
        },
        control_ids=controls_of(version),
    )
    if last and last.state in states.UNPUBLISHED:
        ctx.move(last, "supersede", states.MOVES, proof, "A newer draft took its place.")
    return version


def _outcome(kept: list[tuple[PolicyFile, PolicyVersion | None]]) -> m.Message:
    """Return what became of every file."""
    new = [version for _, version in kept if version]
    rows = tuple(
        (file.name, file.front.title, f"draft {version.code}" if version else "unchanged") for file, version in kept
    )
    return m.Message(
        f"{len(new)} of {len(kept)} policies have a new draft." if new else "Nothing has changed.",
        lines=("Send each for approval, then publish it.",) if new else (),
        tables=(m.Table("Files", ("File", "Policy", "Now"), rows),),
        buttons=(m.Button("See the policies", "policy.list"),),
        tone="good" if new else "plain",
    )


def import_form(ctx: Context, target: str) -> m.Form:
    """Return the form that takes policy files on the web."""
    file = m.File("file", "Policies", accept=(".md", ".zip"), hint="A Markdown file, or a zip of several.")
    return m.Form(
        "policy.import",
        "",
        "Import policies",
        (file,),
        lines=(
            "Each file is Markdown under front matter. New and changed ones become drafts; nobody is asked anything.",
            f"Variables are filled from {VARIABLES}, if that stands in the zip.",
        ),
        submit="Import",
    )


@WORKFLOW.do("import", help="bring in policies from Markdown files", form=import_form, may=leads)
def import_(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Draft what an uploaded file, or a zip of files, brings."""
    upload: Upload = answers["file"]
    try:
        return import_folder(ctx, _unpacked(upload), {})
    except Refusal as refusal:
        raise Invalid(file="\n".join((refusal.said.title, *refusal.said.lines))) from refusal


def _unpacked(upload: Upload) -> dict[str, bytes]:
    """Return {name: content} of an upload. Raises Invalid for a zip that is broken or too large."""
    if not upload.body.startswith(b"PK\x03\x04"):
        return {PurePosixPath(m.clean(upload.name).replace("\\", "/")).name: upload.body}
    try:
        with zipfile.ZipFile(io.BytesIO(upload.body)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir() and not _hidden(one.filename)]
            if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > MOST_BYTES:
                raise Invalid(file=f"A zip may hold {MOST_FILES} files and {MOST_BYTES // 1_000_000} MB. Send parts.")
            return {m.clean(one.filename): archive.read(one) for one in inside}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Invalid(file="This zip cannot be read. Pack it again, without a password.") from error


def _hidden(name: str) -> bool:
    """Return whether a file in a zip is the desktop's own (.DS_Store, __MACOSX), which nobody meant to send."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
