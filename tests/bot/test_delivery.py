"""What workflows wrote down leaves the house once, when it is due, and only while it is still wanted."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import outbox
from bot.app import make_worker
from bot.channel import WebInbox
from models.campaign import Assignment, Campaign
from models.message import Message, encode
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from tests.support.company import publish
from tests.support.letters import asked, say, server, states
from tests.support.stage import KEYS, Stage


def test_ana_gets_one_letter_and_bruno_another(post: Stage) -> None:
    ana, bruno = post.person("Ana"), post.person("Bruno")
    say(post, ana, "The report is ready", dedupe="1")
    say(post, ana, "The report is ready", dedupe="1")
    say(post, bruno, "Two people are late", dedupe="2")
    post.works()
    post.works()
    assert [letter.subject for letter in post.mailbox(ana)] == ["The report is ready"]
    assert [letter.subject for letter in post.mailbox(bruno)] == ["Two people are late"]
    assert states(post) == {"sent": 2}


def test_nothing_leaves_before_its_time(post: Stage) -> None:
    ana = post.person("Ana")
    say(post, ana, "Tomorrow", not_before=post.now + timedelta(days=1))
    post.works()
    assert post.mailbox(ana) == []
    post.later(days=1)
    post.works()
    assert len(post.mailbox(ana)) == 1


def test_a_moved_message_waits_for_its_new_time(post: Stage) -> None:
    ana = post.person("Ana")
    say(post, ana, "Moved")
    later = post.now + timedelta(hours=2)
    post.write(lambda session: session.execute(update(OutboxMessage).values(not_before=later)))
    post.works()
    assert post.mailbox(ana) == []
    post.later(hours=2)
    post.works()
    assert len(post.mailbox(ana)) == 1


def test_a_campaign_that_does_not_run_sends_nothing(post: Stage) -> None:
    """Its letters wait, and a letter without a campaign does not wait behind them."""

    def launch(session: Session) -> int:
        campaign = Campaign(
            workflow="policy", subject="POL-1v1", title="All", due_on=date(2026, 12, 7), created_at=post.now
        )
        session.add(campaign)
        session.flush()
        return campaign.id

    campaign, ana = post.write(launch), post.person("Ana")
    asked(post, post.person("Bruno"), campaign_id=campaign)  # so that it does not close
    for number in range(10):
        say(post, ana, f"Asked {number}", campaign_id=campaign)
    say(post, ana, "Sign in")
    post.works()
    assert [letter.subject for letter in post.mailbox(ana)] == ["Sign in"]
    post.write(lambda session: session.execute(update(Campaign).values(state="running", announced_at=post.now)))
    post.works()
    assert len(post.mailbox(ana)) == 11
    assert len(post.mailbox(post.person("Bruno"))) == 1


def test_a_copy_in_the_wrong_line_is_put_right(post: Stage) -> None:
    """Whoever writes deliveries without their campaign cannot make a stopped campaign send."""
    test_a_campaign_that_does_not_run_sends_nothing(post)
    ana = post.person("Ana")
    say(post, ana, "Stopped", campaign_id=1)
    post.write(lambda session: session.execute(update(Campaign).values(state="paused")))
    post.write(
        lambda session: session.execute(update(Delivery).where(Delivery.state == "queued").values(campaign_id=None))
    )
    post.works()
    assert "Stopped" not in [letter.subject for letter in post.mailbox(ana)]
    post.write(lambda session: session.execute(update(Campaign).values(state="running", announced_at=post.now)))
    post.works()
    assert "Stopped" in [letter.subject for letter in post.mailbox(ana)]


def test_a_reminder_of_what_is_done_is_dropped(post: Stage) -> None:
    chidi = post.person("Chidi")
    asked(post, chidi)
    post.write(lambda session: session.execute(update(Assignment).values(state="done")))
    post.works()
    assert post.mailbox(chidi) == []
    assert states(post) == {"dropped": 1}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"leave_from": date(2026, 11, 1)}, "on leave"),
        ({"end_on": date(2026, 11, 20)}, "no longer employed"),
    ],
)
def test_nobody_is_reminded_who_is_away(post: Stage, change: dict[str, date], why: str) -> None:
    chidi = post.person("Chidi")
    publish(post, "Acceptable Use", "Use things well.")  # what a leaver owes is closed, so there must be such a thing
    asked(post, chidi)
    post.write(lambda session: session.execute(update(Person).where(Person.id == chidi.row.id).values(change)))
    post.works()
    assert post.mailbox(chidi) == []
    assert post.read(lambda session: session.scalar(select(Delivery.problem))) == why


def test_a_withdrawn_message_stays(post: Stage) -> None:
    ana = post.person("Ana")
    say(post, ana, "Never mind")
    post.write(lambda session: session.execute(update(OutboxMessage).values(dropped_at=post.now)))
    post.works()
    assert post.mailbox(ana) == []
    assert states(post) == {"dropped": 1}


def test_a_message_leaves_as_it_is_drawn_now(post: Stage) -> None:
    ana = post.person("Ana")
    say(post, ana, "As first written")
    now = {"body": encode(Message("As it stands now")), "revision": 2}
    post.write(lambda session: session.execute(update(OutboxMessage).values(now)))
    post.works()
    assert [letter.subject for letter in post.mailbox(ana)] == ["As it stands now"]
    assert post.read(lambda session: session.scalar(select(Delivery.drawn_revision))) == 2


def test_the_web_inbox_needs_no_sending(database_url: str) -> None:
    from tests.support.company import found
    from tests.support.stage import on_stage

    with on_stage(database_url) as stage:
        found(stage)
        say(stage, stage.person("Ana"), "Shown in the inbox")
        stage.works()
        assert states(stage) == {"sent": 1}


def test_two_workers_share_the_work(post: Stage) -> None:
    people = [post.person(name) for name in ("Ana", "Bruno", "Chidi", "Keisha", "Farah", "Callum")]
    for number in range(60):
        say(post, people[number % 6], f"Letter {number}")
    other = make_worker(post.database, post.settings, KEYS, post.clock)

    async def both() -> None:
        await asyncio.gather(post.worker.until_idle(), other.until_idle())
        await other.close()

    post.loop.run(both())
    subjects = Counter(letter.subject for letter in server(post).letters)
    assert len(subjects) == 60
    assert set(subjects.values()) == {1}
    assert states(post) == {"sent": 60}


def test_the_look_for_work_uses_the_index(post: Stage) -> None:
    """A hundred thousand copies of a paused campaign are not looked through."""

    def plan(session: Session) -> str:
        from sqlalchemy import text

        statement = str(
            outbox._in_line(post_channel(), None, post.now, 4).compile(
                session.get_bind(), compile_kwargs={"literal_binds": True}
            )
        )
        explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
        if explain == "EXPLAIN ":
            session.execute(text("SET enable_seqscan = off"))
        return str(session.execute(text(explain + statement.replace(":", "\\:"))).all())

    assert "ix_deliveries_due" in post.read(plan)


def post_channel() -> WebInbox:
    """Return a channel to ask about."""
    return WebInbox()


def test_what_takes_long_on_one_channel_holds_up_no_other(post: Stage) -> None:
    """A campaign in a chat may take hours: a letter does not wait for it, and neither does what a dead process left."""
    server(post).after_data["*"] = 1.0
    say(post, post.person("Ana"), "A slow letter")
    say(post, post.person("Bruno"), "Shown at once")
    bruno = select(OutboxMessage.id).where(OutboxMessage.dedupe == "Shown at once")
    at_once = update(Delivery).where(Delivery.message_id.in_(bruno)).values(channel="web")
    post.write(lambda session: session.execute(at_once))
    ticks = post.worker._delivery.ticks()

    async def together() -> list[str]:
        letters = asyncio.ensure_future(ticks["delivery by mail"]())
        await asyncio.gather(ticks["delivery by web"](), ticks["claims"]())
        assert not letters.done()
        found = await post.database.read(lambda session: session.scalars(select(Delivery.state)).all())
        await letters
        return sorted(found)

    assert post.loop.run(together()) == ["claimed", "sent"]
    assert states(post) == {"sent": 2}
