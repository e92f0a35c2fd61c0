"""From a gesture to a reply: what was meant, may this person, is it complete, is it new; then one workflow call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from handlers.answers import asked, changed, complete, in_front, named, validate
from handlers.commands import fill, narrows, understand
from handlers.grammar import Words
from handlers.seen import first_time
from models import message as m
from models.campaign import Assignment
from models.gesture import Gesture, Reply, Upload
from models.moves import Stale
from models.person import Person
from workflows import who
from workflows.context import Context
from workflows.workflow import REGISTRY, Act, Invalid, Refusal, Unnamed

NOT_YOURS = ("That is not yours to do.", "Type `help` to see what you can do.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a gesture means: an act on a target, with raw values, or with the words from which to take them."""

    act: Act
    target: str
    values: Mapping[str, Any]
    words: Words | None = None


def opens(name: str) -> bool:
    """Return whether an act merely opens something where it is pressed: a look or a form."""
    act = REGISTRY.act(name)
    return act is not None and (act.does == "look" or act.form is not None)


def only_looks(gesture: Gesture) -> bool:
    """Return whether a gesture cannot change anything: a look, or a button that only opens a form."""
    if gesture.kind == "button":
        return opens(gesture.act)
    act = REGISTRY.act(gesture.act)
    return act is not None and act.does == "look"


def typed_look(session: Session, gesture: Gesture, settings: Settings, now: datetime) -> bool:
    """Return whether typed words merely ask to see something; False also where they cannot be understood."""
    ctx = Context(session, settings, now, session.get(Person, gesture.actor_id), command=True)
    try:
        return understand(ctx, gesture.words)[0].does == "look"
    except Refusal:
        return False


def answer(session: Session, gesture: Gesture, settings: Settings, now: datetime, *, look: bool = False) -> Reply:
    """Do what a gesture means, inside the caller's transaction, and return what the person sees next.

    With `look` nothing is done: what would be done is shown, with its form or the button that does it.
    Refusals are raised as `Refused`, so that the caller rolls back; nothing is ever half done.
    """
    actor = session.get(Person, gesture.actor_id)
    if actor is None:
        raise LookupError("the actor of a gesture must be somebody")
    ctx = Context(
        session, settings, now, actor, gesture.auth, gesture.at, gesture.operator, command=gesture.kind == "command"
    )
    try:
        _on_the_roster(ctx)
        return _carry_out(ctx, gesture, _wish(ctx, gesture), look=look)
    except Refusal as refusal:
        raise Refused(Reply(refusal.said, status=refusal.status)) from refusal
    except Stale as stale:
        text = f"That is no longer possible: it is {stale.state} by now."
        raise Refused(
            Reply(m.Message(text, lines=("Open it again to see how it stands.",), tone="warn"), status="again")
        ) from stale


def _on_the_roster(ctx: Context) -> None:
    """Refuse somebody who does not belong to the company today."""
    if not ctx.person.employed(ctx.today):
        raise Refusal("You are not on the roster today.", "Ask your compliance lead if that is a mistake.")


class Refused(Exception):
    """A refusal on its way out of the transaction, with what the person sees."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def _wish(ctx: Context, gesture: Gesture) -> Wish:
    """Return what is wanted. Raises Refusal where that is unknown."""
    if gesture.words or not gesture.act:
        understood, target, words = understand(ctx, gesture.words)
        return Wish(understood, target, gesture.values, words)
    act = REGISTRY.act(gesture.act)
    if act is None:
        raise Refusal("That button leads nowhere any more.", "Type `todo` to see what is waiting.", status="missing")
    return Wish(act, gesture.target, gesture.values)


def _carry_out(ctx: Context, gesture: Gesture, wish: Wish, *, look: bool) -> Reply:
    """Check permission at the moment of the gesture, then show the form, or do it."""
    wish, thing = _about(ctx, gesture, wish)
    act = wish.act
    if not who.may(ctx, act, thing):
        raise Refusal(*NOT_YOURS)
    held = look and act.does == "do"
    if act.form is None:
        _take(gesture.files)
        if wish.words:
            narrows(act, wish.words)
        said = {**(wish.words.filters if wish.words else {}), **wish.values}
        return Reply(_button(act, wish.target)) if held else _run(ctx, gesture, act, thing, said)
    if act.stands and (standing := act.stands(ctx, thing)):
        return Reply(standing, status="again")
    form = act.form(ctx, thing)
    _take(gesture.files, form.fields)
    values, unknown = _typed(ctx, gesture, wish, form)
    if held or (gesture.kind != "form" and not _at_once(gesture, act, form, values)):
        return Reply(form, errors=unknown, values=values)
    if gesture.kind == "form":
        answered = in_front(form, gesture.shown)
        if answered is None:
            return Reply(changed(form), values=values, status="again")
        form = answered
    answers, errors = validate(ctx, form, values)
    if errors:
        return Reply(form, errors=errors, values=values)
    ctx.shown = asked(form)
    try:
        return _run(ctx, gesture, act, thing, answers)
    except Invalid as wrong:  # leaves the transaction as an error, so that nothing the act began remains
        raise Refused(Reply(form, errors=wrong.errors, values=values)) from wrong


def _possible(ctx: Context, gesture: Gesture, act: Act) -> None:
    """Raise Refusal where an act can't be done this way, or by an operator for somebody else."""
    if gesture.kind not in (*act.kinds, "form"):
        raise Refusal("That can't be done this way.", f"Type `{act.example}`.")
    if act.personal and gesture.operator and not ctx.settings.demo:
        raise Refusal("Only the person can do that.", "Nobody acknowledges, decides or approves on somebody's behalf.")


def _about(ctx: Context, gesture: Gesture, wish: Wish) -> tuple[Wish, Any]:
    """Return a wish with the thing it is about. Raises Refusal; where nothing is named, with what it can be."""
    act = wish.act
    _possible(ctx, gesture, act)
    try:
        return wish, act.find(ctx, wish.target)
    except Unnamed as unnamed:
        if unnamed.instead:
            return _about(ctx, gesture, replace(wish, act=REGISTRY.acts()[unnamed.instead]))
        could = [one for one in unnamed.choices if who.may(ctx, act, act.find(ctx, one[0]))]
        if could:
            said = f"Press one of them, or name it: `{act.words} {could[0][0]}`."
            buttons = tuple(m.Button(label, act.name, target) for target, label in could)
            raise Refusal(str(unnamed), said, status="missing", buttons=buttons) from unnamed
        if not act.offered(ctx):
            raise Refusal(*NOT_YOURS) from unnamed
        raise Refusal(f"There is nothing now for `{act.words}`.", "Type `todo` to see what is waiting.") from unnamed


def _typed(ctx: Context, gesture: Gesture, wish: Wish, form: m.Form) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return (values, errors): what a form is filled with from the words that were typed, if any were."""
    if wish.words is None:
        return wish.values, {}
    narrows(wish.act, wish.words, form.fields)
    return named(ctx, form, {**fill(form, wish.words, gesture.files), **wish.values})


def _at_once(gesture: Gesture, act: Act, form: m.Form, values: Mapping[str, Any]) -> bool:
    """Return whether one typed line says all that a form asks, and its act need not be looked at first."""
    return gesture.kind == "command" and not act.asks and complete(form, values)


def _take(files: Sequence[Upload], fields: Sequence[m.AnyField] = ()) -> None:
    """Refuse more files than are asked for: none is dropped without a word."""
    room = sum(isinstance(one, m.File) for one in fields)
    if len(files) > room:
        how = "Send them one at a time." if room else "Send the words without a file."
        raise Refusal(
            "One file fits there." if room == 1 else "No file is asked for there.", f"Nothing was done. {how}"
        )


def _button(act: Act, target: str) -> m.Message:
    """Return what an act would do, with the button that does it."""
    label = act.words.rpartition(" ")[2].capitalize()
    return m.Message(
        f"{label} {target}?".replace(" ?", "?"),
        lines=(f"{act.help[:1].upper()}{act.help[1:]}.", "Nothing happens until you press the button."),
        buttons=(m.Button(label, act.name, target, "primary"),),
    )


def _run(ctx: Context, gesture: Gesture, act: Act, thing: Any, answers: Mapping[str, Any]) -> Reply:
    """Run the act once: a second copy of the same gesture only learns that it was the second."""
    if act.does == "do" and not _first(ctx, gesture):
        return _stands(ctx, thing)
    return Reply(act.run(ctx, thing, answers), committed=act.does == "do")


def _stands(ctx: Context, thing: Any) -> Reply:
    """Return the outcome that stands after a gesture that came twice."""
    if isinstance(thing, Assignment):
        return Reply(REGISTRY.workflow(thing.workflow).card(ctx, thing, ctx.person), status="again")
    return Reply(m.Message("Already done.", lines=("This came in before; nothing was done twice.",)), status="again")


def _first(ctx: Context, gesture: Gesture) -> bool:
    """Return whether a gesture is new, by all that it is known by, and remember it."""
    where = (gesture.auth.platform, gesture.auth.workspace)
    return all(first_time(ctx.session, ctx.now, *where, key) for key in (gesture.key, gesture.twin) if key)
