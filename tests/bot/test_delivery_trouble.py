"""Busy servers, none at all, addresses nobody has, answers that never come: nothing is lost and nothing comes twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox
from bot.app import make_worker
from bot.channel import WebInbox
from models.outbox import Delivery
from tests.support.letters import say, server, states
from tests.support.mail import MailServer
from tests.support.stage import KEYS, Stage
from workflows.context import Context
from workflows.workflow import REGISTRY


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
