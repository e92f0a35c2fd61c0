"""Several things asked of one person at once, in one message: each with how it stands and a way to answer."""

from __future__ import annotations

from collections.abc import Sequence

from models import message as m
from models.campaign import Assignment
from models.person import Person
from workflows.context import Context, say_date
from workflows.workflow import REGISTRY

OPEN = "open"
STANDS = {"done": "Done. Thank you.", "objected": "You said you can't agree.", "exempt": "You are exempt."}


def bundle(ctx: Context, assignments: Sequence[Assignment], viewer: Person) -> m.Message:
    """Return one message for assignments of one workflow, as they stand now; the workflow may draw it its own way."""
    workflow = REGISTRY.workflow(assignments[0].workflow)
    if workflow.makes_bundle is not None:
        return workflow.makes_bundle(ctx, assignments, viewer)
    waiting = sum(one.state == OPEN for one in assignments)
    return m.Message(
        f"{waiting} things are waiting for you" if waiting > 1 else _last(waiting),
        facts=tuple(m.Fact(workflow.subject_title(ctx.session, one.subject), _stands(one)) for one in assignments),
        buttons=tuple(button for one in assignments for button in _answers(ctx, one, viewer)),
        tone="plain" if waiting else "good",
    )


def _last(waiting: int) -> str:
    return "One thing is waiting for you" if waiting else "Nothing is left to do here"


def _stands(one: Assignment) -> str:
    """Return how one of them stands, in a few words."""
    return f"Due {say_date(one.due_on)}" if one.state == OPEN else STANDS.get(one.state, "Nothing to do.")


def _answers(ctx: Context, one: Assignment, viewer: Person) -> list[m.Button]:
    """Return the main button of one card, under a name that says which it is."""
    card = REGISTRY.workflow(one.workflow).card(ctx, one, viewer)
    main = [button for button in card.buttons if button.style == "primary"] if one.state == OPEN else []
    return [m.Button(f"{button.label}: {card.title}", button.act, button.target, "primary") for button in main]
