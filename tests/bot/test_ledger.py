"""What became of each copy of a message is evidence: one record, however often the copy was tried or redrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import outbox
from bot.channel import Copy, Doubt, Failed, Later, Outcome, Sent, WebInbox
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from tests.support.company import found
from tests.support.letters import asked, say, server, states
from tests.support.stage import Stage, on_stage
from tests.support.truth import contradictions

OUTCOMES = ("message.sent", "message.failed", "message.unconfirmed", "message.dropped", "message.unreachable")


def outcomes(stage: Stage) -> list[tuple[str, dict[str, Any]]]:
    """Return every outcome on record, with its facts, after a look whether rows and records agree.

    Those of one instant have no order among themselves.
    """
    assert contradictions(stage.database.engine) == []
    return [(one["type"], one["facts"]) for one in stage.records() if one["type"] in OUTCOMES]


def claim(stage: Stage, channel: WebInbox) -> Copy:
    """Claim the one copy that waits for a channel, as a process does that sends it."""
    parcels, _ = stage.write(
        lambda session: outbox.claim(session, stage.settings, channel, 1, stage.now, "a slow process")
    )
    return parcels[0].copy


def settle(stage: Stage, copy: Copy, outcome: Outcome) -> bool:
    """Write down what became of a claimed copy."""
    return stage.write(lambda session: outbox.settle(session, stage.settings, copy, outcome, stage.now))


def chat() -> WebInbox:
    """Return a channel of which what was sent can be drawn again."""
    channel = WebInbox()
    channel.name = "slack"
    return channel


def wait_for(stage: Stage, channel: WebInbox) -> None:
    """Let the copies that wait go out by this channel."""
    stage.write(lambda session: session.execute(update(Delivery).values(channel=channel.name)))


def test_a_letter_that_was_sent_is_on_record(post: Stage) -> None:
    """Who was reminded of what, by which channel, how long before it was due, and nothing of what was said."""
    chidi = post.person("Chidi")
    asked(post, chidi)
    post.works()
    (record,) = post.records("message.sent")
    assert record["actor"] == {"kind": "system", "ref": "system"}
    assert record["subject"] == {"kind": "message", "ref": "M-1"}
    assert record["facts"] == {
        "attempts": 1,
        "channel": "mail",
        "days_left": 14,
        "kind": "reminder",
        "to": chidi.ref,
        "topic": "A-1",
    }
    assert "Please read" not in str(record)
    assert outcomes(post) == [("message.sent", record["facts"])]


def test_what_is_late_has_no_days_left(post: Stage) -> None:
    chidi = post.person("Chidi")
    asked(post, chidi)
    post.later(days=14)
    post.write(lambda session: session.execute(update(Delivery).values(due_at=post.now)))
    copy = claim(post, mail())
    settle(post, copy, Sent())
    post.later(days=1)
    assert outcomes(post)[0][1]["days_left"] == 0
    asked(post, chidi, kind="assigned")
    settle(post, claim(post, mail()), Sent())
    # Both duties are open, and each message is about one of them.
    assert outcomes(post)[1][1]["days_left"] == -1


def mail() -> WebInbox:
    """Return a channel that stands for mail."""
    channel = WebInbox()
    channel.name = "mail"
    return channel


def test_a_busy_server_leaves_one_record(post: Stage) -> None:
    """What was put off is no outcome; how often it was tried stands in the record of the one that came."""
    server(post).at_rcpt["*"] = "451 4.7.1 come back later"
    say(post, post.person("Ana"), "Greylisted")
    post.works()
    assert outcomes(post) == []
    post.later(minutes=1)
    server(post).at_rcpt.clear()
    post.works()
    assert [(type_, facts["attempts"]) for type_, facts in outcomes(post)] == [("message.sent", 2)]


def test_given_up_after_many_attempts(post: Stage) -> None:
    server(post).at_rcpt["*"] = "451 4.7.1 come back later"
    say(post, post.person("Ana"), "Never taken")
    for _ in range(outbox.ATTEMPTS + 1):
        post.works()
        post.later(hours=2)
    (type_, facts) = outcomes(post)[0]
    assert (type_, facts["attempts"], len(outcomes(post))) == ("message.failed", outbox.ATTEMPTS, 1)
    assert facts["problem"] == "smtp 451 4.7.1"


def test_an_address_that_is_refused_for_good_and_the_way_round_it(post: Stage) -> None:
    server(post).at_rcpt["ana@halden.example"] = "550 5.1.1 no such user"
    say(post, post.person("Ana"), "To nobody")
    post.works()
    told = dict(outcomes(post))
    assert (told["message.failed"]["channel"], told["message.failed"]["instead"]) == ("mail", ["web"])
    assert told["message.failed"]["problem"] == "smtp 550 5.1.1"
    assert told["message.sent"]["channel"] == "web"
    assert "halden" not in str(told)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"leave_from": date(2026, 11, 1)}, "on leave"),
        ({"end_on": date(2026, 11, 20)}, "no longer employed"),
    ],
)
def test_what_nobody_wants_any_more_says_why(post: Stage, change: dict[str, date], why: str) -> None:
    chidi = post.person("Chidi")
    asked(post, chidi)
    post.write(lambda session: session.execute(update(Person).where(Person.id == chidi.row.id).values(change)))
    post.loop.run(post.worker._delivery.round())
    ((type_, facts),) = outcomes(post)
    assert (type_, facts["problem"], facts["attempts"]) == ("message.dropped", why, 0)


def test_no_answer_is_unconfirmed_and_a_late_one_corrects_it(post: Stage) -> None:
    """A process that was thought dead comes back and knows better."""
    say(post, post.person("Ana"), "Slow")
    copy = claim(post, mail())
    post.later(minutes=10)
    post.works()
    assert [type_ for type_, _ in outcomes(post)] == ["message.unconfirmed"]
    assert settle(post, copy, Doubt("timeout"))
    assert states(post) == {"unconfirmed": 1}
    assert len(outcomes(post)) == 1

    assert settle(post, copy, Sent("<1@halden.example>"))
    unconfirmed, sent = (post.records(type_)[0] for type_ in ("message.unconfirmed", "message.sent"))
    assert sent["corrects"] == unconfirmed["id"]
    assert unconfirmed["facts"]["attempts"] == 1
    assert len(outcomes(post)) == 2


def test_a_late_answer_that_it_was_not_taken_leads_to_another_try(post: Stage) -> None:
    say(post, post.person("Ana"), "Slow")
    copy = claim(post, mail())
    post.later(minutes=10)
    post.works()
    assert settle(post, copy, Later("busy"))
    post.later(minutes=10)
    post.works()
    assert len(post.mailbox(post.person("Ana"))) == 1
    assert post.records("message.sent")[0]["corrects"] == post.records("message.unconfirmed")[0]["id"]


def test_only_the_first_drawing_is_on_record(post: Stage) -> None:
    """A card that is drawn again, or cannot be, was said once."""
    say(post, post.person("Ana"), "A card")
    channel = chat()
    wait_for(post, channel)
    settle(post, claim(post, channel), Sent("1700000000.1"))
    for outcome in (Sent("1700000000.1"), Failed("message_not_found")):
        post.write(lambda session: session.execute(update(Delivery).values(state="queued", due_at=post.now)))
        settle(post, claim(post, channel), outcome)
    assert [type_ for type_, _ in outcomes(post)] == ["message.sent"]


def test_changed_while_it_was_under_way_it_was_sent_all_the_same(post: Stage) -> None:
    say(post, post.person("Ana"), "A card")
    channel = chat()
    wait_for(post, channel)
    copy = claim(post, channel)
    post.write(lambda session: session.execute(update(OutboxMessage).values(revision=2)))
    settle(post, copy, Sent("1700000000.1"))
    assert states(post) == {"queued": 1}
    settle(post, claim(post, channel), Sent("1700000000.1"))
    assert [type_ for type_, _ in outcomes(post)] == ["message.sent"]


def test_whom_nothing_reaches_is_on_record(database_url: str) -> None:
    """A real deployment without a mail server and a chat: what is said stays, and that it reached nobody."""
    key = "a test key that is long enough to sign cookies with"
    with on_stage(database_url, admin_email="ana@halden.example", secret_key=key) as stage:
        found(stage)
        say(stage, stage.person("Chidi"), "Hello?")
        stage.works()
        assert states(stage) == {}
        ((type_, facts),) = outcomes(stage)
        assert (type_, facts) == ("message.unreachable", {"kind": "notice", "to": stage.person("Chidi").ref})
        assert {one["auth"]["assurance"] for one in stage.records("message.unreachable")} == {"system"}


def test_a_record_and_its_copy_are_saved_together(post: Stage) -> None:
    """What stops between the two leaves neither."""
    say(post, post.person("Ana"), "Together")
    copy = claim(post, mail())

    def breaks(session: Session) -> None:
        outbox.settle(session, post.settings, copy, Sent(), post.now)
        session.flush()
        raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        post.write(breaks)
    assert outcomes(post) == []
    assert post.read(lambda session: session.scalar(select(Delivery.state))) == "claimed"
