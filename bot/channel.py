"""What delivery needs of a channel. Mail, Slack and Teams are one file each that keeps to this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from models.message import Message
from models.outbox import Delivery


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel may be used by one process: copies under way at once, those that await their turn included."""

    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a message, claimed. `address` is what the channel itself found; `platform_ref` an earlier drawing."""

    id: int
    message_id: int
    version: int
    revision: int
    said_at: datetime
    claimed_at: datetime
    platform_ref: str
    address: Any


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it; `ref` is how it calls the copy."""

    ref: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not taken, and worth another try, not before `after`.

    `everybody`: the channel itself is in trouble. `blameless`: it waits for just so long, and it was no try.
    """

    problem: str
    after: timedelta = timedelta()
    everybody: bool = False
    blameless: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Certainly not taken, and never will be; `permanent`: nothing will ever reach this address.

    `identity` is the one that is meant, of somebody who has several on the channel.
    """

    problem: str
    permanent: bool = False
    identity: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """It may have been taken, or not. `held`: nobody looked whether it was, since this stood in the way of any look."""

    problem: str
    held: Later | None = None


Outcome = Sent | Later | Failed | Doubt


@dataclass(frozen=True, slots=True)
class NotYet:
    """There is a way to somebody, and it is closed until then: the copy waits, and it is no failed try."""

    until: datetime


class Channel(Protocol):
    """A way out of the house. `problem` texts are codes: no addresses, no words of the server or of the message.

    `timeout` bounds one `send` or `look_up`; whoever claimed a copy and is silent for longer leaves it in doubt.
    """

    name: str
    pace: Pace
    timeout: timedelta
    can_look_up: bool

    def address(self, session: Session, row: Delivery, now: datetime) -> Any:
        """Return where and how to send a copy (or look for it, or change it), in the transaction that claims it.

        NotYet where it has to wait; None where there is no way.
        """
        ...

    async def turn(self, copy: Copy) -> Later | None:
        """Wait until a copy may be sent or looked up; return what stands in its way, if anything does by then."""
        ...

    async def send(self, copy: Copy, message: Message, names: Mapping[str, str]) -> Outcome:
        """Hand over one copy, or change the one that `copy.platform_ref` names; `names` stand for mentions."""
        ...

    async def look_up(self, copy: Copy) -> Outcome:
        """Return what became of a copy in doubt: Sent, Later (it is not there, send it again) or still Doubt."""
        ...

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget what can have no effect any more."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class WebInbox:
    """The web inbox shows whatever stands in the outbox: nothing has to be sent."""

    name = "web"
    pace = Pace(at_once=50)
    timeout = timedelta(seconds=5)
    can_look_up = False

    def address(self, session: Session, row: Delivery, now: datetime) -> str:
        """Return that everybody has an inbox."""
        return "inbox"

    async def turn(self, copy: Copy) -> None:
        """Wait for nobody."""

    async def send(self, copy: Copy, message: Message, names: Mapping[str, str]) -> Outcome:
        """Return that it is there already."""
        return Sent()

    async def look_up(self, copy: Copy) -> Outcome:
        """Return that it is there already."""
        return Sent()

    def tidy(self, session: Session, now: datetime) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""
