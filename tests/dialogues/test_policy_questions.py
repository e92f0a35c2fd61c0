"""People ask, cannot agree, are late or exempt; owners answer, and what is owed stays owed."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.fact import fact
from models.message import decode, with_names
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.company import ask, publish
from tests.support.stage import Player, Stage


def the_duty(stage: Stage, code: str = "A-1") -> Assignment:
    """Return an assignment as it stands."""
    return stage.read(lambda session: session.get_one(Assignment, int(code[2:])))


def told(stage: Stage, player: Player) -> list[str]:
    """Return everything said to somebody, as text."""

    def work(session: Session) -> list[str]:
        rows = session.query(OutboxMessage).filter_by(person_id=player.row.id).order_by(OutboxMessage.id)
        return [with_names(" ".join((body.title, *body.lines)), {}) for body in (decode(row.body) for row in rows)]

    return stage.read(work)


def test_chidi_asks_and_farah_answers(stage: Stage) -> None:
    """Reminders pause for the question and come back with the answer; the words stand in no record."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    before = the_duty(stage)

    chidi.opens().presses("Ask a question").fills(question="May I use my own phone?").sees("Reminders pause")
    assert (the_duty(stage).next_nudge_at or stage.now) > stage.now
    assert the_duty(stage).due_at == before.due_at
    chidi.opens().sees("Your question is with the owner")
    stage.person("Bruno").says("policy settle A-1 Yes").sees("There is nothing like that for you")

    farah.opens().sees("A question waits for an answer").presses("See them").sees("May I use my own phone?").presses(
        "Answer"
    ).sees("Chidi Okafor asks", "May I use my own phone?").fills(reply="Yes, with a screen lock.").sees("on its way")
    assert the_duty(stage).next_nudge_at == stage.now
    asked, answered = (f"somebody {does} about “Acceptable Use”" for does in ("asks", "answers"))
    assert told(stage, chidi) == [f"{answered} You wrote: “May I use my own phone?” Yes, with a screen lock."]
    assert told(stage, farah) == [f"{asked} You answered. May I use my own phone?"]
    chidi.says("inbox").sees("Farah Haddad answers about “Acceptable Use”")
    farah.says("policy settle A-1 Again").sees("Nothing waits for an answer there")
    chidi.opens().misses("Your question is with the owner").presses("Acknowledge").fills(agree=True).sees("Thank you")

    for _ in stage.records("policy.question") + stage.records("policy.answered"):
        assert "phone" not in str(_)
        assert "lock" not in str(_)
    assert len(stage.records("policy.question")) == len(stage.records("policy.answered")) == 1


def test_who_has_agreed_may_still_ask(stage: Stage) -> None:
    """What is acknowledged stays so, and nothing is paused: there is nothing to be reminded of."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    chidi.says("ack").fills(agree=True)
    chidi.says("policy ask").sees("Which policy?").presses("Acceptable Use").sees("who answers you here")
    chidi.says("policy ask POL-1 May I lend it?").sees("on its way", "stays acknowledged").misses("Reminders pause")
    assert (the_duty(stage).state, the_duty(stage).next_nudge_at) == ("done", None)
    farah.says("policy questions").sees("May I lend it?").presses("Answer").misses("reminders").fills(reply="No.").sees(
        "They have acknowledged the policy already"
    )
    assert (the_duty(stage).state, the_duty(stage).next_nudge_at) == ("done", None)
    assert told(stage, chidi) == ["somebody answers about “Acceptable Use” You wrote: “May I lend it?” No."]
    assert len(stage.records("policy.question")) == len(stage.records("policy.answered")) == 1


def test_questions_hold_reminders_back_only_so_often(stage: Stage) -> None:
    """A third question is passed on like the others, but reminders come."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    for number in range(2):
        chidi.says(f"policy ask POL-1 Question {number}?").sees("Reminders pause")
    paused = the_duty(stage).next_nudge_at
    stage.later(days=1)
    chidi.says("policy ask POL-1 And one more?").sees("The due date and reminders stay")
    assert the_duty(stage).next_nudge_at == paused
    assert len(stage.records("policy.question")) == 3


def test_chidi_cannot_agree_until_farah_settles_it(stage: Stage) -> None:
    """A refusal is on record and ends no duty: it is settled, asked again, and acknowledged late."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    chidi.says("policy object POL-1 It forbids what my job needs").sees("The owner has your reason")
    chidi.says("policy object POL-1 Still").sees("The owner has your reason")
    chidi.opens().sees("Nothing is waiting for you", "The owner has your reason")
    assert the_duty(stage).state == "objected"
    assert the_duty(stage).next_nudge_at is None
    assert told(stage, farah) == ["somebody can't agree to “Acceptable Use” It forbids what my job needs"]

    stage.later(days=20)
    farah.says("policy questions").sees("It forbids what my job needs").presses("Answer").fills(
        reply="Section 5 has an exception for you."
    ).sees("on its way")
    assert the_duty(stage).state == "open"
    assert the_duty(stage).next_nudge_at == stage.now
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("after the due date")
    (record,) = stage.records("policy.acknowledged")
    assert record["on_time"] is False
    (objected,), (settled,) = stage.records("policy.objected"), stage.records("policy.settled")
    assert objected["facts"]["owed_by"] == settled["facts"]["owed_by"] == chidi.ref
    assert "job needs" not in str(objected)


def test_an_owner_does_not_answer_herself(stage: Stage) -> None:
    """Farah owns the policy and cannot agree to it: the lead settles that."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    farah, ana = stage.person("Farah"), stage.person("Ana")
    ask(stage, farah, policy)
    farah.says("policy object POL-1 I have changed my mind").sees("The owner has your reason")
    farah.says("policy settle A-1 Fine").sees("There is nothing like that for you")
    ana.says("policy settle A-1 Let us change it").sees("on its way")


def test_ana_exempts_chidi_but_not_herself(stage: Stage) -> None:
    """An exemption has a reason, another approver and an end; then the duty is back by itself."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    ask(stage, chidi, policy)
    ask(stage, ana, policy)
    stage.person("Bruno").says("policy exempt POL-1").sees("That is not yours to do")
    form = ana.says("policy exempt POL-1")
    form.fills(person="Ana", until="2026-12-31", reason="Busy").sees("Nobody exempts themselves")
    form.fills(person="Chidi", until="2026-11-01", reason="Busy").sees("An exemption ends")
    form.fills(person="Chidi", until="2029-11-01", reason="Busy").sees("An exemption ends")
    form.fills(person="Chidi", until="2026-12-01", reason="").sees("This is needed")
    assert stage.records("policy.exempted") == []

    form.fills(person="Chidi", until="2026-12-01", reason="Works on paper until the office is ready.").sees(
        "Exempt until"
    )
    chidi.opens().sees("Nothing is waiting for you")
    chidi.says("policy acknowledge A-1").sees("You are exempt from this for now")
    stage.later(days=5)
    stage.works()
    assert the_duty(stage).state == "exempt"
    assert _exemption(stage, chidi) == "exempt"

    stage.later(days=5)
    stage.works()
    assert _exemption(stage, chidi) is None
    duty = the_duty(stage)
    assert (duty.state, duty.due_on, duty.closed_at) == ("open", date(2026, 12, 17), None)
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("Thank you")
    (record,), (ended,) = stage.records("policy.exempted"), stage.records("policy.exemption-ended")
    assert record["facts"]["approver"] == ana.ref
    assert record["facts"]["person"] == ended["facts"]["person"] == chidi.ref
    assert "paper" not in str(record)


def _exemption(stage: Stage, player: Player) -> object:
    return stage.read(lambda session: fact(session, player.ref, "exemption", stage.now, key="POL-1"))


def test_two_acknowledgements_at_once_are_one(stage: Stage) -> None:
    """Two browsers press together: one record, one history row, and both see that it is done."""
    from concurrent.futures import ThreadPoolExecutor

    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    forms = [chidi.opens().presses("Acknowledge") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(lambda form: form.fills(agree=True).text, forms))
    assert len(stage.records("policy.acknowledged")) == 1
    assert the_duty(stage).state == "done"
    assert sum("You acknowledged this on" in text for text in seen) >= 1
    assert all("You acknowledged this on" in text or "it is done by now" in text for text in seen)


def test_hostile_names_and_titles(stage: Stage) -> None:
    """What people type is kept as typed, less what hides or forges, and is markup nowhere."""
    title = "<script>alert(1)</script> <!channel> =1+1 \u202egnp.exe"
    policy = publish(stage, title, "[x](javascript:alert(1))\n\n<img src=x onerror=alert(1)>", typed_name=True)
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    chidi.opens().sees("<script>alert(1)</script> <!channel> =1+1").misses("\u202e")
    chidi.says(f"policy show {policy}").sees("<img src=x onerror=alert(1)>")
    form = chidi.opens().presses("Acknowledge")
    form.fills(agree=True, typed_name="").sees("This is needed")
    form.fills(agree=True, typed_name="x" * 201).sees("200 fit here")
    form.fills(agree=True, typed_name="=cmd|'!A1' <b>Chidi</b>\u202e").sees("You acknowledged this")
    (record,) = stage.records("policy.acknowledged")
    assert [part["name"] for part in record["commitments"]] == ["typed_name"]
    assert "Chidi" not in str(record)
    names = stage.read(lambda session: session.query(Person).filter_by(id=chidi.row.id).one().name)
    assert names == "Chidi Okafor"
