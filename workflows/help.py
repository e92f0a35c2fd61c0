"""`help`: what the caller may do, each with an example; made from what the workflows declare."""

from __future__ import annotations

from models import message as m
from workflows.context import Context
from workflows.who import everyone
from workflows.workflow import REGISTRY, Answers, Refusal, Workflow

WORKFLOW = Workflow("help", "Help", "what you can do here")


@WORKFLOW.look("", help="see what you can do here", example="help policy", may=everyone, page="Help")
def help_(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Return one table with the acts the actor may at least begin."""
    chosen = [workflow for workflow in REGISTRY.all() if target in ("", workflow.name)]
    if not chosen:
        raise Refusal(f"There is no help on “{target}”.", "Type `help` for everything.", status="missing")
    rows = tuple((act.example, act.help) for workflow in chosen for act in workflow.acts.values() if act.offered(ctx))
    return m.Message(
        f"What you can do with {ctx.settings.bot_name}",
        lines=("Type any of these, here or in a direct message, or use the buttons.",),
        tables=(m.Table("Commands", ("Type", "To"), rows),),
    )
