"""Where a reply goes: into the response, a modal, the message itself, or the conversation. Pure functions.

What looks at something or asks opens in a modal, so that a card in a conversation stays where it is; what was done is
said where it was done. Nothing of a reply is dropped: what does not fit is on further pages.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bot.inbound import BROKE, NOT_SAVED
from bot.slack.draw.blocks import Page, home_pages, message_pages, opener_pages
from bot.slack.draw.limits import BUTTON_VALUE
from bot.slack.draw.modal import Look, View, beside, form_view, home_view, list_view, message_view, more_to_ask
from bot.slack.draw.place import Place
from bot.slack.follow import Answer, Call, Follow, Respond
from bot.slack.gestures import NO_PLACE, Came
from bot.text.parts import TONES
from bot.text.words import Names
from handlers.answers import digest
from models import message as m
from models.gesture import NOTHING, Reply

TROUBLE = (NOT_SAVED, BROKE)
STACK = 3  # modals that Slack lays on each other
PLAIN = {"unfurl_links": False, "unfurl_media": False}  # no previews of what is behind a link


class Showing(NamedTuple):
    """A reply with what drawing it needs: names for mentions, where it stands, whether it merely opened something.

    `place` says how to draw the same once more, if that changes nothing.
    """

    reply: Reply
    names: Names = NOTHING
    place: Place = NO_PLACE
    opens: bool = False


class Replies:
    """Turns replies into what goes back to Slack."""

    def __init__(self, base_url: str, *, files: bool) -> None:
        self._base_url = base_url
        self._nobody = Look({}, base_url, files)

    def answer(self, came: Came, showing: Showing) -> Answer:
        """Return what answers a gesture, by where it was made."""
        match came.spot.where:
            case "command":
                return self._in_response(came, showing)
            case "dm":
                return self._in_conversation(came, showing)
            case "modal" if came.kind == "form":
                return self._in_form(came, showing)
            case "modal" | "home" | "card" | "ephemeral":
                return self._to_button(came, showing)
        return self._opened(came, showing) if came.spot.trigger else Answer()

    def more_to_ask(self, form: m.Form, place: Place) -> bool:
        """Return whether the page of a form that is in view is followed by another."""
        return more_to_ask(form, place, self._nobody)

    def home(self, user: str, showing: Showing) -> Call:
        """Return the call that publishes somebody's App Home."""
        said = showing.reply.said
        home = said if isinstance(said, m.Home) else m.Home(said.title, cards=(_as_message(said),))
        view = home_view(home, showing.place, self._look(showing))
        return Call("views.publish", {"user_id": user, "view": view})

    def _in_response(self, came: Came, showing: Showing) -> Answer:
        """Answer a command where only the person sees it: lists of others' duties must not be public."""
        if isinstance(showing.reply.said, m.Form):
            return self._opened(came, showing)
        first, *rest = [{"response_type": "ephemeral", **page} for page in self._pages(showing)]
        return Answer(first, tuple(Respond(came.spot.respond, page) for page in rest))

    def _in_conversation(self, came: Came, showing: Showing) -> Answer:
        """Answer a direct message beneath it, in its thread if it has one; a form is a message with a button there."""
        said = showing.reply.said
        if isinstance(said, m.Form):
            pages = opener_pages(_with_errors(said, showing.reply), showing.names, self._base_url, showing.place.again)
        else:
            pages = self._pages(showing)
        where = {"channel": came.spot.channel} | ({"thread_ts": came.spot.thread} if came.spot.thread else {})
        calls = [Call("chat.postMessage", {**where, **page, **PLAIN}) for page in pages]
        return Answer(None, tuple(calls))

    def _to_button(self, came: Came, showing: Showing) -> Answer:
        """Answer a button: open a modal, or say what was done."""
        spot = came.spot
        if spot.where == "modal":
            if (showing.opens or showing.reply in TROUBLE) and spot.stacked < STACK:
                return Answer(None, (self._view("views.push", showing, trigger_id=spot.trigger),))
            return Answer(None, (self._view("views.update", showing, view_id=spot.view),))
        if showing.opens or spot.where == "home":
            return self._opened(came, showing)
        replaces = {"response_type": "ephemeral", "replace_original": spot.where == "ephemeral"}
        more = {"response_type": "ephemeral", "replace_original": False}
        pages = self._pages(showing)
        return Answer(
            None,
            tuple(
                Respond(spot.respond, {**(more if number else replaces), **page}) for number, page in enumerate(pages)
            ),
        )

    def _in_form(self, came: Came, showing: Showing) -> Answer:
        """Answer a form in the response: with errors beside its fields, or with what is to be seen next."""
        reply, look = showing.reply, self._look(showing)
        if reply in TROUBLE and came.values:  # beside a field, so that nothing that was typed is lost
            return Answer({"response_action": "errors", "errors": {next(iter(came.values)): _sentence(reply)}})
        errors = beside(reply.said, came.place, look, reply.errors) if isinstance(reply.said, m.Form) else None
        if errors:
            return Answer({"response_action": "errors", "errors": errors})
        return Answer({"response_action": "update", "view": self._drawn(showing)})

    def _opened(self, came: Came, showing: Showing) -> Answer:
        """Return what opens a modal, at once: a trigger serves once and for three seconds."""
        return Answer(None, (self._view("views.open", showing, trigger_id=came.spot.trigger),))

    def _view(self, method: str, showing: Showing, **where: str) -> Follow:
        return Call(method, {**where, "view": self._drawn(showing)})

    def _drawn(self, showing: Showing) -> View:
        said, place, look, reply = showing.reply.said, showing.place, self._look(showing), showing.reply
        match said:
            case m.Form():
                asked = place._replace(act=said.act, target=said.target, shown=digest(said), words="")
                return form_view(said, asked, look, reply.values, reply.errors)
            case m.Home():
                return list_view(said, place, look)
            case m.Message():
                return message_view(said, place, look)

    def _pages(self, showing: Showing) -> list[Page]:
        """Return the messages that say a reply: the one in view where buttons lead on, otherwise all of them."""
        said, again = showing.reply.said, showing.place.again
        if isinstance(said, m.Home):
            pages = home_pages(said, showing.names, self._base_url, again)
        else:
            pages = message_pages(_as_message(said), showing.names, self._base_url, again)
        leads = bool(again) and len(again) + 10 <= BUTTON_VALUE
        return pages[_within(showing.place.page, pages) :][:1] if leads else pages

    def _look(self, showing: Showing) -> Look:
        return self._nobody._replace(names=showing.names) if showing.names else self._nobody


def _within(page: int, pages: list[Page]) -> int:
    return max(1, min(page, len(pages))) - 1


def _sentence(reply: Reply) -> str:
    said = _as_message(reply.said)
    return " ".join((said.title, *said.lines))


def _with_errors(form: m.Form, reply: Reply) -> m.Form:
    """Return a form that says above everything else what was wrong with the words that should have answered it."""
    labels = {field.name: field.label for field in form.fields}
    wrong = (f"{TONES['warn']}{labels.get(name, name)}: {text}" for name, text in reply.errors.items())
    return replace(form, lines=(*wrong, *form.lines))


def _as_message(said: m.Said) -> m.Message:
    """Return what is said, as a message; a form never comes where this is asked."""
    return said if isinstance(said, m.Message) else m.Message(said.title, lines=said.lines)
