"""Gone and back: the last day, and a new spell after a break."""

from __future__ import annotations

from models import message as m
from models.person import Person
from workflows.context import Context, say_date
from workflows.people import values as v
from workflows.people.base import WORKFLOW, day_field, find_visible, meant, words
from workflows.people.change import done, form_about, save, shown
from workflows.people.roles import keep_a_lead
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal


def left_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form that notes somebody's last day."""
    return form_about(
        "left",
        person,
        "Somebody leaves",
        day_field("day", "Last day at work", value=ctx.today),
        lines=("From the day after they can no longer sign in, and what they still owed is closed as “left”.",),
    )


@WORKFLOW.do(
    "left",
    aliases=words("left"),
    help="note somebody's last day",
    example="people left @chidi day:2026-12-31",
    form=left_form,
    find=find_visible,
    may=admins,
    asks=True,
)
def left(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Set the last day. What they owed stays in the population; a job closes it when the day is over where they are."""
    person, day = meant(person, answers), answers["day"]
    if person.start_on and day < person.start_on:
        raise Invalid(day="The last day is before the first: correct one of them.")
    keep_a_lead(ctx, person)
    save(ctx, person.ref, {"end_on": v.said(day)}, "person.ended", ctx.today, outcome="leaves")
    return shown(ctx, person.ref, done(f"The last day of {m.mention(person.ref)} is {say_date(day)}."))


def rehire_form(ctx: Context, person: Person | None) -> m.Form:
    """Return the form for somebody who comes back, or who never left."""
    return form_about(
        "rehire",
        person,
        "Somebody is back",
        m.Choice(
            "how",
            "What happened",
            options=(
                m.Option("again", "They start again", "A new spell: they are asked again."),
                m.Option(
                    "never", "They never left", "The last day was a mistake: what they owed waits for them again."
                ),
            ),
            value="again",
        ),
        day_field("day", "First day of the new spell", required=False, value=ctx.today),
    )


@WORKFLOW.do(
    "rehire",
    aliases=words("rehire"),
    help="take somebody back after a break",
    example="people rehire @chidi day:2027-01-04",
    form=rehire_form,
    find=find_visible,
    may=admins,
)
def rehire(ctx: Context, person: Person | None, answers: Answers) -> m.Home:
    """Begin a new spell, or take back a last day that was a mistake."""
    person = meant(person, answers)
    if person.end_on is None:
        raise Refusal(f"{m.mention(person.ref)} has no last day.", "Nothing was changed.", status="again")
    if answers["how"] == "never":
        save(ctx, person.ref, {"end_on": None}, "person.changed", ctx.today, outcome="never left")
        return shown(ctx, person.ref, done(f"{m.mention(person.ref)} has no last day any more."))
    if answers["day"] is None or answers["day"] <= person.end_on:
        raise Invalid(day=f"The new spell begins after the last day ({person.end_on}): name that day.")
    sets = {"start_on": v.said(answers["day"]), "end_on": None, "leave_from": None, "leave_to": None}
    save(ctx, person.ref, sets, "person.changed", ctx.today, outcome="rehired")
    return shown(ctx, person.ref, done(f"{m.mention(person.ref)} starts again on {say_date(answers['day'])}."))
