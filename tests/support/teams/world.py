"""What is in a Teams: people of a tenant, their conversations with a bot, and what is said there."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.support.teams.issuer import APP, TENANT

Kind = Literal["personal", "groupChat", "channel"]
BOT = f"28:{APP}"
BOT_NAME = "Countersign"
TEAM = "19:0a1b2c3d4e5f@thread.tacv2"
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass
class User:
    """Somebody in a tenant. `id` is what bots call them, `account` their Entra object id."""

    id: str
    account: str
    name: str
    email: str = ""
    tenant: str = TENANT
    zone: str = "Europe/Oslo"
    locale: str = "en-GB"

    def __post_init__(self) -> None:
        self.upn = self.email


@dataclass
class Said:
    """One message of a conversation as it stands; `body` is the activity it was sent as."""

    id: str
    by: str
    body: dict[str, Any]
    edits: int = 0

    @property
    def card(self) -> dict[str, Any] | None:
        """The first Adaptive Card of it."""
        found = (one["content"] for one in self.body.get("attachments", []) if one.get("contentType") == CARD)
        return next(found, None)

    @property
    def text(self) -> str:
        """Its plain words."""
        return str(self.body.get("text", ""))


@dataclass
class Conversation:
    """A conversation that a bot may write to as long as it is a member; `blocked` by the person it is with."""

    id: str
    kind: Kind
    tenant: str
    members: list[str]
    messages: list[Said] = field(default_factory=list)
    installed: bool = True
    blocked: bool = False

    def said(self, id_: str) -> Said | None:
        """Return a message, or None where there is none."""
        return next((one for one in self.messages if one.id == id_), None)

    def by_bot(self) -> list[Said]:
        """Return what the bot said."""
        return [one for one in self.messages if one.by == BOT]


@dataclass
class Dialog:
    """A dialog in front of somebody: its title, its card, and the message whose button opened it."""

    title: str
    card: dict[str, Any]
    opened_on: str = ""

    def copied(self) -> Dialog:
        """Return it as it stands now."""
        return Dialog(self.title, copy.deepcopy(self.card), self.opened_on)


class World:
    """One tenant (or more) and everything in it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self._numbers: Iterator[int] = itertools.count(1)

    def fresh(self) -> int:
        """Return a number that was not used before."""
        return next(self._numbers)

    def stamp(self) -> str:
        """Return the id of a new message: milliseconds, as Teams has them."""
        return str(int(self.clock().timestamp() * 1000) + self.fresh())

    def user(self, name: str, email: str = "", *, number: int = 0, tenant: str = TENANT, zone: str = "") -> User:
        """Let somebody into a tenant."""
        number = number or 900_000 + self.fresh()
        user = User(f"29:1user-{number}", f"00000000-0000-4000-9000-{number:012}", name, email, tenant)
        user.zone = zone or user.zone
        self.users[user.id] = user
        return user

    def personal(self, user: User) -> Conversation:
        """Return somebody's own chat with the bot."""
        return self._made(f"a:1personal-{user.id.rpartition('-')[2]}", "personal", [user])

    def group(self, *users: User) -> Conversation:
        """Return the chat of some people and the bot."""
        return self._made("19:group-" + "-".join(one.id.rpartition("-")[2] for one in users), "groupChat", list(users))

    def channel(self, *users: User) -> Conversation:
        """Return a channel of a team in which the bot is."""
        return self._made(TEAM, "channel", list(users))

    def _made(self, id_: str, kind: Kind, users: list[User]) -> Conversation:
        known = self.conversations.get(id_)
        if known is None:
            known = Conversation(id_, kind, users[0].tenant, [one.id for one in users])
            self.conversations[id_] = known
        return known
