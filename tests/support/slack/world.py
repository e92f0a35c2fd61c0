"""What stands in the stand-in: workspaces, people, tokens, conversations, views, files. No rules are here."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SCOPES = ("commands", "chat:write", "im:write", "im:history", "users:read", "users:read.email")
TRIGGER_SECONDS = 3.0
APP_ID = "A0COMPLY"


@dataclass
class Team:
    """A workspace, and our app's bot in it."""

    id: str
    name: str
    domain: str
    bot_user_id: str
    bot_id: str
    enterprise_id: str = ""


@dataclass
class User:
    """Somebody in a workspace. `refuses` is the error that a message to them meets."""

    id: str
    team_id: str
    name: str
    email: str = ""
    zone: str = "Europe/Berlin"
    locale: str = "en-GB"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False  # a guest
    is_ultra_restricted: bool = False  # a guest of one channel
    is_stranger: bool = False  # from another company, by Slack Connect
    refuses: str = ""
    home: str = ""  # the organisation or its other workspace that Slack names instead of this one
    former: tuple[str, ...] = ()  # workspaces of the organisation that they were taken out of


@dataclass
class Token:
    """A token; `error` is what it answers once it is worth nothing, `expires` is on the monotonic clock."""

    value: str
    team_id: str
    scopes: tuple[str, ...] = SCOPES
    kind: str = "bot"
    whole_company: bool = False  # of an Enterprise Grid organisation, for all its workspaces
    error: str = ""
    expires: float | None = None


@dataclass
class Message:
    """A message as it stands now. `by` is a user's id; `only_for` makes it ephemeral."""

    ts: str
    by: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    only_for: str = ""
    edits: int = 0
    client_msg_id: str = ""
    thread_ts: str = ""  # under which message it stands
    files: list[dict[str, Any]] = field(default_factory=list)
    sent_at: float = field(default_factory=time.monotonic)


@dataclass
class Conversation:
    """A direct message with the bot, or a channel."""

    id: str
    team_id: str
    user_id: str = ""  # whose direct message it is
    messages: list[Message] = field(default_factory=list)


@dataclass
class View:
    """A modal in front of somebody, or their App Home."""

    id: str
    team_id: str
    user_id: str
    body: dict[str, Any]
    hash: str = ""
    root_id: str = ""
    previous_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)  # beside its questions, by block


@dataclass
class Trigger:
    """The right to open one view, for three seconds. `view_id` names the modal in which it arose."""

    user_id: str
    team_id: str
    view_id: str = ""
    born: float = field(default_factory=time.monotonic)
    spent: bool = False


@dataclass
class Way:
    """A response address: what it answers to, and how often it was used."""

    user_id: str
    conversation_id: str
    message: Message | None
    uses: int = 0
    born: float = field(default_factory=time.monotonic)


@dataclass
class File:
    """A file that somebody gave to Slack."""

    id: str
    team_id: str
    user_id: str
    name: str
    mimetype: str
    body: bytes


@dataclass
class World:
    """Everything there is. `clock` gives the time that messages and signatures bear."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    trigger_seconds: float = TRIGGER_SECONDS
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)  # by user, the last one on top
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    _direct: dict[str, Conversation] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last: int = 0

    def fresh(self, kind: str) -> str:
        """Return an id that nothing has yet."""
        return f"{kind}{next(self._numbers):09d}"

    def stamp(self) -> str:
        """Return a message's time, later than every one before."""
        self._last = max(int(self.clock().timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def team(self, name: str, *, id_: str = "", enterprise_id: str = "") -> Team:
        """Found a workspace."""
        team = Team(id_ or self.fresh("T"), name, name.lower(), self.fresh("U"), self.fresh("B"), enterprise_id)
        self.teams[team.id] = team
        self.user(team, name="Comply", id_=team.bot_user_id, is_bot=True)
        return team

    def user(self, team: Team, *, name: str, id_: str = "", **more: Any) -> User:
        """Let somebody into a workspace."""
        user = User(id_ or self.fresh("U"), team.id, name, **more)
        self.users[user.id] = user
        return user

    def token(self, team: Team, *, kind: str = "bot", scopes: tuple[str, ...] | None = None) -> Token:
        """Issue a token."""
        prefix, least = ("xoxb", SCOPES) if kind == "bot" else ("xapp", ("connections:write",))
        token = Token(f"{prefix}-{secrets.token_hex(12)}", team.id, least if scopes is None else scopes, kind)
        self.tokens[token.value] = token
        return token

    def direct(self, user: User) -> Conversation:
        """Return somebody's direct message with the bot; it comes to be when it is asked for."""
        if user.id not in self._direct:
            made = Conversation(self.fresh("D"), user.team_id, user.id)
            self._direct[user.id] = self.conversations[made.id] = made
        return self._direct[user.id]

    def trigger(self, user: User, view_id: str = "") -> str:
        """Return a trigger id for what somebody just did."""
        name = f"{next(self._numbers)}.{user.team_id[1:]}.{secrets.token_hex(8)}"
        self.triggers[name] = Trigger(user.id, user.team_id, view_id)
        return name

    def stack(self, user_id: str) -> list[View]:
        """Return the modals in front of somebody, the top one last."""
        return self.modals.setdefault(user_id, [])

    def view(self, view_id: str) -> View | None:
        """Return a view that somebody has in front of them."""
        there = [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]
        return next((view for view in there if view.id == view_id), None)
