"""Teams as a surface of the stage: people type, press and fill in a strict stand-in, over real HTTP."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.teams.edge import EDGE
from models.chat import Conversation, Workspace
from models.person import Identity, Person
from tests.support.seen import Reading
from tests.support.stage import Screen, Stage
from tests.support.teams.client import Client
from tests.support.teams.deliver import Delivered
from tests.support.teams.filling import state
from tests.support.teams.issuer import APP, TENANT
from tests.support.teams.seen import Way
from tests.support.teams.server import Teams
from tests.support.teams.shots import Shot, of_dialog, of_message, of_words
from tests.support.web import WebSurface

MORE, WEB_PAGE = "More (", "Open the web page"


class Hand:
    """One person at their Teams: does something, waits until the bot is done with it, and looks."""

    def __init__(self, surface: TeamsSurface, client: Client, person: Person) -> None:
        self.surface = surface
        self.client = client
        self.person = person

    def types(self, words: str) -> TeamsScreen:
        """Type to the bot, in one's own chat with it."""
        self.client.dialog = None
        before = self._marks()
        self.client.writes(words)
        return self._looks(before)

    def presses(
        self, shot: Shot, way: Way, answers: dict[str, Any] | None = None, copy_of: Delivered | None = None
    ) -> tuple[Delivered, TeamsScreen]:
        """Press something on a shot, with what is filled in beforehand or by hand."""
        self._restores(shot)
        before = self._marks()
        inputs = {name: state(one, (answers or {}).get(name.removeprefix("f."))) for name, one in shot.asks.items()}
        if shot.dialog is not None:
            got = self.client.submits(way.action, inputs, copy_of)
        else:
            assert shot.message is not None, f"nothing can be pressed on words: {shot.text}"
            said = self.client.chat.said(shot.message.id)
            assert said is not None, "what is pressed is gone"
            got = self.client.presses(way.action, said, inputs, copy_of)
        return got, self._looks(before)

    def _restores(self, shot: Shot) -> None:
        """Put in front of the person again what they saw then."""
        self.client.dialog = shot.dialog.copied() if shot.dialog is not None else None
        said = self.client.chat.said(shot.message.id) if shot.message is not None else None
        if said is not None and shot.message is not None:
            said.body = copy.deepcopy(shot.message.body)

    def _marks(self) -> dict[str, int]:
        """Return how everything stands that the person could see."""
        return {one.id: one.edits for one in self.client.chat.by_bot()}

    def _looks(self, before: dict[str, int]) -> TeamsScreen:
        """Return what is new since `before`: the dialog, words beside a card, or messages."""
        dialog, told = self.client.dialog, self.client.told  # now: there may be other windows
        self.surface.settle()
        if dialog is not None:
            return self._screen([of_dialog(dialog)])
        if told:
            return TeamsScreen(self, [of_words(told)])
        new = [one for one in self.client.chat.by_bot() if one.edits != before.get(one.id)]
        assert new, f"nothing is to be seen; Teams noted: {self.surface.teams.log.violations}"
        return self._screen([of_message(one) for one in new])

    def _screen(self, shots: list[Shot]) -> TeamsScreen:
        """Return a screen with these pages, and with those behind a button that leads to more."""
        more = next((one for one in shots[-1].seen.ways if one.label.startswith(MORE)), None)
        if more is None:
            return TeamsScreen(self, shots)
        _, following = self.presses(shots[-1], more)
        return TeamsScreen(self, [*shots, *following.shots])


class TeamsScreen(Reading):
    """What a person has in front of them in Teams, on all its pages."""

    def __init__(self, hand: Hand, shots: list[Shot]) -> None:
        self.hand = hand
        self.shots = shots
        self.title = shots[0].title
        self.text = " ".join(" ".join(shot.text for shot in shots).split())
        self.status = 422 if any(shot.refused for shot in shots) else 200
        self._done: dict[str, Delivered] = {}  # the gestures made here; the same one again is a second copy

    def offers(self, *labels: str) -> TeamsScreen:
        """See Screen.offers."""
        there = [way.label for shot in self.shots for way in shot.seen.ways]
        for label in labels:
            found = any(way.called(label) for shot in self.shots for way in shot.seen.ways)
            assert found, f"{label!r} not among {there}"
        return self

    def presses(self, label: str, on: str = "") -> Screen:
        """See Screen.presses."""
        for shot in self.shots:
            way = shot.way(label, on)
            if way is not None and way.url:
                return self.hand.surface.follows(self.hand, way)
            if way is not None:
                key = f"{label} {json.dumps(way.action, sort_keys=True)}"
                return self._once(key, partial(self.hand.presses, shot, way, None))
        raise AssertionError(f"nothing is labelled {label!r} in: {self.text}")

    def fills(self, **answers: Any) -> Screen:
        """See Screen.fills: what a card cannot ask for is asked for on a web page."""
        for shot in self.shots:
            way = shot.submit
            if way is not None:
                missing = {name for name in answers if f"f.{name}" not in shot.asks}
                assert not missing, f"nothing asks for {sorted(missing)} in: {self.text}"
                key = json.dumps(answers, sort_keys=True, default=repr)
                return self._once(key, partial(self.hand.presses, shot, way, answers))
        page = next((way for shot in self.shots for way in shot.seen.ways if way.label == WEB_PAGE), None)
        assert page is not None, f"no form asks for {sorted(answers)} in: {self.text}"
        return self.hand.surface.follows(self.hand, page).fills(**answers)

    def _once(self, key: str, do: Callable[[Delivered | None], tuple[Delivered, TeamsScreen]]) -> TeamsScreen:
        """Make a gesture; made here before, it comes in as a second copy."""
        self._done[key], screen = do(self._done.get(key))
        return screen


class TeamsSurface:
    """Everybody is in one tenant of the stand-in and has the app."""

    def __init__(self, stage: Stage, teams: Teams) -> None:
        self.teams = teams
        self._stage = stage
        self._web = WebSurface(stage)
        self._hands: dict[int, Hand] = {}
        teams.bot_url = stage.address
        teams.world.clock = stage.clock
        stage.write(lambda session: _connect(session, stage))

    def says(self, person: Person, words: str) -> TeamsScreen:
        """See Surface.says."""
        return self.hand(person).types(words)

    def opens(self, person: Person) -> TeamsScreen:
        """See Surface.opens."""
        return self.hand(person).types("todo")

    def meets(self) -> None:
        """Let everybody on the roster into the tenant who is not there yet."""
        known = select(Identity.person_id).where(Identity.platform == "teams")
        rows = select(Person).where(Person.id.not_in(known))
        for person in self._stage.read(lambda session: session.scalars(rows).all()):
            self.hand(person)

    def hand(self, person: Person) -> Hand:
        """Return a person at their Teams; they are let in where they are new."""
        if person.id not in self._hands:
            world = self.teams.world
            user = world.user(person.name, person.email or "", number=person.id, zone=person.zone)
            client = Client(self.teams, user)
            there = (user.account, client.chat.id, self.teams.service_url)
            self._stage.write(lambda session: _link(session, person, *there))
            self._hands[person.id] = Hand(self, client, person)
        return self._hands[person.id]

    def follows(self, hand: Hand, way: Way) -> Screen:
        """Follow a link into the web inbox, in a browser in which the person is signed in."""
        base = self._stage.settings.base_url
        assert way.url.startswith(f"{base}/"), f"{way.url} leads out of the inbox"
        return self._web.browser(hand.person).get(way.url.removeprefix(base))

    def settle(self) -> None:
        """Wait until the bot has done what it does after its answers."""
        self._stage.loop.run(self._stage.app[EDGE].talk.follower.idle())


def _connect(session: Session, stage: Stage) -> None:
    """Write down that the tenant is connected, unless it is known already."""
    if session.scalars(select(Workspace).filter_by(platform="teams", ref=TENANT)).first() is None:
        times = {"created_at": stage.now, "connected_at": stage.now}
        session.add(Workspace(platform="teams", ref=TENANT, name="Microsoft Teams", state="connected", **times))


def _link(session: Session, person: Person, account: str, chat: str, service_url: str) -> None:
    there = select(Identity).filter_by(platform="teams", workspace=TENANT, platform_id=account)
    if session.scalars(there).first() is None:
        identity = Identity(
            person_id=person.id,
            platform="teams",
            workspace=TENANT,
            platform_id=account,
            recorded_at=person.recorded_at,
        )
        session.add(identity)
        session.flush()
        where = {"service_url": service_url, "ref": chat, "seen_at": person.recorded_at}
        session.add(Conversation(identity_id=identity.id, **where))


@contextmanager
def tenant() -> Iterator[tuple[Teams, dict[str, Any]]]:
    """Run a stand-in, and yield it with the settings that connect to it.

    What Teams would not have taken, or a person would have waited for in vain, is an error at the end.
    """
    with Teams().running() as teams:
        teams.patience = 50.0  # how fast the bot is, is measured where nothing else runs
        told = {"teams_app_id": APP, "teams_app_password": "secret", "teams_tenant_id": TENANT}
        yield teams, {**told, **teams.settings, "teams_per_second": 1000.0}
        assert teams.log.violations == []
