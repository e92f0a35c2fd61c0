"""Reversing an import that was applied: what stood before it stands again, and says so in new records."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from models import message as m
from models.person import Person, RosterImport, RosterLine
from workflows.context import Context
from workflows.importing import settled
from workflows.people import states
from workflows.people.base import WORKFLOW, words
from workflows.people.reading import subject_of
from workflows.people.standing import card, facts_of, find_import
from workflows.who import admins
from workflows.workflow import Answers, Refusal

LEADING = ("lead", "deputy", "admin")


def reverse_form(ctx: Context, imported: RosterImport) -> m.Form:
    """Return the form that reverses an import."""
    return m.Form(
        "people.reverse",
        imported.code,
        f"Reverse {imported.code}",
        (m.Text("reason", "Why?", long=True),),
        lines=(
            "What stood before stands again, and what people were asked because of this import is withdrawn.",
            "Answers that were given are kept.",
        ),
        facts=facts_of(ctx, imported),
        submit="Reverse",
    )


@WORKFLOW.do(
    "reverse",
    aliases=words("reverse"),
    help="take an applied import back",
    example="people reverse IMP-3",
    form=reverse_form,
    find=find_import,
    may=admins,
)
def reverse(ctx: Context, imported: RosterImport, answers: Answers) -> m.Message:
    """Begin to set people back; the latest import first, because an earlier one stands under it."""
    if imported.state != "applied":
        return card(ctx, imported)
    settled(ctx.session)
    later = select(RosterImport.id).where(
        RosterImport.state == "applied", RosterImport.applied_at > imported.applied_at
    )
    if number := ctx.session.scalar(later.order_by(RosterImport.applied_at.desc()).limit(1)):
        raise Refusal(f"IMP-{number} was applied after it.", f"Reverse IMP-{number} first.")
    if not _somebody_leads(ctx, imported):
        raise Refusal(
            "Nobody could lead the programme after that.", "Give somebody else the role first: `people role`."
        )
    proof = ctx.record(
        "roster.reversed",
        subject_of(imported),
        outcome="approved",
        facts={"rows": imported.rows, "root": imported.root},
        private={"reason": answers["reason"]},
    )
    ctx.move(imported, "reverse", states.MOVES, proof, cursor=0)
    return card(ctx, imported)


def _somebody_leads(ctx: Context, imported: RosterImport) -> bool:
    """Return whether a lead, deputy or admin is left who can put things right after a reversal."""
    some = or_(*(Person.roles.contains(role) for role in LEADING))
    people = [person for person in ctx.session.scalars(select(Person).where(some)) if person.has(*LEADING)]
    lines: Sequence[RosterLine] = ctx.session.scalars(
        select(RosterLine).where(
            RosterLine.import_id == imported.id, RosterLine.ref.in_([person.ref for person in people])
        )
    ).all()
    by_ref = {line.ref: line for line in lines}
    return any(_stays(person, by_ref.get(person.ref), ctx) for person in people)


def _stays(person: Person, line: RosterLine | None, ctx: Context) -> bool:
    if not person.employed(ctx.today):
        return False
    if line is None or "roles" not in line.before:
        return line is None or line.action != "new"
    return not set(LEADING).isdisjoint(line.before["roles"])
