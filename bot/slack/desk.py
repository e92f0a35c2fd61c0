"""What every answer to Slack needs: who it is, the gesture they make, and how a reply is shown to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from bot.database import Database
from bot.inbound import Inbound, refusal
from bot.lately import Lately
from bot.slack import who
from bot.slack.draw.blocks import marked
from bot.slack.draw.place import Place, standing
from bot.slack.follow import Answer, Call, Follow, Respond, Then
from bot.slack.gestures import NO_PLACE, Came, Spot
from bot.slack.replies import Replies, Showing
from bot.slack.who import Known
from bot.slack.words import mentioned
from config.settings import Settings
from handlers.dispatch import Refused
from handlers.home import at_home
from models import message as m
from models.gesture import Auth, Gesture, GestureKind, Reply

REMEMBERED = 1000  # people of whom it is known what lies open before them
STRANGER = refusal(
    "I don't know you yet.",
    "Your Slack account is linked to nobody on the roster.",
    "If you are new here, try again in a few minutes. Otherwise ask your compliance lead.",
)


class Directory(Protocol):
    """Knows Slack's accounts; see bot/slack/identities.py."""

    async def contact(self, ref: str, user: str) -> bool:
        """Ask Slack who an unknown user is, once in a while; return whether anything was learned."""
        ...

    async def changed(self, ref: str, user: Mapping[str, Any], at: datetime) -> None:
        """Take a profile as it stood at a time."""
        ...


class Desk:
    """Takes gestures to the workflows and their replies back."""

    def __init__(
        self,
        database: Database,
        inbound: Inbound,
        settings: Settings,
        directory: Directory,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.inbound = inbound
        self.settings = settings
        self.directory = directory
        self.clock = clock
        self.replies = Replies(settings.base_url, files=settings.slack_files)
        self._homes = Lately[None](REMEMBERED)
        self._pressed = Lately[tuple[Spot, str]](REMEMBERED)

    async def known(self, came: Came) -> Known:
        """Return who it is; somebody unknown is asked about at Slack before they are turned away."""
        mentions = mentioned(came.words)
        known = await self.database.read(lambda session: who.find(session, came, mentions))
        unknown = known.workspace and not known.person_id and came.user and came.by_person and not who.foreign(came)
        if unknown and await self.directory.contact(known.workspace, came.user):
            known = await self.database.read(lambda session: who.find(session, came, mentions))
        return known

    def gesture(self, kind: GestureKind, came: Came, known: Known, **parts: Any) -> Gesture:
        """Return the gesture that a known person makes."""
        assurance = "demo" if self.settings.demo else "chat"
        auth = Auth("slack", known.workspace, came.origin.scheme, came.origin.sha256, assurance)
        return Gesture(kind, known.person_id, came.at, auth, came.key, **parts)

    async def look(self, came: Came, known: Known, place: Place) -> Reply:
        """Return what a place shows now to whoever made a gesture; nothing is done."""
        kind: GestureKind = "command" if place.words else "button"
        gesture = self.gesture(kind, came, known, words=place.words, act=place.act, target=place.target)
        return await self.inbound.look(gesture)

    async def shown(
        self, came: Came, known: Known, reply: Reply, place: Place = NO_PLACE, *, opens: bool = False
    ) -> Answer:
        """Return the answer that shows a reply. What was done is never done again by turning pages."""
        names = await self.inbound.names(reply)
        again = Place(root=place.root) if reply.committed else place
        answer = self.replies.answer(came, Showing(reply, names, again, opens=opens))
        answer.workspace = known.workspace
        self._note(came, known)
        if reply.committed:
            answer.follows = (*answer.follows, *self._redrawn(came, known, place))
        return answer

    def _note(self, came: Came, known: Known) -> None:
        """Remember in which answer of ours somebody pressed something: it may lead to a form, and that to a deed."""
        if came.spot.where in ("card", "ephemeral") and marked(came.name):
            self._pressed.put((known.workspace, came.user), (came.spot, marked(came.name)))

    def _redrawn(self, came: Came, known: Known, place: Place) -> Iterator[Follow]:
        """Yield what draws anew what somebody who has done something has before them: a copy may not stay as it was."""
        who_where = (known.workspace, came.user)
        if place.root == "home" or who_where in self._homes:
            yield Then(lambda: self.home(came, known))
        pressed = self._pressed.take(who_where)
        if pressed and came.spot.where != "ephemeral":  # there, what was done stands in its place
            yield Then(partial(self._anew, came, known, *pressed))

    async def _anew(self, came: Came, known: Known, spot: Spot, again: str) -> Call | Respond:
        """Return what shows an answer as it stands now, where it stands."""
        place = standing(again)
        reply = await self.look(came, known, place)
        return self.replies.anew(spot, Showing(reply, await self.inbound.names(reply), place))

    def told(self, came: Came, reply: Reply, known: Known | None = None) -> Answer:
        """Return the answer that says something which names nobody."""
        answer = self.replies.answer(came, Showing(reply))
        answer.workspace = known.workspace if known else ""
        return answer

    async def home(self, came: Came, known: Known, page: int = 1) -> Call:
        """Return the call that publishes somebody's App Home as it stands now; nothing of anybody's to a stranger."""
        if not known.person_id:  # it may have been somebody's until a moment ago
            return self.replies.home(came.user, Showing(STRANGER))
        gesture = self.gesture("button", came, known)

        def work(session: Session) -> m.Said:
            return at_home(session, gesture, self.settings, self.clock())

        try:
            said = await self.database.read(work)
        except Refused as refused:
            said = refused.reply.said
        self._homes.put((known.workspace, came.user), None)
        reply = Reply(said)
        showing = Showing(reply, await self.inbound.names(reply), Place("todo", page=page, root="home"))
        return self.replies.home(came.user, showing)
