"""A stage with a chat beside it: what the tests of Slack and of Teams do in the same way."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import outbox
from bot.channel import Channel, WebInbox
from bot.delivery import Delivery
from bot.outbox import Parcel
from bot.outside.mail import Mail
from bot.worker import Worker
from models.message import Message, encode
from models.outbox import Delivery as Row
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.stage import Stage

NAMES = ("Ana", "Bruno", "Chidi")


@dataclass
class Beside:
    """A stage, and a chat in which Ana, Bruno and Chidi are."""

    platform: ClassVar[str]
    stage: Stage

    def worker(self) -> Worker:
        """Return a worker that sends by the chat and mail, as another process is one."""
        raise NotImplementedError

    def titles(self, name: str) -> list[str]:
        """Return what the messages of somebody say first."""
        raise NotImplementedError

    def worker_by(self, channel: Channel) -> Worker:
        """Return a worker that sends by a channel and mail."""
        stage = self.stage
        channels: list[Channel] = [WebInbox(), Mail(stage.settings), channel]
        delivery = Delivery(stage.database, stage.settings, channels, stage.clock)
        return Worker(stage.database, stage.settings, delivery, stage.clock)

    def say(self, name: str, title: str, **more: Any) -> None:
        """Write down something that should be said to somebody."""

        def work(session: Session) -> None:
            person = session.scalars(select(Person).where(Person.name.startswith(name))).one()
            about = {"kind": "notice", "dedupe": title, **more}
            self.stage.context(session).say(person, Message(title, lines=("It is so.",)), **about)

        self.stage.write(work)

    def say_to_all(self, number: int) -> None:
        """Write down so many messages, by turns to each of them."""
        for one in range(number):
            self.say(NAMES[one % len(NAMES)], f"Message {one}")

    def said_to_all(self) -> Counter[str]:
        """Return how often each of them was told what."""
        return Counter(title for name in NAMES for title in self.titles(name))

    def redraw(self, title: str) -> None:
        """Draw every message anew, as happens when somebody acts."""
        anew = {"body": encode(Message(title)), "revision": OutboxMessage.revision + 1}
        again = update(Row).where(Row.state == "sent").values(state="queued", due_at=self.stage.now)

        def work(session: Session) -> None:
            session.execute(update(OutboxMessage).values(anew))
            session.execute(again)

        self.stage.write(work)

    def begin(self, by: Channel) -> list[Parcel]:
        """Return what a process claims by a channel of its own, and sends or not."""
        stage = self.stage
        took = partial(outbox.claim, settings=stage.settings, channel=by, limit=9, now=stage.now, by="another")
        return stage.write(took)[0]

    def change_twice(self) -> None:
        """Ask Ana to read something, and thank her for it by way of a change that nobody sees."""
        self.say("Ana", "Please read")
        self.stage.works()
        self.redraw("Half done")
        self.redraw("Thank you")
        self.stage.works()

    def say_at_length(self) -> None:
        """Say more to Ana than fits into one message: 300 lines."""
        long = Message("All of it", lines=tuple(f"Line {number} " + "x" * 200 for number in range(300)))
        self.say("Ana", "All of it")
        self.stage.write(lambda session: session.execute(update(OutboxMessage).values(body=encode(long))))
        self.stage.works()

    def two_workers_work(self) -> None:
        """Let the stage's worker and another one work at the same time, until nothing is left to do."""
        other = self.worker()

        async def both() -> None:
            await asyncio.gather(self.stage.worker.until_idle(), other.until_idle())
            await other.close()

        self.stage.loop.run(both())

    def letters(self, name: str) -> list[str]:
        """Return the subjects of somebody's letters."""
        return [letter.subject for letter in self.stage.mailbox(self.stage.person(name))]

    def rows(self) -> list[Row]:
        """Return every copy."""
        return list(self.stage.read(lambda session: session.scalars(select(Row).order_by(Row.id)).all()))

    def states(self, channel: str = "") -> list[str]:
        """Return the states of the copies on a channel; without one, in the chat."""
        return [row.state for row in self.rows() if row.channel == (channel or self.platform)]
