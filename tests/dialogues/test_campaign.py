"""Ana asks everybody: prepares, looks, launches, stops, pauses, moves, withdraws."""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.canonical import canonical
from models.campaign import Assignment
from models.outbox import OutboxMessage
from models.person import Person
from models.policy import PolicyVersion
from tests.support.campaigns import prepare, run, said
from tests.support.company import publish
from tests.support.stage import Stage


def test_ana_asks_everybody(stage: Stage) -> None:
    """Prepared, looked at, launched; the population is on record before anybody hears of it; answered; closed."""
    code = prepare(stage, audience="department:Engineering")
    ana = stage.person("Ana")
    ana.says(f"campaign preview {code}").sees("3 people will be asked", "Acceptable Use", "[Acknowledge]")
    assert said(stage) == []

    ana.says(f"campaign launch {code}").sees("Nothing is sent for 10 minutes").presses("Launch").sees(
        "C-1 is launched", "3 people"
    ).offers("Stop")
    stage.later(seconds=1)
    stage.works()
    ana.says(f"campaign show {code}").sees("Ready: sending starts at 09:10", "0 of 3 done")
    stage.person("Chidi").opens().sees("Nothing is waiting for you")
    assert said(stage) == []

    (assigned,) = stage.records("campaign.assigned")
    (population,) = stage.records("campaign.population")
    entries = sorted(assigned["facts"]["entries"])
    assert population["facts"]["count"] == 3
    assert population["facts"]["sha256"] == hashlib.sha256(canonical(entries)).hexdigest()
    assert {entry[0] for entry in entries} == {stage.person(name).ref for name in ("Bruno", "Chidi", "Keisha")}

    stage.later(minutes=10)
    stage.works()
    assert len(said(stage)) == 3
    for name in ("Bruno", "Chidi", "Keisha"):
        stage.person(name).opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    stage.works()
    ana.says(f"campaign show {code}").sees("Closed", "3 of 3 done")
    (closed,) = stage.records("campaign.closed")
    assert closed["facts"]["counts"] == {"done": 3}
    assert closed["population_ref"]["sha256"] == population["facts"]["sha256"]


def test_the_wait_can_be_stopped(stage: Stage) -> None:
    """Stopped within the ten minutes: nobody ever hears of it, and the button is stale afterwards."""
    code = prepare(stage)
    ana = stage.person("Ana")
    launched = ana.says(f"campaign launch {code}").presses("Launch")
    stage.later(minutes=9)
    stage.works()
    launched.presses("Stop").sees("C-1 is stopped. Nothing was sent")
    ana.says("inbox").sees("C-1 is ready", "You stopped it. Nothing was sent.").misses("Nothing to do here any more")
    stage.later(minutes=5)
    stage.works()
    assert said(stage) == []
    stage.person("Chidi").opens().sees("Nothing is waiting for you")
    states = stage.read(lambda session: set(session.scalars(select(Assignment.state)).all()))
    assert states == {"withdrawn"}

    ana.says(f"campaign stop {code}").sees("C-1 is stopped: nothing was sent")
    ana.says(f"campaign launch {code}").sees("C-1 is stopped")
    assert len(stage.records("campaign.stopped")) == 1
    assert len(stage.records("campaign.taken_back")) == 1


def test_stopping_comes_too_late_once_messages_go_out(stage: Stage) -> None:
    """A Stop button that was kept says what is still possible."""
    code = prepare(stage)
    launched = stage.person("Ana").says(f"campaign launch {code}").presses("Launch")
    stage.later(minutes=11)
    stage.works()
    launched.presses("Stop").sees("C-1 is running", "`campaign pause C-1`")
    assert len(said(stage)) == 8
    assert stage.records("campaign.stopped") == []


CROWD = (
    "Amara Okeke", "Birgit Olsen", "Cosmin Rusu", "Dora Novak", "Emil Berg", "Fatma Demir", "Goran Ilic", "Hana Sato",
    "Ines Costa", "Jakub Wolf", "Karin Lund", "Leo Marti", "Mina Shah", "Nils Holm", "Olga Petrova", "Pavel Kral",
    "Quentin Roy", "Rosa Vega", "Selim Kaya", "Tove Dahl",
)  # fmt: skip


def test_what_is_drafted_already_is_not_drafted_twice_by_accident(stage: Stage) -> None:
    """The form names the draft that stands, and makes another only for somebody who says so."""
    code = prepare(stage)
    ana = stage.person("Ana")
    form = ana.says("campaign new POL-1 due:2w").sees("C-1 is already drafted for this").offers("Open C-1")
    form.fills(due="2026-12-07", audience="").sees("Tick this box to go on")
    chosen = ana.says("campaign new").fills(topics="POL-1", due="2026-12-07", audience="")
    chosen.sees("C-1 asks about this and is not launched")
    assert len(stage.records("campaign.drafted")) == 1
    form.fills(due="2026-12-07", audience="department:Sales", another=True).sees("Preview of C-2")
    ana.says(f"campaign withdraw {code}").sees("Nobody has heard of it").fills(reason="Twice").sees(
        "Nobody had heard of it"
    ).misses("Cards that were sent")


def test_a_stopped_campaign_keeps_nobody_out_of_the_next(stage: Stage) -> None:
    """The preview counts what the launch will do, whether what was stopped is taken back by then or not."""
    ana = stage.person("Ana")
    code = prepare(stage)
    launched = ana.says(f"campaign launch {code}").presses("Launch")
    stage.works()
    launched.presses("Stop").sees("is stopped")
    ana.says("campaign new POL-1").fills(due="2026-12-08", audience="").sees("8 people will be asked")
    stage.works()
    ana.says("campaign preview C-2").sees("8 people will be asked")


def test_before_any_policy_is_in_force(stage: Stage) -> None:
    """There is nothing to choose from: Ana is told what comes first."""
    ana = stage.person("Ana")
    ana.says("campaign new").sees("There is nothing to ask yet", "`policy publish`")
    ana.says("campaign list").presses("New campaign").sees("There is nothing to ask yet")


def test_many_people_ask_for_the_number(stage: Stage) -> None:
    """More than 25: the number is typed, and a wrong one launches nothing."""

    def hire(session: Session) -> None:
        for name in CROWD:
            session.add(Person(name=name, department="Sales", country="NO", recorded_at=stage.now))

    stage.write(hire)
    code = prepare(stage)
    form = stage.person("Ana").says(f"campaign launch {code}").sees("28 people will be asked. Type the number")
    form.fills(number="8").sees("Type 28")
    assert stage.records("campaign.launched") == []
    form.fills(number="28").sees("C-1 is launched")
    form.fills(number="28").sees("C-1 is being launched")
    (launched,) = stage.records("campaign.launched")
    assert launched["facts"]["people_expected"] == 28
    stage.works()
    assert stage.records("campaign.population")[0]["facts"]["people"] == 28


def test_only_leads_and_deputies(stage: Stage) -> None:
    """Chidi is refused every act; Tomasz, a deputy, may."""
    code = prepare(stage)
    chidi = stage.person("Chidi")
    for words in ("new", f"launch {code}", f"preview {code}", f"show {code}", f"stop {code}", "list", f"kit {code}"):
        chidi.says(f"campaign {words}").sees("That is not yours to do")
    chidi.says("help").misses("campaign")
    stage.person("Tomasz").says(f"campaign launch {code}").presses("Launch").sees("is launched")


def test_several_topics_are_one_message(stage: Stage) -> None:
    """Two policies, one message each person; it shows what is answered, and what is not."""
    code = prepare(stage, "Acceptable Use", "Access Control", audience="department:Engineering")
    run(stage, code)
    assert len(said(stage)) == 3
    (message,) = said(stage, "Chidi")
    assert message.body["title"] == "2 policies are waiting for you"
    assert [fact["label"] for fact in message.body["facts"]] == ["Acceptable Use", "Access Control"]
    assert [button["act"] for button in message.body["buttons"]] == ["policy.bundle"]
    population = stage.records("campaign.population")[0]["facts"]
    assert (population["count"], population["people"]) == (6, 3)

    chidi = stage.person("Chidi")
    chidi.opens().presses("Acknowledge", on="Access Control").fills(agree=True).sees("You acknowledged this")
    (message,) = said(stage, "Chidi")
    assert message.body["title"] == "One policy is waiting for you"
    assert [fact["value"] for fact in message.body["facts"] if fact["label"] == "Access Control"] == [
        "Done. Thank you."
    ]


def test_drafts_are_put_together(stage: Stage) -> None:
    """Two drafts become one; the parts are withdrawn and can no longer be launched."""
    first, second, ana = prepare(stage), prepare(stage, "Access Control"), stage.person("Ana")
    ana.says(f"campaign combine {first}").fills(drafts=second).sees("Acceptable Use, Access Control")
    ana.says(f"campaign launch {first}").sees("C-1 is withdrawn")
    ana.says("campaign list").sees("put together into C-3")
    run(stage, "C-3")
    assert len(said(stage)) == 8
    assert len(stage.records("campaign.combined")) == 2


def test_a_pilot_comes_first(stage: Stage) -> None:
    """One team is asked; the launch to everybody leaves out who is asked already."""
    code = prepare(stage)
    ana = stage.person("Ana")
    ana.says(f"campaign pilot {code}").fills(team="Engineering").sees("C-2 is launched", "3 people")
    stage.works()
    stage.later(minutes=11)
    stage.works()
    assert len(said(stage)) == 3
    ana.says(f"campaign preview {code}").sees("5 people will be asked", "asked already in C-2")
    run(stage, code)
    assert len(said(stage)) == 8


def test_ana_tries_it_and_gets_the_kit(stage: Stage) -> None:
    """The sample goes to her alone and asks nothing; the kit tells how to recognise the bot."""
    code = prepare(stage)
    ana = stage.person("Ana")
    ana.says(f"campaign try {code}").sees("on its way to you")
    sent = stage.read(lambda session: session.scalars(select(OutboxMessage)).all())
    assert [(one.person_id, one.body["title"]) for one in sent] == [(ana.row.id, "Test: Acceptable Use")]
    assert "buttons" not in sent[0].body
    assert stage.read(lambda session: session.scalars(select(Assignment)).all()) == []
    ana.says(f"campaign kit {code}").sees("Comply", "127.0.0.1", "never asks for a password", "Mon 7 Dec 2026")


def test_pause_and_resume(stage: Stage) -> None:
    """Paused before everything is written: nothing more is; resumed: the rest."""
    code = prepare(stage)
    ana = stage.person("Ana")
    run(stage, code)
    ana.says(f"campaign pause {code}").sees("is paused").offers("Resume")
    ana.says(f"campaign pause {code}").sees("C-1 is paused")
    ana.says("campaign list").sees("Paused: nothing is sent")
    stage.person("Chidi").opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    stage.later(minutes=1)
    ana.says(f"campaign resume {code}").sees("goes on")
    ana.says(f"campaign resume {code}").sees("C-1 is running")
    kinds = [record["type"] for record in stage.records() if record["type"] in ("campaign.paused", "campaign.resumed")]
    assert kinds == ["campaign.paused", "campaign.resumed"]


def test_the_due_date_moves(stage: Stage) -> None:
    """What is open follows, what is answered does not, and the card shows the new day."""
    code = prepare(stage)
    run(stage, code)
    stage.person("Bruno").opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    ana = stage.person("Ana")
    ana.says(f"campaign move {code} due:2026-11-20").sees("Still open").presses("Move").sees("still to come")
    ana.says(f"campaign move {code} due:2026-12-21").presses("Move").sees("due on Mon 21 Dec 2026")
    stage.works()
    stage.person("Chidi").opens().sees("Mon 21 Dec 2026")
    assert "Mon 21 Dec 2026" in str(said(stage, "Chidi")[0].body)
    rows = select(Assignment.owed_by_id, Assignment.due_on)
    due = dict(stage.read(lambda session: session.execute(rows).all()))
    assert due.pop(stage.person("Bruno").row.id) == date(2026, 12, 7)
    assert set(due.values()) == {date(2026, 12, 21)}
    assert len(stage.records("campaign.due_moved")) == 1
    assert len(stage.records("campaign.due")[0]["facts"]["entries"]) == 7


def test_withdrawn_with_a_reason(stage: Stage) -> None:
    """Answers are kept, what is open ends, cards say so, and the reason stands in no record."""
    code = prepare(stage)
    run(stage, code)
    chidi = stage.person("Chidi")
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    ana = stage.person("Ana")
    form = ana.says(f"campaign withdraw {code}").sees("answers are kept")
    form.fills(reason="The wrong text was published").sees("is withdrawn")
    stage.works()
    form.fills(reason="The wrong text was published").sees("C-1 is withdrawn")
    (record,) = stage.records("campaign.withdrawn")
    assert "wrong text" not in str(record)
    assert "This was withdrawn" in str(said(stage, "Bruno")[0].body)
    stage.person("Bruno").opens().sees("Nothing is waiting for you")
    states = stage.read(lambda session: sorted(session.scalars(select(Assignment.state)).all()))
    assert states == ["done", *["withdrawn"] * 7]


def test_ids_that_do_not_exist(stage: Stage) -> None:
    """A campaign, a policy, an audience that does not exist: said plainly, nothing begun."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ana = stage.person("Ana")
    ana.says("campaign show C-99").sees("There is no campaign C-99")
    ana.says("campaign new POL-99").sees("A campaign cannot ask about POL-99")
    form = ana.says(f"campaign new {policy}")
    form.fills(due="2026-12-07", audience="team:Sales").sees("“team:Sales” is no audience")
    form.fills(due="2026-11-01", audience="").sees("still to come")
    form.fills(due="2026-12-07", audience="department:Nowhere").sees("0 people will be asked")
    ana.says("campaign launch C-1").sees("Nobody would be asked")
    assert [record["type"] for record in stage.records()] == ["campaign.drafted"]


def test_a_draft_about_an_older_version(stage: Stage) -> None:
    """What was replaced since the draft is not asked: the lead is told, and nothing is launched."""
    code = prepare(stage)

    def replace(session: Session) -> None:
        old = session.scalars(select(PolicyVersion)).one()
        columns = ("policy_id", "title", "text", "sha256", "summary", "author_id", "created_at", "published_at")
        new = PolicyVersion(number=2, answers_as=2, **{name: getattr(old, name) for name in columns})
        session.add(new)
        session.flush()
        old.policy.in_force_id = new.id

    stage.write(replace)
    stage.person("Ana").says(f"campaign launch {code}").sees("POL-1v1 cannot be asked any more")
    assert stage.records("campaign.launched") == []
