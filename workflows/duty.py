"""The life of an assignment, the same for every workflow: opened, perhaps passed on, answered or ended otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from models.campaign import Assignment, Campaign
from models.outbox import OutboxMessage
from models.person import Person
from workflows.bundle import bundle
from workflows.context import Context, zone_of
from workflows.redraw import draw
from workflows.workflow import REGISTRY, Refusal, Workflow

OPEN = ("open", "objected")
QUIET = ("launching", "held", "stopped")  # campaigns in these states have not asked anybody anything
MOVES = {
    ("open", "answer"): "done",
    ("open", "pass on"): "open",
    ("open", "ask"): "open",  # a question pauses reminders, it ends nothing
    ("objected", "ask"): "objected",
    ("done", "ask"): "done",  # who has agreed may still wonder what it means
    ("open", "reply"): "open",
    ("done", "reply"): "done",
    ("open", "move over"): "open",  # to the text that took the place of the one asked about
    ("objected", "move over"): "open",  # what they could not agree to is gone: the new text is asked afresh
    ("open", "object"): "objected",
    ("objected", "answer"): "done",  # who could not agree may still come round
    ("objected", "settle"): "open",
    ("open", "exempt"): "exempt",
    ("objected", "exempt"): "exempt",
    ("exempt", "resume"): "open",
    ("open", "withdraw"): "withdrawn",
    ("objected", "withdraw"): "withdrawn",
    ("open", "supersede"): "superseded",
    ("objected", "supersede"): "superseded",
    ("open", "end"): "left",
    ("objected", "end"): "left",
    ("left", "return"): "open",
    ("withdrawn", "return"): "open",  # the merge that took it for somebody's second one was a mistake
}

# Every answer asks these: made once, since making a statement costs more than executing it.
_COPIES = select(OutboxMessage).where(
    or_(
        OutboxMessage.topic == bindparam("alone"),
        and_(OutboxMessage.topic == bindparam("together"), OutboxMessage.person_id == bindparam("person")),
    )
)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant of a day in a zone, in UTC: when something due on that day becomes late."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


def assign(
    ctx: Context,
    workflow: Workflow,
    person: Person,
    subject: str,
    *,
    reason: str,
    due_on: date,
    campaign_id: int | None = None,
) -> Assignment:
    """Open an assignment for `person` and return it; the caller records why and says it."""
    assignment = Assignment(
        workflow=workflow.name,
        subject=subject,
        campaign_id=campaign_id,
        owed_by_id=person.id,
        assignee_id=person.id,
        reason=reason,
        department=person.department,
        manager_id=person.manager_id,
        assigned_at=ctx.now,
        due_on=due_on,
        due_at=end_of_day(due_on, zone_of(person)),
        next_nudge_at=ctx.now,  # no reminder yet: from here the first one is found
    )
    ctx.session.add(assignment)
    ctx.session.flush()
    return assignment


def close(ctx: Context, assignment: Assignment, verb: str, record_id: str) -> None:
    """End an assignment by a move of `MOVES`; reminders stop and every copy of its card is redrawn. Raises Stale."""
    ctx.move(assignment, verb, MOVES, record_id, closed_at=ctx.now, next_nudge_at=None, record_id=record_id)
    redraw(ctx, assignment)


def reopen(ctx: Context, assignment: Assignment, record_id: str) -> None:
    """Open again what was closed by a mistake that has been put right; reminders begin anew. Raises Stale."""
    ctx.move(assignment, "return", MOVES, record_id, closed_at=None, record_id=None, next_nudge_at=ctx.now)
    redraw(ctx, assignment)


def pass_on(ctx: Context, assignment: Assignment, step: str, assignee: Person, record_id: str) -> None:
    """Hand an assignment to the next step and to whoever must act there. Raises Stale."""
    ctx.move(assignment, "pass on", MOVES, record_id, step=step, assignee_id=assignee.id)
    redraw(ctx, assignment)


def redraw(ctx: Context, assignment: Assignment) -> None:
    """Bring every copy of the assignment's card up to date; those already sent to a chat are redrawn by delivery."""
    workflow = REGISTRY.workflow(assignment.workflow)
    about = {"alone": assignment.code, "together": topic_of(assignment), "person": assignment.owed_by_id}
    for copy in ctx.session.scalars(_COPIES, about):
        if copy.topic == assignment.code:
            draw(ctx, copy, workflow.card(ctx, assignment, copy.person))
        else:
            draw(ctx, copy, bundle(ctx, asked_with(ctx.session, assignment), copy.person))


def topic_of(assignment: Assignment) -> str:
    """Return the topic of the message that asks for this together with others: the campaign's, or the moment's."""
    return assignment.campaign_code or f"asked {assignment.assigned_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def asked_with(session: Session, assignment: Assignment) -> list[Assignment]:
    """Return what one person was asked in one message: this, and the others of its campaign or its moment."""
    if assignment.campaign_id is not None:
        return of_campaign(session, assignment.campaign_id, assignment.owed_by_id)
    same = (
        Assignment.owed_by_id == assignment.owed_by_id,
        Assignment.workflow == assignment.workflow,
        Assignment.campaign_id.is_(None),
        Assignment.assigned_at == assignment.assigned_at,
    )
    return list(session.scalars(select(Assignment).where(*same).order_by(Assignment.id)))


def of_campaign(session: Session, campaign_id: int, person_id: int) -> list[Assignment]:
    """Return everything a campaign asks of one person."""
    return list(
        session.scalars(
            select(Assignment)
            .where(Assignment.campaign_id == campaign_id, Assignment.owed_by_id == person_id)
            .order_by(Assignment.id)
        )
    )


def by_code(session: Session, target: str) -> Assignment | None:
    """Return the assignment with the opaque id `A-n`, if there is one."""
    number = target.removeprefix("A-")
    return session.get(Assignment, int(number)) if number.isdecimal() and len(number) < 18 else None


def waiting() -> ColumnElement[bool]:
    """Return the condition that an assignment is open, and not of a campaign that has yet to begin."""
    return Assignment.state.in_(OPEN) & begun()


def begun() -> ColumnElement[bool]:
    """Return the condition that an assignment is not of a campaign that has yet to begin, or was stopped before it."""
    return ~exists().where(Campaign.id == Assignment.campaign_id, Campaign.state.in_(QUIET))


def owed(session: Session, person: Person) -> list[Assignment]:
    """Return what a person is asked for now, most urgent first."""
    return list(
        session.scalars(
            select(Assignment)
            .where(Assignment.assignee_id == person.id, waiting())
            .order_by(Assignment.due_at, Assignment.id)
        )
    )


def find_mine(ctx: Context, target: str) -> Assignment:
    """Find the actor's assignment by its opaque id, or raise Refusal; somebody else's is treated as missing."""
    assignment = by_code(ctx.session, target)
    if assignment is None or assignment.assignee_id != ctx.person.id:
        raise Refusal("There is nothing like that for you.", "Type `todo` to see what is waiting.", status="missing")
    return assignment
