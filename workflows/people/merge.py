"""Two rows that are one human being, and one merge that was a mistake. Both are records; the history of both stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from evidence import vault
from models import message as m
from models.campaign import Assignment
from models.person import Identity, Person
from workflows import duty
from workflows.context import Context
from workflows.importing import settled
from workflows.people import directory
from workflows.people.base import WORKFLOW, find_visible, meant, subject_of, target_of, who_field, words
from workflows.people.change import done, shown
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
            "Addresses, chats and what is still open move to the one who is kept; what both owe is asked once.",
            "What either answered stays with the one who answered, and both histories are kept.",
            "`people split` takes it back.",
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
    asks=True,
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
    found = list(ctx.session.scalars(select(Identity.id).where(Identity.person_id == gone.id)))
    chats(ctx, found, kept)
    duties = open_(ctx, gone)
    undo = {"gone": mine, "kept": theirs, "chats": found, "reports": [edit.ref for edit in edits[2:]]}
    proof = ctx.record(
        "person.merged",
        subject_of(gone),
        outcome="merged",
        facts={"into": kept.ref, "chats": len(found), "assignments": [one.code for one in duties]},
        private={
            "merged": vault.seal(DOMAIN, undo, gone.ref),
            "reason": vault.seal("countersign/v1/reason", answers["reason"], gone.ref),
        },
        changes=changes,
    )
    hand_over(ctx, duties, gone, kept, proof)
    return shown(ctx, kept.ref, _merged(gone, kept, duties, len(found)))


def _merged(gone: Person, kept: Person, duties: Sequence[Assignment], moved_chats: int) -> m.Message:
    """Return what a merge has done."""
    twice = sum(one.state == "withdrawn" for one in duties)
    moved = len(duties) - twice
    return done(
        f"{m.mention(gone.ref)} and {m.mention(kept.ref)} are one person now.",
        f"Moved: {moved} still open, {moved_chats} chats. Owed by both, and asked once: {twice}.",
    )


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


def chats(ctx: Context, ids: Sequence[int], owner: Person) -> None:
    """Give chats to somebody."""
    moved = update(Identity).where(Identity.id.in_(ids)).values(person_id=owner.id)
    ctx.session.execute(moved.execution_options(synchronize_session=False))


def hand_over(ctx: Context, duties: Sequence[Assignment], old: Person, new: Person, proof: str) -> None:
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


def open_(ctx: Context, person: Person) -> list[Assignment]:
    """Return what is open of somebody, or asked of them for somebody else."""
    theirs = or_(Assignment.owed_by_id == person.id, Assignment.assignee_id == person.id)
    waiting = select(Assignment).where(theirs, Assignment.state.in_(duty.OPEN)).order_by(Assignment.id)
    return list(ctx.session.scalars(waiting))
