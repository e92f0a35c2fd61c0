"""Slack as a surface of the stage: people type, press and fill in a strict stand-in, over real HTTP."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.slack.edge import EDGE
from models.chat import Workspace
from models.person import Identity, Person
from tests.support.seen import Way
from tests.support.slack.client import Client
from tests.support.slack.deliver import Delivered
from tests.support.slack.filling import state
from tests.support.slack.server import Slack
from tests.support.slack.shots import Shot, of_home, of_message, of_view
from tests.support.slack.world import SCOPES, Message, Team, View
from tests.support.slack_screen import SlackScreen
from tests.support.stage import Screen, Stage
from tests.support.web import WebSurface

TEAM = "T0HALDEN"
MORE = ("More (", "Read all of it")
OPENER = ".form:0"


class Hand:
    """One person at their Slack: does something, waits until the bot is done with it, and looks."""

    def __init__(self, surface: SlackSurface, client: Client, person: Person) -> None:
        self.surface = surface
        self.client = client
        self.person = person
        self.world = client.world

    def types(self, words: str) -> SlackScreen:
        """Type a command."""
        self.client.closes()
        before = self._marks()
        self.client.commands(words)
        return self._looks(before)

    def writes(self, words: str) -> SlackScreen:
        """Write to the bot; where a form cannot open by itself, open it."""
        self.client.closes()
        before = self._marks()
        self.client.writes(words)
        screen = self._looks(before)
        opener = next((way for way in screen.shots[-1].seen.ways if way.action.get("action_id") == OPENER), None)
        if opener is None:
            return screen
        return SlackScreen(self, [*self.presses(screen.shots[-1], opener)[1].shots, *screen.shots])

    def goes_home(self) -> SlackScreen:
        """Open the App Home."""
        self.client.closes()
        self.client.opens_home()
        self.surface.settle()
        home = self.client.home
        assert home is not None, "nothing was published to the App Home"
        return self._screen([of_home(home)])

    def presses(self, shot: Shot, way: Way, copy_of: Delivered | None = None) -> tuple[Delivered, SlackScreen]:
        """Press something on a shot."""
        self._restores(shot)
        before = self._marks()
        got = self.client.presses(way.action, self._live(shot), copy_of)
        return got, self._looks(before)

    def sends(
        self, shot: Shot, answers: dict[str, Any], copy_of: Delivered | None = None
    ) -> tuple[Delivered, SlackScreen]:
        """Fill in a shot of a modal and send it."""
        view = copy.deepcopy(shot.stack[-1])
        values = {}
        for name, question in shot.seen.questions.items():
            given = state(
                question, answers.get(name), lambda one, typed: self._suggested(view, one, typed), self._hands
            )
            values[name] = {question["element"]["action_id"]: given}
        got = self.client.sends(values, view, copy_of)
        self.surface.settle()
        live = self.client.modal
        shown = live if live is not None and live.id == view.id else view
        stack = [*shot.stack[:-1], shown]
        return got, self._screen([of_view(stack)])

    def _suggested(self, view: View, question: dict[str, Any], typed: str) -> list[dict[str, Any]]:
        return self.client.suggestions(view, question["block_id"], question["element"]["action_id"], typed)

    def _hands(self, name: str, body: bytes) -> dict[str, Any]:
        return self.client.hands(name, body)

    def _restores(self, shot: Shot) -> None:
        """Put in front of the person again what they saw then."""
        stack = self.world.stack(self.client.user.id)
        stack[:] = copy.deepcopy(shot.stack)
        if shot.message is not None:
            live = self._live(shot)
            assert isinstance(live, Message)
            live.text, live.blocks = shot.message.text, copy.deepcopy(shot.message.blocks)

    def _live(self, shot: Shot) -> View | Message:
        """Return what a shot shows, as it stands now."""
        if shot.message is None:
            return self.client.modal if shot.stack and self.client.modal else shot.on
        there = self.client.direct.messages
        return next(one for one in there if one.ts == shot.message.ts)

    def _marks(self) -> dict[str, Any]:
        """Return how everything stands that the person could see."""
        marks: dict[str, Any] = {one.ts: one.edits for one in self.client.direct.messages}
        marks["stack"] = [view.hash for view in self.world.stack(self.client.user.id)]
        return marks

    def _looks(self, before: dict[str, Any]) -> SlackScreen:
        """Return what is new since `before`: the modal, or messages."""
        self.surface.settle()
        now = self._marks()
        stack = self.world.stack(self.client.user.id)
        if stack and now["stack"] != before["stack"]:
            return self._screen([of_view(stack)])
        others = [one for one in self.client.direct.messages if one.by != self.client.user.id]
        new = [one for one in others if now[one.ts] != before.get(one.ts)]
        mine = [one for one in new if one.only_for] or new
        assert mine, f"nothing is to be seen; Slack noted: {self.surface.slack.log.violations}"
        return self._screen([of_message(one) for one in mine])

    def _screen(self, shots: list[Shot]) -> SlackScreen:
        """Return a screen with these pages, and with those behind a button that leads to more."""
        more = next((one for one in shots[-1].seen.ways if one.label.startswith(MORE)), None)
        if more is None:
            return SlackScreen(self, shots)
        _, following = self.presses(shots[-1], more)
        return SlackScreen(self, [*shots, *following.shots])


class SlackSurface:
    """Everybody is in one workspace of the stand-in."""

    def __init__(self, stage: Stage, slack: Slack) -> None:
        self.slack = slack
        self._stage = stage
        self._web = WebSurface(stage)
        self._hands: dict[int, Hand] = {}
        slack.app_url = stage.address
        slack.world.clock = stage.clock
        stage.write(lambda session: _connect(session, self.team, stage))

    @property
    def team(self) -> Team:
        """The workspace."""
        return self.slack.world.teams[TEAM]

    def says(self, person: Person, words: str) -> SlackScreen:
        """See Surface.says."""
        return self.hand(person).types(words)

    def opens(self, person: Person) -> SlackScreen:
        """See Surface.opens."""
        return self.hand(person).goes_home()

    def meets(self) -> None:
        """Let everybody on the roster into the workspace who is not there yet."""
        known = select(Identity.person_id).where(Identity.platform == "slack")
        rows = select(Person).where(Person.id.not_in(known))
        for person in self._stage.read(lambda session: session.scalars(rows).all()):
            self.hand(person)

    def hand(self, person: Person) -> Hand:
        """Return a person at their Slack; they are let in where they are new."""
        if person.id not in self._hands:
            user_id = f"U{person.id:06}"
            user = self.slack.world.user(
                self.team, name=person.name, id_=user_id, email=person.email or "", zone=person.zone
            )
            self._stage.write(lambda session: _link(session, person, user_id))
            self._hands[person.id] = Hand(self, Client(self.slack, user), person)
        return self._hands[person.id]

    def follows(self, hand: Hand, shot: Shot, way: Way) -> Screen:
        """Follow a link into the web inbox, in a browser in which the person is signed in."""
        if way.action:
            hand.client.presses(way.action, shot.on)
        base = self._stage.settings.base_url
        assert way.url.startswith(f"{base}/"), f"{way.url} leads out of the inbox"
        return self._web.browser(hand.person).get(way.url.removeprefix(base))

    def settle(self) -> None:
        """Wait until the bot has done what it does after its answers."""
        self._stage.loop.run(self._stage.app[EDGE].listening.idle())


def _connect(session: Session, team: Team, stage: Stage) -> None:
    """Write down that the workspace is connected, unless it is known already."""
    if session.scalars(select(Workspace).filter_by(platform="slack", ref=team.id)).first() is None:
        session.add(
            Workspace(
                platform="slack",
                ref=team.id,
                name=team.name,
                state="connected",
                bot_user=team.bot_user_id,
                created_at=stage.now,
                connected_at=stage.now,
            )
        )


def _link(session: Session, person: Person, user_id: str) -> None:
    there = session.scalars(select(Identity).filter_by(platform="slack", workspace=TEAM, platform_id=user_id)).first()
    if there is None:
        session.add(
            Identity(
                person_id=person.id,
                platform="slack",
                workspace=TEAM,
                platform_id=user_id,
                recorded_at=person.recorded_at,
            )
        )


class DirectSurface(SlackSurface):
    """Everybody writes to the bot instead of typing commands."""

    def says(self, person: Person, words: str) -> SlackScreen:
        """See Surface.says."""
        return self.hand(person).writes(words)


@contextmanager
def workspace() -> Iterator[tuple[Slack, dict[str, Any]]]:
    """Run a stand-in with the company's workspace, and yield it with the settings that connect to it.

    What Slack would not have taken, or a person would have waited for in vain, is an error at the end.
    """
    with Slack().running() as slack:
        team = slack.world.team("Halden", id_=TEAM)
        token = slack.world.token(team, scopes=(*SCOPES, "files:read"))
        slack.patience = slack.world.trigger_seconds = 120.0  # how fast the bot is, is measured where nothing else runs
        yield (
            slack,
            {
                "slack_bot_token": token.value,
                "slack_signing_secret": slack.signing_secret,
                "slack_api_url": slack.api_url,
                "slack_files": True,
                "slack_per_second": 1000.0,
            },
        )
        assert slack.log.violations == []
