"""Ana brings the roster up to date from a file, and takes it back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models.campaign import Assignment
from models.fact import facts_of, midnight
from models.person import Person
from models.policy import Original
from tests.dialogues.rosters import CHIDI, FREYA, SOREN, applies, everybody, hands_in
from tests.support.company import publish
from tests.support.stage import Stage
from workflows import duty
from workflows.workflow import REGISTRY


def test_two_people_come_in_and_go_again(stage: Stage) -> None:
    """A preview changes nothing; what is applied is on record by commitments; a reversal says so in new facts."""
    ana = stage.person("Ana")
    seen = hands_in(ana, SOREN, FREYA)
    seen.sees("What this import would do", "Freya Lindholm", "Nothing has been changed yet").offers("Apply", "Drop")
    assert {record["type"] for record in stage.records()} == {"roster.received", "roster.staged"}
    applies(stage, ana, seen)

    soren, freya = stage.person("Søren"), stage.person("Freya")
    assert soren.row.manager_id == freya.row.id
    (approved,) = stage.records("roster.imported")
    (batch,) = stage.records("roster.batch")
    assert approved["actor"]["ref"] == ana.ref
    assert (approved["facts"]["rows"], approved["facts"]["root"]) == (
        2,
        stage.records("roster.staged")[0]["facts"]["root"],
    )
    assert [one["name"] for one in batch["commitments"]] == ["row-000002", "row-000003"]
    assert "soren" not in str(stage.records()).lower()
    facts = stage.read(lambda session: facts_of(session, [soren.ref], midnight(date(2026, 12, 2))))[soren.ref]
    assert facts["manager", ""] == freya.ref
    assert facts["employment", ""] == {"kind": "employee", "start": "2026-12-01", "end": None}

    ana.says("people preview IMP-1").sees("This import is applied").presses("Reverse").fills(reason="The wrong file")
    stage.works()
    ana.says("people preview IMP-1").sees("This import was reversed", "Came in with this import, gone again")
    ana.says("people list Freya").sees("withdrawn: came in with an import, gone again").misses("left on")
    ana.says("people list state:left").misses("Freya", "Søren")
    ana.says("people list state:withdrawn").sees("Freya Lindholm", "Søren Kjær")
    assert "wrong file" not in str(stage.records("roster.reversed"))
    assert not stage.person("Søren").row.employed(date(2026, 12, 2))
    facts = stage.read(lambda session: facts_of(session, [soren.ref], midnight(date(2026, 12, 2))))[soren.ref]
    assert {value for value in facts.values() if value not in ("Engineering", "")} == {None}


def test_a_corrected_file_brings_them_back_under_their_refs(stage: Stage) -> None:
    """After a reversal the same people come in again as new, and stay the same to every proof."""
    ana = stage.person("Ana")
    applies(stage, ana, hands_in(ana, FREYA))
    ref = stage.person("Freya").ref
    ana.says("people preview IMP-1").presses("Reverse").fills(reason="Too early")
    stage.works()
    seen = hands_in(ana, FREYA.replace("2026-11-23", "2026-11-02")).sees("Freya Lindholm")
    applies(stage, ana, seen)
    freya = stage.person("Freya")
    assert (freya.ref, freya.row.start_on, freya.row.department) == (ref, date(2026, 11, 2), "Engineering")
    assert freya.row.employed(date(2026, 11, 23))


def test_applying_twice_applies_once(stage: Stage) -> None:
    """The second time shows how it stands."""
    ana = stage.person("Ana")
    form = hands_in(ana, FREYA).presses("Apply")
    form.presses("Apply").sees("Being applied")
    form.presses("Apply").sees("Being applied: 0 of 1 lines")
    stage.works()
    form.presses("Apply").sees("This import is applied").offers("Reverse")
    ana.says("people apply IMP-1").sees("This import is applied")
    assert len(stage.records("roster.imported")) == len(stage.records("roster.batch")) == 1


def test_a_dropped_preview_leaves_no_names(stage: Stage) -> None:
    """Nothing of the file is kept, and it cannot be applied any more."""
    ana = stage.person("Ana")
    hands_in(ana, FREYA).presses("Drop").sees("dropped").misses("Freya")
    stage.works()
    ana.says("people preview IMP-1").misses("Freya")
    assert stage.read(lambda session: session.scalars(select(Original)).all()) == []
    ana.says("people apply IMP-1").sees("dropped")
    assert stage.records("roster.imported") == []


def test_many_leavers_need_the_number(stage: Stage) -> None:
    """Who is missing from a full file has left; a slip that empties the company is asked about once more."""
    ana = stage.person("Ana")
    seen = hands_in(ana, *everybody("Chidi Okafor", "Keisha Robinson"), full=True)
    seen.sees("2 people would leave")
    form = seen.presses("Apply")
    form.fills(number="3").sees("2 people would leave")
    assert stage.records("roster.imported") == []
    form.fills(number="2").sees("Being applied")
    stage.works()
    assert stage.person("Chidi").row.end_on == date(2026, 11, 22)
    assert stage.person("Callum").row.end_on is None
    assert stage.records("roster.imported")[0]["facts"]["number_typed"] == 2


def test_absence_alone_is_no_leaving(stage: Stage) -> None:
    """A file that does not say it holds everybody ends nobody."""
    ana = stage.person("Ana")
    seen = hands_in(ana, FREYA).misses("would leave")
    applies(stage, ana, seen)
    assert stage.person("Chidi").row.end_on is None


def test_a_preview_that_is_out_of_date_is_made_again(stage: Stage) -> None:
    """Between preview and [Apply] somebody changed a person by hand: what was approved is not what would happen."""
    ana = stage.person("Ana")
    form = hands_in(ana, CHIDI.replace("Engineering", "Sales")).presses("Apply")
    stage.later(minutes=5)
    stage.person("Tomasz").says("people leave").fills(who="Chidi", **{"from": "2026-12-01"})
    form.presses("Apply").sees("Somebody changed people since").offers("Apply")
    assert stage.records("roster.imported") == []
    stage.later(minutes=5)
    applies(stage, ana, ana.says("people preview IMP-1"))
    assert stage.person("Chidi").row.department == "Sales"


def test_reversing_withdraws_what_new_people_were_asked(stage: Stage) -> None:
    """What Freya was asked because she came in is withdrawn with its reason on record."""
    ana = stage.person("Ana")
    policy = publish(stage, "Acceptable Use", "Use things well.")
    applies(stage, ana, hands_in(ana, FREYA))
    freya = stage.person("Freya")

    def ask(session: object) -> None:
        ctx = stage.context(session)  # type: ignore[arg-type]
        person = ctx.session.get_one(Person, freya.row.id)
        flow = REGISTRY.workflow("policy")
        duty.assign(ctx, flow, person, f"{policy}v1", reason="hire", due_on=date(2026, 12, 7))

    stage.write(ask)
    freya.opens().sees("Acceptable Use")
    ana.says("people preview IMP-1").presses("Reverse").fills(reason="The wrong file")
    stage.works()
    states = stage.read(
        lambda session: session.scalars(select(Assignment.state).where(Assignment.owed_by_id == freya.row.id)).all()
    )
    assert set(states) == {"withdrawn"}
    (undone,) = stage.records("roster.undone")
    assert len(undone["facts"]["withdrawn"]) == len(states)


def test_only_the_latest_import_is_reversed(stage: Stage) -> None:
    """An earlier one stands under it."""
    ana = stage.person("Ana")
    applies(stage, ana, hands_in(ana, FREYA))
    stage.later(minutes=1)
    applies(stage, ana, hands_in(ana, FREYA.replace("Lindholm", "Lind")))
    ana.says("people reverse IMP-1").fills(reason="x").sees("IMP-2 was applied after it")
    assert stage.records("roster.reversed") == []


def test_while_it_is_applied_people_are_not_changed_by_hand(stage: Stage) -> None:
    """Half an import is never mixed with something else."""
    ana = stage.person("Ana")
    hands_in(ana, FREYA).presses("Apply").presses("Apply")
    ana.says("people left").fills(who="Chidi", day="2026-12-31").sees("IMP-1 is changing people right now")
    stage.works()
    ana.says("people left").fills(who="Chidi", day="2026-12-31").sees("Chidi Okafor")


def test_an_employee_does_not_import(stage: Stage) -> None:
    """Only leads, deputies and admins do."""
    stage.person("Chidi").says("people import").sees("not yours to do")
    stage.person("Greta").says("people preview IMP-1").misses("What this import would do")
