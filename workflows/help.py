"""`help`: what the caller may do, each with an example; made from what the workflows declare."""

from __future__ import annotations

from models import message as m
from workflows.context import Context
from workflows.who import everyone
from workflows.workflow import REGISTRY, Answers, Refusal, Workflow

WORKFLOW = Workflow("help", "Help", "what you can do here")


@WORKFLOW.look("", help="see what you can do here", example="help policy", may=everyone, page="Help")
def help_(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Return a list per workflow with the acts the actor may at least begin. Raises Refusal where there are none."""
    chosen = [workflow for workflow in REGISTRY.all() if target in ("", workflow.name)]
    if not chosen:
        raise Refusal(f"There is no help on “{target}”.", "Type `help` for everything.", status="missing")
    offered = {flow.title: tuple((a.example, a.help) for a in flow.acts.values() if a.offered(ctx)) for flow in chosen}
    tables = tuple(m.Table(title, (), rows) for title, rows in offered.items() if rows)
    if not tables:
        everything = m.Button("Help", "help")
        raise Refusal("Nothing here for you.", "Type `help` to see what you can do.", buttons=(everything,))
    return m.Message(
        f"What you can do with {ctx.settings.bot_name}",
        lines=("Type any of these, here or in a direct message, or use the buttons.",),
        tables=tables,
    )
