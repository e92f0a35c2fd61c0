"""Answers people in Teams; what was done is committed before anything goes back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.database import Database, NotSaved
from bot.follow import Follower
from bot.handed import WHAT_FOR, NotFetched, more_than_a_file, not_fetched
from bot.inbound import Inbound, failed, refusal
from bot.teams.connector import Connector
from bot.teams.connector import Conversation as Place_
from bot.teams.draw.card import Look
from bot.teams.draw.place import SEND, TURN, Place
from bot.teams.files import Files
from bot.teams.gestures import Came, Sender, invoke, key_of, message, sender_of, twin_of
from bot.teams.mentions import named
from bot.teams.replies import Showing, activities, to_dialog, to_press
from bot.teams.who import Directory, Known, tenant_of
from config.settings import Settings
from handlers.dispatch import opens
from models import message as m
from models.gesture import Auth, Gesture, GestureKind, Reply, Upload

FINGERPRINT: ContextVar[str] = ContextVar("fingerprint", default="")  # SHA-256 of the request in hand
I_AM = re.compile(r"\s*i am\s+(\S+@\S+)\s*", re.IGNORECASE)
STRANGER = refusal(
    "I don't know you yet.", "Nobody on the roster has your address. Ask your compliance lead to add you."
)
WHO = Reply(
    m.Message(
        "Who are you?",
        lines=(
            "This is a try on one machine, where nobody can be asked. Type who you want to be, by an address:",
            "`I am chidi.okafor@halden.example` is an employee of the demo company.",
            "`I am ana.duarte@halden.example` is its compliance lead.",
        ),
    ),
    status="refused",
)
ELSEWHERE = "I have answered in our own chat, where nobody else reads it."
LINKED = "I can't take files here and kept the link alone: send me the file in our own chat if it is asked for."
NOT_FETCHED = "This file is too big for here, or came too slowly. Use the web page, or try again."
NO_CHAT = "Write to me in a chat of our own: what I say is for you alone."


class Talk:
    """Takes activities to the workflows and their replies back."""

    def __init__(
        self,
        database: Database,
        inbound: Inbound,
        settings: Settings,
        connector: Connector,
        directory: Directory,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._inbound = inbound
        self._settings = settings
        self._connector = connector
        self._directory = directory
        self._clock = clock
        self._files = Files(local=settings.teams_local)
        self.follower = Follower("Teams")

    async def message(self, activity: Mapping[str, Any]) -> None:
        """See Hearing.message: the reply follows as messages of its own, or takes the place of the card pressed."""
        came = message(activity, self._clock())
        showing, known = await self._heard(came)
        if showing.again:
            return
        if not came.sender.personal:
            self._aside(came, known, showing)
        elif came.card and came.place.way in (SEND, TURN, ""):
            card = activities(showing)[0]
            self.follower.begin(("update", lambda: self._connector.update(came.sender.at, came.card, card)))
        else:
            self._send(came.sender.at, showing)

    async def invoke(self, activity: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """See Hearing.invoke."""
        came = invoke(activity, self._clock())
        if came is None:
            return None
        showing, _ = await self._heard(came)
        return to_dialog(showing) if came.where == "dialog" else to_press(showing)

    async def installed(self, activity: Mapping[str, Any], *, greeted: bool = True) -> None:
        """See Hearing.installed: from now on they can be written to; what waits for them is shown."""
        sender = sender_of(activity)
        if not sender.personal:
            return
        try:
            known = await self._directory.known(sender)
        except NotSaved as error:
            failed(error, "installed")
            return
        if not greeted:
            return
        once = twin_of(activity, sender, "installed") or key_of(activity)  # Teams tells of it in several activities
        came = Came("command", "chat", sender, once, self._clock(), "todo")
        if known.person_id:
            showing = await self._answered(came, known)
            if not showing.again:
                self._send(sender.at, showing)
        elif self._settings.teams_local:
            self._send(sender.at, Showing(WHO, self._look({})))

    async def removed(self, activity: Mapping[str, Any]) -> None:
        """See Hearing.removed."""
        sender = sender_of(activity)
        if not sender.personal:
            return
        try:
            await self._directory.gone(sender)
        except NotSaved as error:  # the next message to them is refused, which says the same
            failed(error, "removed")

    async def _heard(self, came: Came) -> tuple[Showing, Known]:
        """Return what answers a gesture. Raises nothing: what goes wrong is said."""
        try:
            known = await self._directory.known(came.sender)
            if self._settings.teams_local and (told := I_AM.fullmatch(came.words)):
                known = await self._introduced(came.sender, told[1])
                came = replace(came, words="todo")
            if known.person_id:
                if came.mentions:
                    came = replace(came, words=await named(came, self._database, self._connector))
                return await self._answered(came, known), known
            return Showing(WHO if self._settings.teams_local else STRANGER, self._look({})), known
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            return Showing(failed(error, came.kind), self._look({})), Known()

    async def _introduced(self, sender: Sender, address: str) -> Known:
        await self._directory.introduced(sender, address)
        return await self._directory.known(sender)

    async def _answered(self, came: Came, known: Known) -> Showing:
        """Return what a known person's gesture leads to, with the files that came with it."""
        if came.files and not came.words:
            return Showing(WHAT_FOR, self._look({}))
        try:
            uploads = await self._files.fetch(came.files, came.sender.at.service_url)
        except NotFetched:
            return Showing(not_fetched(NOT_FETCHED), self._look({}))
        showing = await self._done(came, known, uploads)
        if came.files and isinstance(showing.reply.said, m.Form):
            return replace(showing, reply=more_than_a_file(showing.reply.said), place=None)
        return showing

    async def _done(self, came: Came, known: Known, uploads: tuple[Upload, ...]) -> Showing:
        """Return what a gesture leads to."""
        place = came.place
        words = (came.words or "todo") if came.kind == "command" else place.words if came.kind == "look" else ""
        kinds: Mapping[str, GestureKind] = {"command": "command", "form": "form"}
        kind: GestureKind = "command" if words else kinds.get(came.kind, "button")
        gesture = Gesture(
            kind, known.person_id, came.at, self._auth(came.sender), came.key, place.act, place.target, words,
            values=came.values, shown=place.shown, files=uploads, twin=came.twin,
        )  # fmt: skip
        reply = await (self._inbound.look(gesture) if came.kind == "look" else self._inbound.receive(gesture))
        names = await self._inbound.names(reply)
        again = Place(place.act, place.target, words, place.page) if not reply.committed else None
        back = replace(place.back, card=place.back.card or came.card) if place.back else None
        if reply.committed and back and back.card:
            self.follower.begin(("update", lambda: self._redraw(came, known, back)))
        # A refusal leaves nothing, not even that it was said.
        copy = came.kind == "command" and reply.status != "refused" and not await self._inbound.first(gesture)
        return Showing(reply, replace(self._look(names), back=back or again), again, copy)

    async def _redraw(self, came: Came, known: Known, back: Place) -> None:
        """Draw the card once more from which something was opened that is done now."""
        look = Came("look", "card", came.sender, "", came.at, place=back)
        showing = await self._done(look, known, ())
        if showing.reply.status in ("ok", "again"):
            await self._connector.update(came.sender.at, back.card, activities(showing)[0])

    def _auth(self, sender: Sender) -> Auth:
        local = self._settings.teams_local
        scheme, assurance = ("none", "unverified") if local else ("bot-connector", "chat")
        return Auth("teams", tenant_of(sender), scheme, FINGERPRINT.get(), assurance)

    def _look(self, names: Mapping[str, str]) -> Look:
        dialogs, step = not self._settings.teams_local, secrets.token_hex(8)
        return Look(names, self._settings.base_url, opens, dialogs=dialogs, step=step)

    def _aside(self, came: Came, known: Known, showing: Showing) -> None:
        """Answer what was said among others where nobody else reads it."""
        told = ELSEWHERE if known.home else NO_CHAT
        if known.home:
            self._send(known.home, showing)
        told = f"{told} {LINKED}" if came.linked else told
        there = came.key.partition("\n")[2]
        said = {"type": "message", "text": told, **({"replyToId": there} if there else {})}
        self.follower.begin(("send", lambda: self._connector.send(came.sender.at, said)))

    def _send(self, to: Place_, showing: Showing) -> None:
        for one in activities(showing):
            self.follower.begin(("send", partial(self._connector.send, to, one)))

    async def close(self) -> None:
        """Finish what follows answers already given, and let go of every connection."""
        await self.follower.finish()
        await self._files.close()
        await self._connector.close()
