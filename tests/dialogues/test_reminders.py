"""Reminders come before the due date, then every work day, in the person's own hours, until it is done."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import make_worker
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.company import ask, publish
from tests.support.stage import KEYS, Player, Stage
from workflows.nudges import remind


def reminders(stage: Stage, player: Player) -> list[datetime]:
    """Return when reminders were written for somebody, on their own clock."""
    rows = select(OutboxMessage.not_before).where(
        OutboxMessage.person_id == player.row.id, OutboxMessage.kind == "reminder"
    )
    zone = ZoneInfo(player.row.zone)
    return [
        at.astimezone(zone) for at in stage.read(lambda session: session.scalars(rows.order_by(OutboxMessage.id)).all())
    ]


def live(stage: Stage, until: date) -> None:
    """Let the days pass, hour by hour, with nothing at work but the reminders."""
    while stage.now.date() < until:
        stage.later(hours=1)
        stage.write(lambda session: remind(stage.context(session)))


def test_the_ladder_in_adelaide(stage: Stage) -> None:
    """7, 3 and 1 days before 7 December, that day, then each work day; always when work begins where Callum is."""
    callum = stage.person("Callum")
    ask(stage, callum, publish(stage, "Acceptable Use", "Use things well."))
    live(stage, date(2026, 12, 11))

    days = [at.date().isoformat() for at in reminders(stage, callum)]
    assert days == [
        "2026-11-30",
        "2026-12-04",
        "2026-12-07",
        "2026-12-08",
        "2026-12-09",
        "2026-12-10",
        "2026-12-11",
    ]  # 6 December is a Sunday: that reminder moves to the work day before, which has one already
    assert {at.hour for at in reminders(stage, callum)} <= {9, 10}
    assert len(stage.records("reminder.written")) == 7


def test_it_stops_when_it_is_done(stage: Stage) -> None:
    """An acknowledgement ends the reminders."""
    chidi = stage.person("Chidi")
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ask(stage, chidi, policy)
    live(stage, date(2026, 12, 1))
    before = len(reminders(stage, chidi))
    chidi.says(f"ack {policy}").fills(agree=True).sees("You acknowledged this")
    live(stage, date(2026, 12, 15))
    assert before == len(reminders(stage, chidi)) == 1


def test_two_duties_are_one_reminder(stage: Stage) -> None:
    """Several things due on one day come as one message."""
    chidi = stage.person("Chidi")
    for title in ("Acceptable Use", "Access Control"):
        ask(stage, chidi, publish(stage, title, "Do well."))
    live(stage, date(2026, 12, 1))
    assert len(reminders(stage, chidi)) == 1
    chidi.says("inbox").sees("2 things are waiting for you", "Mon 7 Dec 2026").misses("Due in")


def test_leave_pauses(stage: Stage) -> None:
    """Nobody is reminded on leave; afterwards the duty is still there."""
    chidi = stage.person("Chidi")
    ask(stage, chidi, publish(stage, "Acceptable Use", "Use things well."))

    def leave(session: Session) -> None:
        row = session.get_one(Person, chidi.row.id)
        row.leave_from, row.leave_to = date(2026, 11, 25), date(2026, 12, 8)

    stage.write(leave)
    live(stage, date(2026, 12, 11))
    days = [at.date().isoformat() for at in reminders(stage, chidi)]
    assert days == ["2026-11-24", "2026-12-09", "2026-12-10"]  # the first still reaches him the day before he goes


def test_after_an_outage_one_reminder_comes(stage: Stage) -> None:
    """Days of silence are not made up for with a flood, nor at night."""
    chidi = stage.person("Chidi")
    ask(stage, chidi, publish(stage, "Acceptable Use", "Use things well."))
    stage.works()
    stage.now = datetime(2026, 12, 10, 22, 0, tzinfo=UTC) + timedelta(minutes=5)
    stage.works()
    assert [at.isoformat()[:13] for at in reminders(stage, chidi)] == ["2026-12-11T09"]
    stage.now = datetime(2026, 12, 11, 9, 0, tzinfo=UTC)
    chidi.says("inbox").sees("Still open: Acceptable Use", "Was due", "Mon 7 Dec 2026")


def test_it_never_stops_by_itself(stage: Stage) -> None:
    """Three months late, and not three reminders late: there is always a next one."""
    chidi = stage.person("Chidi")
    ask(stage, chidi, publish(stage, "Acceptable Use", "Use things well."))
    stage.now += timedelta(days=90)
    live(stage, stage.now.date() + timedelta(days=8))
    late = reminders(stage, chidi)
    assert len(late) >= 5
    assert len({at.date() for at in late}) == len(late)


def test_putting_a_reminder_away_ends_nothing(stage: Stage) -> None:
    """Who has read a reminder still owes what it is about, and is reminded again."""
    chidi = stage.person("Chidi")
    ask(stage, chidi, publish(stage, "Acceptable Use", "Use things well."))
    live(stage, date(2026, 12, 1))
    said = chidi.says("inbox").sees("Due in 7 days: Acceptable Use", "Mon 7 Dec 2026")
    assert said.text.count("7 Dec 2026") == 1, "the day stands there once"
    chidi.says("inbox seen M-1").sees("It stays under Messages")
    chidi.opens().sees("Acceptable Use").offers("Acknowledge")
    live(stage, date(2026, 12, 5))
    assert len(reminders(stage, chidi)) == 2
    (record,) = stage.records("message.seen")
    assert (record["facts"]["kind"], record["facts"]["topic"]) == ("reminder", "A-1")


def test_two_workers_write_one_reminder(stage: Stage) -> None:
    """Both find the same duties due; each duty's next reminder is moved on by one of them."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    people = [stage.person(name) for name in ("Ana", "Bruno", "Chidi", "Farah", "Tomasz")]
    for player in people:
        ask(stage, player, policy)
    stage.works()
    stage.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    other = make_worker(stage.database, stage.settings, KEYS, stage.clock)

    async def both() -> None:
        await asyncio.gather(stage.worker.until_idle(), other.until_idle())
        await other.close()

    stage.loop.run(both())
    assert [len(reminders(stage, player)) for player in people] == [1] * len(people)
    assert len(stage.records("reminder.written")) == len(people)
