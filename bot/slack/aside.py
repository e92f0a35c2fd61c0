"""What Slack brings beside words, buttons and forms: people to pick, shortcuts, emoji, and news about accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.inbound import NOT_SAVED
from bot.slack.desk import Desk
from bot.slack.draw.fields import person_option
from bot.slack.draw.place import Place
from bot.slack.follow import Answer, Then
from bot.slack.gestures import Came
from bot.slack.who import Known
from bot.slack.words import typed
from models import message as m
from models.gesture import Reply
from models.person import Person
from workflows.context import zone_of
from workflows.whom import in_lower, lowered
from workflows.workflow import REGISTRY, Act

MOST = 30  # people to pick from; whoever is not among them is found by typing on
GOODBYES = ("app_uninstalled", "tokens_revoked")
PROFILES = ("team_join", "user_change")


class Workspaces(Protocol):
    """Knows which workspaces we are in; see bot/slack/workspaces.py."""

    async def said_goodbye(self, ref: str, event: Mapping[str, Any], at: datetime) -> None:
        """Take the event `app_uninstalled` or `tokens_revoked` of a workspace, as of a time."""
        ...


class Aside:
    """Answers the rest."""

    def __init__(self, desk: Desk, workspaces: Workspaces) -> None:
        self._desk = desk
        self._workspaces = workspaces

    async def options(self, came: Came, known: Known) -> Answer:
        """Offer people of the roster by what was typed of their names."""
        found = await self._desk.database.read(lambda session: self._people(session, known.person_id, came.words))
        return Answer({"options": found})

    def _people(self, session: Session, viewer_id: int, typed: str) -> list[dict[str, Any]]:
        now, viewer = self._desk.clock(), session.get_one(Person, viewer_id)
        if not typed.strip() or not viewer.employed(now.astimezone(zone_of(viewer)).date()):
            return []
        word = lowered(typed)
        named = in_lower(Person.name, word).contains(word, autoescape=True)
        rows = session.scalars(
            select(Person).where(named, Person.merged_into_id.is_(None)).order_by(Person.name, Person.id).limit(MOST)
        )
        return [person_option(one.ref, one.name) for one in rows if one.employed(now.astimezone(zone_of(one)).date())]

    async def shortcut(self, came: Came, known: Known) -> Answer:
        """Do what an act declares for a shortcut: its callback is the act's name, the message fills `message`."""
        act = REGISTRY.act(came.name)
        if act is None or "shortcut" not in act.kinds:
            return self._desk.told(came, NO_SHORTCUT, known)
        values = {"message": said} if (said := typed(came.words, known.people)) else {}
        gesture = self._desk.gesture("shortcut", came, known, act=act.name, target=came.target, values=values)
        reply = await self._desk.inbound.receive(gesture)
        return await self._desk.shown(came, known, reply, Place(act.name, came.target, root="message"), opens=True)

    async def emoji(self, came: Came, known: Known) -> Answer:
        """Do what an act declares for an emoji: one of its aliases. Any other emoji is none of our business."""
        act = next((one for one in REGISTRY.acts().values() if _takes(one, came.name)), None)
        if act is not None:
            gesture = self._desk.gesture("emoji", came, known, act=act.name, target=came.target)
            reply = await self._desk.inbound.receive(gesture)
            return Answer(taken=reply is not NOT_SAVED)
        return Answer()

    async def event(self, came: Came, known: Known) -> Answer:
        """Take news: about an account, about our being here, or that somebody opened their home."""
        if came.name in PROFILES and isinstance(profile := came.body.get("user"), dict):
            await self._desk.directory.changed(known.workspace, profile, came.at)
        elif came.name in GOODBYES:
            await self._workspaces.said_goodbye(known.workspace, came.body, came.at)
        elif came.name == "app_home_opened" and came.body.get("tab") == "home":
            return Answer(None, (Then(lambda: self._desk.home(came, known)),), known.workspace)
        return Answer()


NO_SHORTCUT = Reply(
    m.Message("I can do nothing with that yet.", lines=("Type `help` to see what you can do.",), tone="warn"),
    status="missing",
)


def _takes(act: Act, emoji: str) -> bool:
    return "emoji" in act.kinds and emoji in act.aliases
