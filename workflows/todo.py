"""`todo`: what I owe, most urgent first, with buttons."""

from __future__ import annotations

from models import message as m
from workflows import duty
from workflows.context import Context
from workflows.who import everyone
from workflows.workflow import REGISTRY, Answers, Workflow

WORKFLOW = Workflow("todo", "To do", "what is waiting for you")


@WORKFLOW.look("", help="see what is waiting for you", example="todo", may=everyone, page="To do")
def todo(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return a card for everything the actor is asked for, under what workflows have to say at home."""
    owed = duty.owed(ctx.session, ctx.person)
    cards = tuple(REGISTRY.workflow(one.workflow).card(ctx, one, ctx.person) for one in owed)
    notes = tuple(note for flow in REGISTRY.all() if flow.makes_home for note in flow.makes_home(ctx))
    waiting = len(cards) + sum(map(_waits, notes))
    standing = f"{waiting} waiting for you." if waiting else "Nothing is waiting for you."
    lines = (standing,) if cards or notes else ()
    return m.Home("To do", lines=lines, cards=notes + cards, empty="Nothing is waiting for you. Enjoy the quiet.")


def _waits(note: m.Message) -> bool:
    """Return whether a note asks for something; what was only said can be put away."""
    return all(button.act != "inbox.seen" for button in note.buttons)
