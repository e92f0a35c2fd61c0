"""One person with everything that is held about them."""

from __future__ import annotations

from models import message as m
from models.person import Person
from workflows.calendar import say_days
from workflows.context import Context
from workflows.people.base import WORKFLOW, find_visible, words
from workflows.people.held import held
from workflows.people.history import history
from workflows.people.see import stands
from workflows.who import OVERSEERS, admins, everyone
from workflows.workflow import Answers


@WORKFLOW.look(
    "show",
    aliases=words("show", "my data"),
    help="see what is held about you (“my data”), or about somebody you may see",
    example="people show @ana",
    find=find_visible,
    may=everyone,
)
def show(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Return one person: everything to themselves and to those who oversee the programme, the outline to managers."""
    person = person or ctx.person
    whole = person.id == ctx.person.id or ctx.person.has(*OVERSEERS)
    who = m.mention(person.ref)
    cards = [m.Message(who, facts=_outline(ctx, person), buttons=_acts(ctx, person))]
    if whole:
        cards += [held(ctx, person), history(ctx, person)]
    title = "What is held about you" if person.id == ctx.person.id else who
    return m.Home(title, cards=tuple(cards))


def _acts(ctx: Context, person: Person) -> tuple[m.Button, ...]:
    """Return what the actor may do about a person."""
    if not admins(ctx, person) or person.merged_into_id:
        return ()
    labels = {"change": "Change", "role": "Role", "leave": "Leave", "left": "Last day", "merge": "Merge"}
    if person.leave_from:
        labels["back"] = "End the leave"
    if person.end_on and not person.withdrawn:
        labels["rehire"] = "Back after a break"
    return tuple(m.Button(label, f"people.{verb}", person.ref) for verb, label in labels.items())


def _outline(ctx: Context, person: Person) -> tuple[m.Fact, ...]:
    manager = m.mention(person.manager.ref) if person.manager else ""
    said = {
        "How you stand" if person.id == ctx.person.id else "How they stand": stands(ctx, person),
        "Department": person.department,
        "Title": person.title,
        "Manager": manager,
        "Time zone": person.zone,
        "Work days": say_days(person.work_days),
    }
    return tuple(m.Fact(label, value) for label, value in said.items() if value)
