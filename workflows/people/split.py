"""Taking a merge back: two people who were one stand apart again."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from evidence import vault
from models import message as m
from models.campaign import Assignment
from models.person import Identity, Person
from models.record import Record, VaultItem
from workflows import duty
from workflows.context import Context
from workflows.importing import settled
from workflows.people import directory
from workflows.people.base import WORKFLOW, find_visible, meant, subject_of, target_of, words
from workflows.people.change import done, shown
from workflows.people.directory import Edit
from workflows.people.merge import DOMAIN, chats, hand_over, open_
from workflows.who import admins
from workflows.workflow import Answers, Refusal


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
    gone, merged, undo = _remembered(ctx, kept)
    now, mine = directory.read(ctx.session, [kept.ref])[kept.ref], undo["gone"]
    back = {"merged_into": None, **{name: mine[name] for name in ("employee_id", "email", "aliases", "roles")}}
    stay = set(now["aliases"]) - ({*mine["aliases"], mine["email"]} - {*undo["kept"]["aliases"]})
    under_kept = select(Person.ref).where(Person.ref.in_(undo["reports"]), Person.manager_id == kept.id)
    reports = [Edit(ref, {"manager": gone.ref}) for ref in ctx.session.scalars(under_kept)]
    edits = [Edit(kept.ref, {"aliases": sorted(stay)}), Edit(gone.ref, back), *reports]
    changes = directory.put(ctx.session, edits, ctx.today, ctx.now)
    still = select(Identity.id).where(Identity.id.in_(undo["chats"]), Identity.person_id == kept.id)
    chats(ctx, list(ctx.session.scalars(still)), gone)
    private = {"reason": vault.seal("countersign/v1/reason", answers["reason"], gone.ref)}
    moved, doubles = _duties(ctx, kept, merged)
    facts = {"from": kept.ref, "assignments": [one.code for one in (*moved, *doubles)]}
    proof = ctx.record("person.split", subject_of(gone), outcome="split", facts=facts, private=private, changes=changes)
    hand_over(ctx, moved, kept, gone, proof)
    for one in doubles:
        duty.reopen(ctx, one, proof)
    said = f"{m.mention(gone.ref)} and {m.mention(kept.ref)} are two people again."
    back_again = f"Back with the first of them, still open: {len(moved) + len(doubles)}."
    return shown(ctx, gone.ref, done(said, back_again))


def _duties(ctx: Context, kept: Person, merged: Record) -> tuple[list[Assignment], list[Assignment]]:
    """Return what a merge moved and is still open, and what it withdrew because the other owed the same."""
    codes = json.loads(merged.body)["facts"]["assignments"]
    doubles = select(Assignment).where(Assignment.record_id == merged.id, Assignment.state == "withdrawn")
    return (
        [one for one in open_(ctx, kept) if one.code in codes],
        list(ctx.session.scalars(doubles.order_by(Assignment.id))),
    )


def _remembered(ctx: Context, kept: Person) -> tuple[Person, Record, dict[str, Any]]:
    """Return who was merged into a person last, the record of that, and what it changed.

    Raises Refusal where there is nothing left.
    """
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
    return gone, record, json.loads(item.payload)
