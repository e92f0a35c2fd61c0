"""What workflows wrote down leaves the house once, when it is due, and only while it is still wanted."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import outbox
from bot.app import make_worker
from bot.channel import WebInbox
from models.campaign import Assignment, Campaign
from models.message import Button, Message, encode
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from tests.support.company import publish
from tests.support.mail import MailServer
from tests.support.stage import KEYS, Player, Stage
from workflows import duty
from workflows.context import Context
from workflows.workflow import REGISTRY


def say(stage: Stage, player: Player, title: str, **more: object) -> None:
    """Write down something that should be said to somebody."""

    def work(session: Session) -> None:
        message = Message(title, buttons=(Button("To do", "todo"),))
        person = session.get_one(Person, player.row.id)
        stage.context(session).say(person, message, **{"kind": "notice", "dedupe": title, **more})  # type: ignore[arg-type]

    stage.write(work)


def states(stage: Stage) -> Counter[str]:
    """Return how many copies stand in which state."""
    return Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))


def server(stage: Stage) -> MailServer:
    """Return the stage's mail server."""
    assert stage.mail is not None
    return stage.mail


def asked(stage: Stage, player: Player, kind: str = "reminder", campaign_id: int | None = None) -> int:
    """Ask somebody for something, write a message about it and return the assignment's id."""

    def work(session: Session) -> int:
        ctx = stage.context(session)
        person = session.get_one(Person, player.row.id)
        flow = REGISTRY.workflow("policy")
        due = date(2026, 12, 7)
        one = duty.assign(ctx, flow, person, "POL-1v1", reason="campaign", due_on=due, campaign_id=campaign_id)
        about = {"kind": kind, "dedupe": f"{one.code}:{kind}", "topic": one.code, "campaign_id": campaign_id}
        ctx.say(person, Message("Please read"), **about)  # type: ignore[arg-type]
        return one.id

    return stage.write(work)


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


def test_a_busy_server_is_tried_again_and_not_for_ever(post: Stage) -> None:
    ana = post.person("Ana")
    server(post).at_rcpt["*"] = "451 4.7.1 come back later"
    say(post, ana, "Greylisted")
    post.works()
    post.works()
    assert states(post) == {"queued": 1}
    post.later(minutes=1)
    server(post).at_rcpt.clear()
    post.works()
    assert len(post.mailbox(ana)) == 1

    server(post).at_rcpt["*"] = "451 4.7.1 come back later"
    say(post, ana, "Never taken")
    for _ in range(outbox.ATTEMPTS):
        post.works()
        post.later(hours=2)
    assert states(post) == {"sent": 1, "failed": 1}


def test_no_server_is_held_against_no_letter(database_url: str) -> None:
    """Two days without a mail server lose nothing: trouble of the channel costs a copy no attempt."""
    from tests.support.company import found
    from tests.support.stage import on_stage

    mail = MailServer()
    with mail.running():
        port = mail.port
    with on_stage(database_url, smtp_url=f"smtp://127.0.0.1:{port}") as stage:
        found(stage)
        ana = stage.person("Ana")
        for number in range(10):
            say(stage, ana, f"Letter {number}")
        for _ in range(24):
            stage.works()
            stage.later(hours=2)
        assert states(stage) == {"queued": 10}
        with mail.running(port):
            stage.works()
            assert len(mail.letters) == 10


def test_an_address_that_does_not_exist_is_unreachable_from_now_on(post: Stage) -> None:
    ana = post.person("Ana")
    server(post).at_rcpt["ana@halden.example"] = "550 5.1.1 no such user"
    say(post, ana, "To nobody")
    post.works()
    assert states(post)["failed"] == 1
    say(post, ana, "To the inbox instead")
    post.works()
    assert states(post) == {"failed": 1, "sent": 2}
    channels = post.read(lambda session: session.scalars(select(Delivery.channel).order_by(Delivery.id)).all())
    assert channels == ["mail", "web", "web"]


def test_relaying_denied_is_nobodys_address(post: Stage) -> None:
    """A server that lets us write to nobody says nothing about anybody's address."""
    ana = post.person("Ana")
    server(post).at_rcpt["*"] = "550 5.7.1 relaying denied"
    say(post, ana, "Denied")
    post.works()
    server(post).at_rcpt.clear()
    say(post, ana, "Taken")
    post.works()
    assert [letter.subject for letter in post.mailbox(ana)] == ["Taken"]


def test_a_letter_without_an_answer_is_never_sent_again(post: Stage) -> None:
    """The server took it and hung up: sending it again would be the second letter."""
    ana = post.person("Ana")
    server(post).after_data["*"] = "hang up"
    say(post, ana, "In doubt")
    post.works()
    assert states(post) == {"in doubt": 1}
    server(post).after_data.clear()
    for _ in range(5):
        post.later(minutes=10)
        post.works()
    assert states(post) == {"unconfirmed": 1}
    assert len(post.mailbox(ana)) == 1


def test_what_a_dead_process_claimed_is_in_doubt_after_its_time(post: Stage) -> None:
    """It may have been sent: after timeout and margin it is unconfirmed, not before, and not sent again."""
    ana = post.person("Ana")
    say(post, ana, "Claimed by the dead")
    worker = make_worker(post.database, post.settings, KEYS, post.clock)

    def claim(session: Session) -> None:
        channel = WebInbox()
        channel.name = "mail"
        outbox.claim(session, post.settings, channel, 5, post.now, "the dead")

    post.write(claim)
    post.works()
    assert states(post) == {"claimed": 1}
    post.later(minutes=5)
    post.works()
    assert states(post) == {"unconfirmed": 1}
    assert post.mailbox(ana) == []
    post.loop.run(worker.close())


def test_two_workers_share_the_work(post: Stage) -> None:
    people = [post.person(name) for name in ("Ana", "Bruno", "Chidi", "Keisha", "Farah", "Callum")]
    for number in range(60):
        say(post, people[number % 6], f"Letter {number}")
    other = make_worker(post.database, post.settings, KEYS, post.clock)

    async def both() -> None:
        import asyncio

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


def test_a_job_that_breaks_keeps_nobody_from_being_told(post: Stage) -> None:
    flow = REGISTRY.workflow("policy")

    def broken(ctx: Context) -> int:
        raise RuntimeError("somebody's words")

    flow.jobs["broken"] = broken
    try:
        ana = post.person("Ana")
        say(post, ana, "Told")
        post.loop.run(post.worker.jobs())
        with pytest.raises(RuntimeError):
            post.works()
    finally:
        del flow.jobs["broken"]
    post.works()
    assert len(post.mailbox(ana)) == 1
