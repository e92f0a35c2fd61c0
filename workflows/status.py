"""`status`: how far things have come. Leads see the company, managers their team, everybody themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import ColumnElement, func, or_, select

from config.catalogue import is_criterion
from models import message as m
from models.campaign import Assignment
from models.person import Person
from workflows import outages, unreached
from workflows.context import Context, say_date, zone_of
from workflows.counts import Count, chart, count_by, overdue, sentence
from workflows.duty import begun
from workflows.who import everyone, overseers, overseers_or_managers, visible
from workflows.whom import find_person
from workflows.workflow import REGISTRY, Answers, Invalid, Refusal, Workflow

WORKFLOW = Workflow("status", "Status", "how far things have come")
SHOWN = 50  # rows of a list of people; the export has them all


@WORKFLOW.look(
    "",
    help="see how far things have come: all, POL-3, overdue, @somebody, control CC5.3, team:Sales",
    example="status",
    may=everyone,
    filters=("team",),
    page="Status",
)
def status(ctx: Context, target: str, answers: Answers) -> m.Said:
    """Return the dashboard, or what is asked about: a subject such as POL-3, a criterion, or a person."""
    if is_criterion(target.upper()):
        return control(ctx, target, answers)
    within = _within(ctx, answers)
    if target:
        return _about(ctx, target, *within)
    if not overseers_or_managers(ctx, None):
        return _person(ctx, ctx.person)
    counts = _by_subject(ctx, *within)
    whole = "Status" if overseers(ctx, None) else "Your team"
    cards = [
        m.Message("At a glance", lines=(sentence(counts),), links=() if within else _exports()),
        *([m.Message("By topic", charts=(chart("Done, open and overdue by topic", counts),))] if counts else []),
        *_departments(ctx, *within),
        _overdue_card(ctx, *within),
        *(() if within else unreached.cards(ctx)),
    ]
    return m.Home(f"Status of {answers['team']}" if within else whole, cards=tuple(cards))


def _within(ctx: Context, answers: Answers) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for the teams that are asked about, if any. Raises Refusal for who sees only themselves."""
    teams = [name.strip().lower() for name in answers.get("team", "").split(",") if name.strip()]
    if not teams:
        return ()
    if not overseers_or_managers(ctx, None):
        raise Refusal("You see your own status here, and no team's.", "Type `status` to see it.")
    return (or_(*(func.lower(Assignment.department).startswith(name, autoescape=True) for name in teams)),)


@WORKFLOW.look(
    "overdue", help="see who is late, and with what", may=everyone, filters=("team",), offers=overseers_or_managers
)
def overdue_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return the list of those who are late, as far as the actor may see."""
    return m.Home("Overdue", cards=(_overdue_card(ctx, *_within(ctx, answers)),))


@WORKFLOW.look(
    "control",
    help="see what stands behind a criterion",
    example="status control CC5.3",
    may=everyone,
    filters=("team",),
    offers=overseers_or_managers,
)
def control(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return how far the promises behind one criterion have come."""
    criterion = target.upper()
    if not is_criterion(criterion):
        raise Refusal(
            f"There is no criterion {target}." if target else "Which criterion?",
            "They look like this: `status control CC5.3`.",
            status="missing",
        )
    flows = [flow for flow in REGISTRY.all() if flow.makes_card]
    subjects = [
        subject
        for flow in flows
        for subject in ctx.session.scalars(
            select(Assignment.subject).where(Assignment.workflow == flow.name).distinct()
        )
        if criterion in flow.criteria_of(ctx.session, subject)
    ]
    if not subjects:
        return m.Home(criterion, empty=f"Nothing has been asked yet that answers to {criterion}.")
    counts = _by_subject(ctx, Assignment.subject.in_(subjects), *_within(ctx, answers))
    return m.Home(
        criterion, cards=(m.Message("So far", lines=(sentence(counts),), charts=(chart(criterion, counts),)),)
    )


def _about(ctx: Context, target: str, *within: ColumnElement[bool]) -> m.Home:
    """Return the status of a promise (policy), a subject (POL-3, POL-3v4), a campaign (C-2) or a person."""
    person = _visible_person(ctx, target)
    if person is not None:
        return _person(ctx, person)
    name, condition = _meant(target)
    where = (condition, *within)
    counts = count_by(ctx.session, ctx.person, ctx.now, Assignment.department, *where)
    if counts and not overseers_or_managers(ctx, None):
        return _person(ctx, ctx.person, *where)
    if not counts:
        raise Refusal(
            f"Nobody you can see was asked about {target}.", "Type `status` for everything.", status="missing"
        )
    found = ctx.session.scalars(select(Assignment).where(*where).order_by(Assignment.id.desc()).limit(1)).one()
    flow = REGISTRY.workflow(found.workflow)
    title = flow.title if name == flow.title else flow.subject_title(ctx.session, found.subject)
    cards = (
        m.Message(title, lines=(sentence(counts),), charts=(chart("By department", counts),)),
        _overdue_card(ctx, *where),
    )
    return m.Home(f"Status of {name}", cards=cards)


def _meant(target: str) -> tuple[str, ColumnElement[bool]]:
    """Return (name, condition on assignments) of what is asked about."""
    flow = next((flow for flow in REGISTRY.all() if flow.makes_card and flow.name == target.lower()), None)
    if flow is not None:
        return flow.title, Assignment.workflow == flow.name
    code = target.upper().replace("V", "v")
    if code.startswith("C-") and code[2:].isdecimal() and len(code) < 18:  # as long as a number of the database
        return code, Assignment.campaign_id == int(code[2:])
    return code, (Assignment.subject == code) | Assignment.subject.startswith(f"{code}v", autoescape=True)


def _visible_person(ctx: Context, typed: str) -> Person | None:
    """Return the person who is meant, if the actor may see them; who may not be seen is as good as unknown."""
    try:
        found = find_person(ctx, typed)
    except Invalid:
        return None
    return ctx.session.scalar(select(Person).where(visible(ctx.person), Person.id == found.id))


def _by_subject(ctx: Context, *where: ColumnElement[bool]) -> list[Count]:
    """Return counts by what was asked, under the name people know, the least complete first."""
    flows = dict(ctx.session.execute(select(Assignment.subject, Assignment.workflow).distinct()).all())
    counts = [
        one for one in count_by(ctx.session, ctx.person, ctx.now, Assignment.subject, begun(), *where) if one.asked
    ]
    titles = {one.key: REGISTRY.workflow(flows[one.key]).subject_title(ctx.session, one.key) for one in counts}
    twice = {title for title, times in Counter(titles.values()).items() if times > 1}
    named = [
        replace(one, key=f"{one.key} {titles[one.key]}" if titles[one.key] in twice else titles[one.key])
        for one in counts
    ]
    return sorted(named, key=lambda one: (one.done / one.asked, one.key))


def _departments(ctx: Context, *where: ColumnElement[bool]) -> list[m.Message]:
    """Return one card with everything by department."""
    every = count_by(ctx.session, ctx.person, ctx.now, Assignment.department, begun(), *where)
    counts = [one for one in every if one.asked]
    return (
        [m.Message("By department", charts=(chart("Done, open and overdue by department", counts),))] if counts else []
    )


def _person(ctx: Context, person: Person, *where: ColumnElement[bool]) -> m.Home:
    """Return everything one person was asked (about something), with how it stands."""
    theirs = select(Assignment).where(Assignment.owed_by_id == person.id, *where)
    rows = ctx.session.scalars(theirs.order_by(Assignment.due_at, Assignment.id))
    table = m.Table(
        "Everything asked so far",
        ("What", "Due", "How it stands"),
        tuple(
            (
                REGISTRY.workflow(one.workflow).subject_title(ctx.session, one.subject),
                say_date(one.due_on),
                _stands(ctx, one),
            )
            for one in rows
        ),
    )
    lines = ("Nothing has been asked yet.",) if not table.rows else ()
    who = m.mention(person.ref)
    title = "Your status" if person.id == ctx.person.id else f"Status of {who}"
    card = m.Message(who, lines=lines, tables=(table,) if table.rows else ())
    return m.Home(title, cards=(card,))


def _stands(ctx: Context, one: Assignment) -> str:
    """Return how an assignment stands, in neutral words."""
    down = f"; {outages.NOTE} for a while" if outages.note(ctx, one) else ""
    if one.state == "open" and one.due_at < ctx.now:
        return f"Overdue{down}"
    if one.state == "done" and one.closed_at is not None:
        return f"Done on {say_date(one.closed_at.astimezone(zone_of(ctx.actor)).date())}{down}"
    return {"open": "Open", "objected": "Can't agree", "exempt": "Exempt", "left": "Left"}.get(
        one.state, one.state.capitalize()
    )


def _overdue_card(ctx: Context, *where: ColumnElement[bool]) -> m.Message:
    """Return the table of who is late."""
    late = (
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(visible(ctx.person), overdue(ctx.now), *where)
    )
    total = ctx.session.scalar(select(func.count()).select_from(late.subquery())) or 0
    if not total:
        return m.Message("Nobody is late" if overseers_or_managers(ctx, None) else "You are not late", tone="good")
    found = ctx.session.execute(late.order_by(Assignment.due_at, Person.name).limit(SHOWN)).all()
    down = outages.beside(ctx.session, [one for one, _ in found], ctx.now)
    rows = tuple(
        (
            m.mention(person.ref),
            one.department,
            REGISTRY.workflow(one.workflow).subject_title(ctx.session, one.subject),
            say_date(one.due_on),
            f"{max(1, (ctx.today - one.due_on).days)} d",
            ", ".join(_notes(ctx, person, down=one.id in down)),
        )
        for one, person in found
    )
    more = (f"The first {SHOWN} of {total}; the export has them all.",) if total > SHOWN else ()
    head = ("Who", "Department", "What", "Due", "Late by", "Note")
    return m.Message(
        f"Overdue: {total}", lines=more, tables=(m.Table("Who is late, longest first", head, rows),), tone="warn"
    )


def _notes(ctx: Context, person: Person, *, down: bool) -> list[str]:
    """Return what stands beside somebody who is late."""
    return ["on leave"] * person.away(ctx.today) + [outages.NOTE] * down


def _exports() -> tuple[m.Link, ...]:
    """Return a link to the table of every promise that has duties."""
    return tuple(
        m.Link(f"{flow.title} as a spreadsheet", f"/export/{flow.name}.csv")
        for flow in REGISTRY.all()
        if flow.makes_card
    )
