"""What people say and do in Slack, answered: typed words, buttons, forms. The same for HTTP and Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bot.handed import WHAT_FOR, NotFetched, more_than_a_file, not_fetched
from bot.inbound import NOT_SAVED, failed, refusal
from bot.lately import Lately
from bot.slack.aside import Aside
from bot.slack.desk import STRANGER, Desk
from bot.slack.draw.blocks import FORM, LINK
from bot.slack.draw.pages import PAGE, page_wanted
from bot.slack.draw.place import Place, standing
from bot.slack.files import Files
from bot.slack.follow import Answer
from bot.slack.forms import NOT_FETCHED, Forms
from bot.slack.gestures import Came
from bot.slack.manifest import ALIASES
from bot.slack.who import Known
from bot.slack.words import typed
from handlers.dispatch import only_looks
from models import message as m

Way = Callable[[Came, Known], Awaitable[Answer]]
SENT_AGAIN = ("message", "emoji", "event")  # what Slack sends again where it is not acknowledged
HEARD = 1000  # messages of which it is remembered that they were answered
NOT_CONNECTED = refusal(
    "This workspace is not connected.", "Somebody who installs here has to confirm it first. Nothing was done."
)


class Conversation:
    """Answers whatever came; what was done is committed before anything goes back."""

    def __init__(self, desk: Desk, files: Files, aside: Aside) -> None:
        self._desk = desk
        self._files = files
        self._aside = aside
        self._takes_files = desk.settings.slack_files
        self._heard = Lately[None](HEARD)
        self._people: Mapping[str, Way] = {
            "command": self._typed,
            "message": self._written,
            "button": self._pressed,
            "form": Forms(desk, files).sent,
            "options": aside.options,
            "shortcut": aside.shortcut,
            "emoji": aside.emoji,
        }

    async def hear(self, came: Came) -> Answer:
        """Return what answers a payload. Raises nothing: what goes wrong is said, and noted without anybody's words."""
        known = Known()
        try:
            known = await self._desk.known(came)
            answer = await self._hear(came, known)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            reply = failed(error, came.kind)
            taken = reply is not NOT_SAVED or came.kind not in SENT_AGAIN
            answer = self._desk.told(came, reply, known) if taken else Answer(taken=False)
        if came.kind == "message" and answer.taken and not self._heard.put(came.key, None):
            return Answer()
        return answer

    async def _hear(self, came: Came, known: Known) -> Answer:
        """Answer whoever belongs here; others are turned away politely, and leave nothing."""
        if not known.workspace:
            return self._desk.told(came, NOT_CONNECTED)
        if came.kind == "event":
            return await self._aside.event(came, known)
        if came.user == known.bot_user:
            return Answer()
        if not known.person_id:
            return self._desk.told(came, STRANGER, known)
        return await self._people[came.kind](came, known)

    async def _typed(self, came: Came, known: Known) -> Answer:
        """Answer a command: the bot's own, or one that stands for its first word."""
        words = f"{ALIASES.get(came.name, '')} {self._said(came, known)}".strip() or "todo"
        reply = await self._desk.inbound.receive(self._desk.gesture("command", came, known, words=words))
        return await self._desk.shown(came, known, reply, Place(words=words, root="command"))

    async def _written(self, came: Came, known: Known) -> Answer:
        """Answer a direct message, with the files in it: once, however often Slack sends it."""
        words = self._said(came, known)
        if came.files and not words:
            return self._desk.told(came, WHAT_FOR, known)
        if came.files and not self._takes_files:
            return self._desk.told(came, not_fetched("Files can't be handed in here. Use the web page."), known)
        try:
            uploads = await asyncio.gather(*[self._files.fetch(known.workspace, one) for one in came.files])
        except NotFetched:
            return self._desk.told(came, not_fetched(NOT_FETCHED), known)
        gesture = self._desk.gesture("command", came, known, words=words or "todo", files=tuple(uploads))
        reply = await self._desk.inbound.receive(gesture)
        # A refusal leaves nothing, not even that it was said.
        if reply.status != "refused" and not await self._desk.inbound.first(gesture):
            return Answer()
        if came.files and isinstance(reply.said, m.Form):
            reply = more_than_a_file(reply.said)
        return await self._desk.shown(came, known, reply, Place(words=gesture.words, root="message"))

    def _said(self, came: Came, known: Known) -> str:
        """Return what somebody typed; who calls the bot by a mention calls it by its name."""
        return typed(came.words, {**known.people, known.bot_user: f"@{self._desk.settings.bot_name}"})

    async def _pressed(self, came: Came, known: Known) -> Answer:
        """Answer a button: of a workflow, or one of ours that draws the same once more."""
        if came.act == LINK:
            return Answer()
        if came.act in (PAGE, FORM):
            return await self._again(came, known)
        gesture = self._desk.gesture("button", came, known, act=came.act, target=came.target)
        reply = await self._desk.inbound.receive(gesture)
        place = Place(came.act, came.target, root=_root(came))
        return await self._desk.shown(came, known, reply, place, opens=only_looks(gesture))

    async def _again(self, came: Came, known: Known) -> Answer:
        """Show another page, or open a form that could not open by itself; whatever the button says, it only looks."""
        page, again = page_wanted(came.target) if came.act == PAGE else (1, came.target)
        if came.spot.where == "home" and came.act == PAGE:
            return Answer(None, (await self._desk.home(came, known, page),), known.workspace)
        place = standing(again)
        reply = await self._desk.look(came, known, place)
        place = place._replace(page=1 if came.spot.where == "card" else page, root=_root(came))
        turns = came.act == PAGE and came.spot.where in ("modal", "ephemeral")
        return await self._desk.shown(came, known, reply, place, opens=not turns)


def _root(came: Came) -> str:
    return came.place.root or ("home" if came.spot.where == "home" else "message")
