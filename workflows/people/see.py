"""Who is on the roster, as a list."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, or_, select

from models import message as m
from models.person import Person
from workflows.context import Context, say_date
from workflows.people.base import WORKFLOW, words
from workflows.who import admins, everyone, overseers_or_managers, visible
from workflows.whom import in_lower, lowered
from workflows.workflow import Answers, Refusal

SHOWN = 100  # people on a page
_STATES = ("here", "leave", "left", "later", "withdrawn")


@WORKFLOW.look(
    "list",
    aliases=words("list"),
    help="see who is on the roster: all, team:…, state:leave, state:left, or a part of a name",
    example="people list team:Engineering",
    may=everyone,
    filters=("team", "state"),
    offers=overseers_or_managers,
    page="People",
)
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return the people the actor may see, narrowed by the words in `target`."""
    where = [visible(ctx.person), Person.merged_into_id.is_(None), *_narrowed(ctx, target, answers)]
    total = ctx.session.scalar(select(func.count()).select_from(Person).where(*where)) or 0
    people = ctx.session.scalars(select(Person).where(*where).order_by(Person.name, Person.id).limit(SHOWN)).all()
    rows = tuple((m.mention(one.ref), one.department, one.title, stands(ctx, one)) for one in people)
    more = f"The first {SHOWN} of {total:,}; narrow the list with team:… or a part of a name." if total > SHOWN else ""
    lines = tuple(line for line in (f"{total:,} found." if total != 1 else "1 found.", more) if line)
    table = m.Table("People, by name", ("Name", "Department", "Title", "How they stand"), rows)
    cards = (m.Message("On the roster", lines=lines, tables=(table,)),) if rows else ()
    return m.Home("People", cards=cards, empty="Nobody fits that.", buttons=_doors(ctx))


def _doors(ctx: Context) -> tuple[m.Button, ...]:
    """Return what else can be done with people, for those who may."""
    show = (m.Button("What is held about me", "people.show"),)
    if not admins(ctx, None):
        return show
    names = {"import": "Import people", "imports": "Imports", "add": "Add somebody", "role": "Roles"}
    return (*(m.Button(label, f"people.{verb}") for verb, label in names.items()), *show)


def _narrowed(ctx: Context, name: str, answers: Answers) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a list asks for. Raises Refusal for a state that does not exist."""
    if team := answers.get("team"):
        yield in_lower(Person.department, lowered(team)).startswith(lowered(team), autoescape=True)
    if state := answers.get("state"):
        yield _state(ctx, state.lower())
    if name:
        yield in_lower(Person.name, lowered(name)).contains(lowered(name), autoescape=True)


def _state(ctx: Context, state: str) -> ColumnElement[bool]:
    today = ctx.today
    begun = or_(Person.start_on.is_(None), Person.start_on <= today)
    ended = Person.end_on < today
    never = (Person.start_on.is_not(None)) & (Person.end_on < Person.start_on)
    stays = or_(Person.end_on.is_(None), Person.end_on >= today)
    until = or_(Person.leave_to.is_(None), Person.leave_to >= today)
    conditions: dict[str, ColumnElement[bool]] = {
        "here": begun & stays,
        "leave": stays & (Person.leave_from <= today) & until,
        "left": ended & ~never,
        "later": stays & (Person.start_on > today) & ~never,
        "withdrawn": never,
    }
    if state not in conditions:
        raise Refusal(f"There is no state “{state}”.", f"Use one of: {', '.join(_STATES)}.")
    return conditions[state]


def stands(ctx: Context, person: Person) -> str:
    """Return how somebody stands today, in plain words."""
    today = ctx.today
    if person.withdrawn:
        return "withdrawn: came in with an import, gone again"
    if person.end_on and person.end_on < today:
        return f"left on {say_date(person.end_on)}"
    if person.start_on and person.start_on > today:
        return f"starts on {say_date(person.start_on)}"
    if person.away(today):
        return f"on leave until {say_date(person.leave_to)}" if person.leave_to else "on leave"
    if not person.answers():
        return person.kind.replace("-", " ")
    roles = [role for role in person.roles.split(";") if role not in ("", "employee")]
    return ", ".join(roles) or "works here"
