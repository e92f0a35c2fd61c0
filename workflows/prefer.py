"""By which channel somebody wants to be written to: asked once, on the platform of their choice."""

from __future__ import annotations

from sqlalchemy import update

from evidence.record import Subject
from models import message as m
from models.person import Preference
from workflows.context import Context, insert_or_ignore
from workflows.reach import ways_to
from workflows.who import everyone
from workflows.workflow import Answers, Refusal, Workflow

WORKFLOW = Workflow(
    "prefer",
    "Where to write to you",
    "choose where you are asked",
    records={"person.prefers": "Somebody chose by which channel they want to be written to."},
)
CHANNELS = {"slack": "Slack", "teams": "Microsoft Teams", "mail": "e-mail"}
LABELS = {**CHANNELS, "mail": "E-mail"}
WORDS = {"slack": "slack", "teams": "teams", "email": "mail", "e-mail": "mail", "mail": "mail"}


def _find(ctx: Context, target: str) -> str:
    """Return the channel that was named, or nothing where none was. Raises Refusal for one that leads nowhere."""
    if not target.strip():
        return ""
    channel = WORDS.get(target.strip().lower(), "")
    if not channel:
        raise Refusal(f"“{target}” is none of the ways.", "Type `prefer slack`, `prefer teams` or `prefer email`.")
    if channel not in ways_to(ctx.session, ctx.settings, ctx.person):
        raise Refusal(f"You can't be reached by {CHANNELS[channel]} yet.", "Type `prefer` to see what there is.")
    return channel


@WORKFLOW.do("", help="choose where you are asked", find=_find, may=everyone)
def prefer(ctx: Context, channel: str, answers: Answers) -> m.Message:
    """Remember the choice, or show what there is to choose from."""
    ways = ways_to(ctx.session, ctx.settings, ctx.person)
    now = ctx.session.get(Preference, ctx.person.id)
    if not channel:
        return _choices(ways, now.channel if now else "")
    if now is None or now.channel != channel:
        row = {"person_id": ctx.person.id, "channel": channel}
        ctx.session.execute(insert_or_ignore(ctx.session, Preference), row)
        ctx.session.execute(update(Preference).where(Preference.person_id == ctx.person.id).values(channel=channel))
        ctx.record("person.prefers", Subject("person", ctx.person.ref), outcome=channel)
    return m.Message(f"From now on I write to you by {CHANNELS[channel]}.", tone="good")


def _choices(ways: list[str], chosen: str) -> m.Message:
    """Return the ways there are, each with its button."""
    told = f"You chose {CHANNELS[chosen]}." if chosen in ways else ""
    if len(ways) < 2:
        only = CHANNELS[ways[0]] if ways else "the web page alone"
        return m.Message(f"There is one way to you: {only}.")
    buttons = tuple(m.Button(LABELS[way], "prefer", "email" if way == "mail" else way) for way in ways)
    return m.Message("Where shall I write to you?", lines=(told,) if told else (), buttons=buttons)
