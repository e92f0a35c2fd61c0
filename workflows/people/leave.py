"""Away and back: somebody's leave."""

from __future__ import annotations

from datetime import timedelta

from models import message as m
from models.person import Person
from workflows.context import Context, say_date
from workflows.people import values as v
from workflows.people.base import WORKFLOW, day_field, find_visible, meant, words
from workflows.people.change import done, form_about, save, shown
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal


def leave_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that puts somebody on leave."""
    return form_about(
        "leave",
        person,
        "Put somebody on leave",
        day_field("from", "First day away"),
        day_field("to", "Last day away", hint="Leave it empty if nobody knows yet.", required=False),
        lines=("Reminders pause while they are away; they stay in the population.",),
    )


@WORKFLOW.do(
    "leave",
    aliases=words("leave"),
    help="put somebody on leave",
    example="people leave @chidi from:2026-12-01 to:2027-02-01",
    form=leave_form,
    find=find_visible,
    may=admins,
)
def leave(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Set a leave; it takes the place of the one that stood before."""
    person, begins, ends = meant(person, answers), answers["from"], answers["to"]
    if ends and ends < begins:
        raise Invalid(to="The leave ends before it begins: correct one of the days.")
    sets = {"leave_from": v.said(begins), "leave_to": v.said(ends)}
    save(ctx, person.ref, sets, "person.changed", ctx.today, outcome="leave")
    until = f"until {say_date(ends)}" if ends else "until further notice"
    return shown(ctx, person.ref, done(f"{m.mention(person.ref)} is away from {say_date(begins)} {until}."))


def back_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that ends a leave."""
    return form_about("back", person, "End a leave", day_field("day", "First day back", value=ctx.today))


@WORKFLOW.do(
    "back",
    aliases=words("back"),
    help="end somebody's leave",
    example="people back @chidi day:2026-12-01",
    form=back_form,
    find=find_visible,
    may=admins,
)
def back(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """End a leave on the day before somebody is back; one that had not begun by then never was."""
    person = meant(person, answers)
    if person.leave_from is None:
        raise Refusal(f"{m.mention(person.ref)} is not on leave.", "Nothing was changed.", status="again")
    last = answers["day"] - timedelta(days=1)
    never = last < person.leave_from
    sets = {"leave_from": None, "leave_to": None} if never else {"leave_to": v.said(last)}
    save(ctx, person.ref, sets, "person.changed", ctx.today, outcome="leave ended")
    return shown(ctx, person.ref, done(f"{m.mention(person.ref)} is back on {say_date(answers['day'])}."))
