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
from bot.slack.draw.pages import PAGE
from bot.slack.draw.place import Place
from bot.slack.follow import Answer, Call, Follow, Respond
from bot.slack.gestures import NO_PLACE, Came, Spot
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
        if came.kind == "options":
            return Answer({"options": []})
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
        view = home_view(said if isinstance(said, m.Home) else _as_message(said), showing.place, self._look(showing))
        return Call("views.publish", {"user_id": user, "view": view})

    def anew(self, spot: Spot, showing: Showing) -> Call | Respond:
        """Return what draws anew the message in which something was pressed; the one that only one sees as well."""
        page = self._standing(showing, opens=spot.where == "card")[0]
        if spot.where == "card":
            return Call("chat.update", {"channel": spot.channel, "ts": spot.ts, **page})
        return Respond(spot.respond, {"response_type": "ephemeral", "replace_original": True, **page})

    def _in_response(self, came: Came, showing: Showing) -> Answer:
        """Answer a command where only the person sees it: lists of others' duties must not be public."""
        if isinstance(showing.reply.said, m.Form):
            return self._opened(came, showing)
        first, *rest = [{"response_type": "ephemeral", **page} for page in self._pages(showing)]
        return Answer(first, tuple(Respond(came.spot.respond, page) for page in rest))

    def _in_conversation(self, came: Came, showing: Showing) -> Answer:
        """Answer a direct message beneath it, in its thread if it has one; a form is a message with a button there."""
        thread = {"thread_ts": came.spot.thread} if came.spot.thread else {}
        return Answer(None, self._posted(showing, channel=came.spot.channel, **thread))

    def _to_button(self, came: Came, showing: Showing) -> Answer:
        """Answer a button: open a modal, or say what was done."""
        spot = came.spot
        if spot.where == "modal":
            # A form leaves room for what opens from it: it would be replaced, and what was typed with it.
            room = STACK - 1 if isinstance(showing.reply.said, m.Form) else STACK
            if (showing.opens or showing.reply in TROUBLE) and spot.stacked < room:
                return self._opened(came, showing, "views.push")
            return Answer(None, (self._updated(came, showing),))
        if showing.opens or spot.where == "home":
            return self._opened(came, showing)
        # Only what was done, or another page, takes the place of what it was pressed on.
        instead = spot.where == "ephemeral" and (showing.reply.committed or came.act == PAGE)
        replaces = {"response_type": "ephemeral", "replace_original": instead}
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

    def _opened(self, came: Came, showing: Showing, method: str = "views.open") -> Answer:
        """Return what opens a modal, at once: a trigger serves once and for three seconds."""
        opening = self._view(method, showing, trigger_id=came.spot.trigger)
        return Answer(None, (opening._replace(otherwise=lambda: self._unopened(came, showing)),))

    def _updated(self, came: Came, showing: Showing) -> Call:
        return self._view("views.update", showing, view_id=came.spot.view)

    def _unopened(self, came: Came, showing: Showing) -> tuple[Follow, ...]:
        """Return what shows the same where a modal did not open: in the view in front, or in a message."""
        if came.spot.where == "modal" and not came.place.shown:  # a form keeps what was typed
            return (self._updated(came, showing),)
        if not came.spot.respond:
            return self._posted(showing, channel=came.user)
        apart = {"response_type": "ephemeral", "replace_original": False}
        return tuple(Respond(came.spot.respond, {**apart, **page}) for page in self._standing(showing, opens=False))

    def _posted(self, showing: Showing, **where: str) -> tuple[Follow, ...]:
        return tuple(
            Call("chat.postMessage", {**where, **page, **PLAIN}) for page in self._standing(showing, opens=True)
        )

    def _standing(self, showing: Showing, *, opens: bool) -> list[Page]:
        """Return a reply as messages; a form as what it is about, with a button that opens it."""
        said = showing.reply.said
        if not isinstance(said, m.Form):
            return self._pages(showing, opens=opens)
        form = _with_errors(said, showing.reply)
        return opener_pages(form, showing.names, self._base_url, showing.place.again)

    def _view(self, method: str, showing: Showing, **where: str) -> Call:
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

    def _pages(self, showing: Showing, *, opens: bool = False) -> list[Page]:
        """Return the messages that say a reply: the one in view where buttons lead on, otherwise all of them.

        `opens`: further pages open in a modal.
        """
        said, again = showing.reply.said, showing.place.again
        if isinstance(said, m.Home):
            pages = home_pages(said, showing.names, self._base_url, again, again, opens=opens)
        else:
            pages = message_pages(_as_message(said), showing.names, self._base_url, again, again, opens=opens)
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
