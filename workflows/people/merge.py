"""Two rows that are one human being, and one merge that was a mistake. Both are records; the history of both stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from evidence import vault
from models import message as m
from models.campaign import Assignment
from models.person import Identity, Person
from models.record import Record, VaultItem
from workflows import duty
from workflows.context import Context
from workflows.importing import settled
from workflows.people import directory
from workflows.people.base import WORKFLOW, find_visible, meant, subject_of, target_of, who_field, words
from workflows.people.change import shown
from workflows.people.directory import Edit
from workflows.people.roles import keep_a_lead
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal

DOMAIN = "countersign/v1/merged"


def merge_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that merges two people."""
    return m.Form(
        "people.merge",
        target_of(person),
        "Merge two people who are one",
        (
            *who_field(person),
            m.Person("other", "Is the same person as", hint="This one is kept."),
            m.Text("reason", "Why?"),
        ),
        lines=(
            "Addresses, chats and what is still open move to the one who is kept.",
            "What either answered stays with the one who answered, and both histories are kept.",
        ),
        facts=(m.Fact("Who", m.mention(person.ref)),) if person else (),
        submit="Merge",
    )


@WORKFLOW.do(
    "merge",
    aliases=words("merge"),
    help="say that two people on the roster are one",
    example="people merge @ana.old @ana It was a second account",
    form=merge_form,
    find=find_visible,
    may=admins,
)
def merge(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Merge the first person into the second; the first row stays, without addresses, and points to the other."""
    settled(ctx.session)
    gone, kept = meant(person, answers), answers["other"]
    _check(ctx, gone, kept)
    before = directory.read(ctx.session, [gone.ref, kept.ref])
    mine, theirs = before[gone.ref], before[kept.ref]
    addresses = {*theirs["aliases"], *mine["aliases"], mine["email"]} - {None, theirs["email"]}
    edits = [
        Edit(gone.ref, {"merged_into": kept.ref, "employee_id": None, "email": None, "aliases": [], "roles": []}),
        Edit(kept.ref, {"aliases": sorted(addresses), "email": theirs["email"]}),
        *_reports(ctx, gone, kept),
    ]
    changes = directory.put(ctx.session, edits, ctx.today, ctx.now)
    chats = list(ctx.session.scalars(select(Identity.id).where(Identity.person_id == gone.id)))
    _chats(ctx, chats, kept)
    duties = _open(ctx, gone)
    undo = {"gone": mine, "kept": theirs, "chats": chats, "reports": [edit.ref for edit in edits[2:]]}
    proof = ctx.record(
        "person.merged",
        subject_of(gone),
        outcome="merged",
        facts={"into": kept.ref, "chats": len(chats), "assignments": [one.code for one in duties]},
        private={
            "merged": vault.seal(DOMAIN, undo, gone.ref),
            "reason": vault.seal("countersign/v1/reason", answers["reason"], gone.ref),
        },
        changes=changes,
    )
    _hand_over(ctx, duties, gone, kept, proof)
    return shown(ctx, kept.ref)


def _check(ctx: Context, gone: Person, kept: Person) -> None:
    """Raise Invalid or Refusal for a merge that makes no sense."""
    if gone.id == kept.id:
        raise Invalid(other="That is the same entry. Name the other one.")
    if gone.merged_into_id or kept.merged_into_id:
        raise Refusal("One of them was merged already.", "Look at both first: `people show`.", status="again")
    boss: Person | None = kept
    while boss:
        if boss.id == gone.id:
            raise Invalid(other="They would manage themselves. Change the manager first.")
        boss = boss.manager
    if not kept.has("lead"):
        keep_a_lead(ctx, gone)


def _reports(ctx: Context, gone: Person, kept: Person) -> list[Edit]:
    """Return the edits that give those who reported to the merged person their new manager."""
    refs = ctx.session.scalars(select(Person.ref).where(Person.manager_id == gone.id, Person.id != kept.id))
    return [Edit(ref, {"manager": kept.ref}) for ref in refs]


def _chats(ctx: Context, ids: Sequence[int], owner: Person) -> None:
    """Give chats to somebody."""
    moved = update(Identity).where(Identity.id.in_(ids)).values(person_id=owner.id)
    ctx.session.execute(moved.execution_options(synchronize_session=False))


def _hand_over(ctx: Context, duties: Sequence[Assignment], old: Person, new: Person, proof: str) -> None:
    """Move what is open from one person to another; what the other owes anyway is withdrawn, not asked twice."""
    for one in duties:
        twice = select(Assignment.id).where(
            Assignment.owed_by_id == new.id, Assignment.workflow == one.workflow, Assignment.subject == one.subject
        )
        if one.owed_by_id == old.id and ctx.session.scalar(twice.limit(1)) is not None:
            duty.close(ctx, one, "withdraw", proof)
            continue
        if one.owed_by_id == old.id:
            one.owed_by_id = new.id
        if one.assignee_id == old.id:
            one.assignee_id = new.id
        ctx.session.flush()
        ctx.session.expire(one)
        duty.redraw(ctx, one)


def _open(ctx: Context, person: Person) -> list[Assignment]:
    """Return what is open of somebody, or asked of them for somebody else."""
    theirs = or_(Assignment.owed_by_id == person.id, Assignment.assignee_id == person.id)
    waiting = select(Assignment).where(theirs, Assignment.state.in_(duty.OPEN)).order_by(Assignment.id)
    return list(ctx.session.scalars(waiting))


def split_form(ctx: Context, kept: Person | None) -> m.Form:
    """Return the form that takes a merge back."""
    return m.Form(
        "people.split",
        target_of(kept),
        "Split two people again",
        (
            *((m.Person("who", "Who was kept"),) if kept is None else ()),
            m.Text("reason", "Why?"),
        ),
        lines=("The latest merge is taken back: addresses, chats and what is still open go where they were.",),
        submit="Split",
    )


@WORKFLOW.do(
    "split",
    aliases=words("split"),
    help="take a merge of two people back",
    example="people split @ana They are two people",
    form=split_form,
    find=find_visible,
    may=admins,
)
def split(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Undo the latest merge into a person, from what its record committed to."""
    settled(ctx.session)
    kept = meant(person, answers)
    gone, undo, codes = _remembered(ctx, kept)
    now, mine = directory.read(ctx.session, [kept.ref])[kept.ref], undo["gone"]
    back = {"merged_into": None, **{name: mine[name] for name in ("employee_id", "email", "aliases", "roles")}}
    stay = set(now["aliases"]) - ({*mine["aliases"], mine["email"]} - {*undo["kept"]["aliases"]})
    under_kept = select(Person.ref).where(Person.ref.in_(undo["reports"]), Person.manager_id == kept.id)
    reports = [Edit(ref, {"manager": gone.ref}) for ref in ctx.session.scalars(under_kept)]
    edits = [Edit(kept.ref, {"aliases": sorted(stay)}), Edit(gone.ref, back), *reports]
    changes = directory.put(ctx.session, edits, ctx.today, ctx.now)
    still = select(Identity.id).where(Identity.id.in_(undo["chats"]), Identity.person_id == kept.id)
    _chats(ctx, list(ctx.session.scalars(still)), gone)
    private = {"reason": vault.seal("countersign/v1/reason", answers["reason"], gone.ref)}
    facts = {"from": kept.ref}
    proof = ctx.record("person.split", subject_of(gone), outcome="split", facts=facts, private=private, changes=changes)
    _hand_over(ctx, [one for one in _open(ctx, kept) if one.code in codes], kept, gone, proof)
    return shown(ctx, gone.ref)


def _remembered(ctx: Context, kept: Person) -> tuple[Person, dict[str, Any], list[str]]:
    """Return who was merged into a person last, and what that changed. Raises Refusal where there is nothing left."""
    merged = select(Record).join(Person, Person.ref == Record.subject).where(Person.merged_into_id == kept.id)
    latest = merged.where(Record.type == "person.merged").order_by(Record.recorded_at.desc(), Record.id.desc())
    record = ctx.session.scalars(latest.limit(1)).first()
    if record is None:
        raise Refusal("Nobody was merged into this person.", "Name the one who was kept.", status="missing")
    its_payload = select(VaultItem).where(VaultItem.record_id == record.id, VaultItem.domain == DOMAIN)
    item = ctx.session.scalars(its_payload).first()
    if item is None:
        raise Refusal("What the merge changed was erased.", "Add the person again: `people add`.")
    gone = ctx.session.scalars(select(Person).where(Person.ref == record.subject)).one()
    return gone, json.loads(item.payload), json.loads(record.body)["facts"]["assignments"]
