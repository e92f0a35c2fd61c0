"""`todo`: what I owe, most urgent first, with buttons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from models import message as m
from models.campaign import Assignment
from workflows import duty
from workflows.bundle import bundle
from workflows.context import Context
from workflows.who import everyone
from workflows.workflow import REGISTRY, Answers, Workflow

WORKFLOW = Workflow("todo", "To do", "what is waiting for you")


@WORKFLOW.look("", help="see what is waiting for you", example="todo", may=everyone, page="To do")
def todo(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return a card for everything the actor is asked for, and below them what was only said.

    Who cannot agree has answered, and waits for an answer themselves: that card stands there and is not counted.
    """
    owed = duty.owed(ctx.session, ctx.person)
    cards = tuple(REGISTRY.workflow(one.workflow).card(ctx, one, ctx.person) for one in owed)
    notes = [note for flow in REGISTRY.all() if flow.makes_home for note in flow.makes_home(ctx)]
    waiting = sum(one.state == "open" for one in owed) + sum(map(_waits, notes))
    standing = f"{waiting} waiting for you." if waiting else "Nothing is waiting for you."
    lines = (standing,) if cards or notes else ()
    asks, told = ([note for note in notes if _waits(note) == waits] for waits in (True, False))
    shown = (*_together(ctx, owed), *asks, *cards, *told)
    return m.Home("To do", lines=lines, cards=shown, empty="Nothing is waiting for you. Enjoy the quiet.")


def _together(ctx: Context, owed: Sequence[Assignment]) -> tuple[m.Message, ...]:
    """Return a card for each workflow of which several can be answered at once; its duties have cards of their own."""
    open_ = [one for one in owed if one.state == "open"]
    flows = Counter(one.workflow for one in open_)
    return tuple(
        replace(bundle(ctx, [one for one in open_ if one.workflow == name], ctx.person), facts=())
        for name, many in flows.items()
        if many > 1 and REGISTRY.workflow(name).makes_bundle
    )


def _waits(note: m.Message) -> bool:
    """Return whether a note asks for something; what was only said can be put away."""
    return all(button.act != "inbox.seen" for button in note.buttons)
