"""The people workflow's declaration, and how its ids find their rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from evidence.record import Subject
from models import message as m
from models.person import Person
from workflows.context import Context
from workflows.who import visible
from workflows.whom import find_person
from workflows.workflow import Answers, Invalid, Refusal, Workflow

WORKFLOW = Workflow(
    name="people",
    title="People",
    help="see who is on the roster, bring it up to date, and who holds which role",
    criteria=("CC1.3", "CC1.4", "CC6.2"),
    records={
        "roster.received": "A list of people was handed in.",
        "roster.refused": "The list had mistakes; nothing was changed.",
        "roster.staged": "The list was read: rows, root of the commitments to its rows, and what would change.",
        "roster.reread": "People had changed since the preview, so the list was read again.",
        "roster.dropped": "The list was thrown away; nothing was changed.",
        "roster.imported": "Somebody approved what the preview showed.",
        "roster.batch": "Some lines of the list were applied, each with a commitment to its words.",
        "roster.applied": "The last line of the list was applied.",
        "roster.reversed": "Somebody took the import back.",
        "roster.undone": "Some lines were set back to what stood before, and what they opened was withdrawn.",
        "roster.taken_back": "The last line was set back.",
        "session.opened": "Somebody signed in to the web inbox.",
        "session.ended": "A sign-in to the web inbox was ended.",
        "person.added": "Somebody was put on the roster by hand.",
        "person.changed": "What is held about somebody was changed by hand: details, leave, a new spell.",
        "person.ended": "Somebody's last day was noted.",
        "person.left": "The last day was over: sessions ended, and what was open was closed as left.",
        "person.role": "A role was given or taken.",
        "person.merged": "Two entries were found to be one person.",
        "person.split": "A merge was taken back.",
        "assignment.returned": "What was closed as left is open again, because the last day was taken back.",
    },
)


def find_visible(ctx: Context, target: str) -> Person | None:
    """Find the person meant by a ref or a name; None where nobody is named. Who may not be seen is as good as unknown.

    Raises Refusal.
    """
    if not target:
        return None
    try:
        found = find_person(ctx, target)
    except Invalid as unknown:
        raise Refusal(unknown.errors["text"], status="missing") from unknown
    if ctx.session.scalar(select(Person.id).where(visible(ctx.person), Person.id == found.id)) is None:
        raise Refusal(f"There is nobody called “{target}” whom you can see.", status="missing")
    return found


def who_field(person: Person | None) -> tuple[m.AnyField, ...]:
    """Return the question whom an act is about, where that is not said yet."""
    return () if person else (m.Person("who", "Who"),)


def meant(person: Person | None, answers: Answers) -> Person:
    """Return the person an act is about: its target, or the answer to `who_field`."""
    found: Person = person or answers["who"]
    return found


def target_of(person: Person | None) -> str:
    """Return the target of a form about a person."""
    return person.ref if person else ""


def subject_of(person: Person) -> Subject:
    """Return a person as evidence names them."""
    return Subject("person", person.ref)


def day_field(name: str, label: str, *, hint: str = "", required: bool = True, value: date | None = None) -> m.Date:
    """Return a question for a day."""
    return m.Date(name, label, hint=hint, required=required, value=value.isoformat() if value else "")


def words(verb: str, *more: str) -> tuple[str, ...]:
    """Return the aliases of an act: people say `person show` as well as `people show`."""
    return (f"person {verb}", *more)
