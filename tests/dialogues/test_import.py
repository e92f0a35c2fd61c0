"""Ana brings the roster up to date from a file, and takes it back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models.campaign import Assignment
from models.fact import facts_of, midnight
from models.person import EmailAlias, Person
from models.policy import Original
from tests.support.company import PEOPLE, publish
from tests.support.stage import Player, Screen, Stage
from workflows import duty
from workflows.workflow import REGISTRY

HEAD = "employee_id,preferred_name,email,manager,department,country,start,end,kind,role"
FREYA = "E100,Freya Lindholm,freya@halden.example,E005,Engineering,FI,2026-11-23,,employee,employee"
SOREN = "E101,Søren Kjær,soren@halden.example,E100,Engineering,DK,2026-12-01,,employee,employee"
CHIDI = "E006,Chidi Okafor,chidi@halden.example,E005,Engineering,,2024-01-01,,employee,employee"


def hands_in(player: Player, *lines: str, head: str = HEAD, full: bool = False) -> Screen:
    """Hand in a roster and return what is seen."""
    return player.says("people import").fills(file=("people.csv", "\n".join((head, *lines)).encode()), full=full)


def applies(stage: Stage, player: Player, seen: Screen, **answers: str) -> None:
    """Apply what is in front of somebody, and let the batches run."""
    form = seen.presses("Apply")
    (form.fills(**answers) if answers else form.presses("Apply")).sees("Being applied")
    stage.works()


def everybody(*leave_out: str) -> list[str]:
    """Return the company of the dialogues as lines of a file."""
    ids = {name: f"E{number:03}" for number, (name, *_) in enumerate(PEOPLE, 1)}
    return [
        f"{ids[name]},{name},{name.split()[0].lower()}@halden.example,{ids.get(manager, '')},{department},,2024-01-01,,"
        f"employee,{roles}".replace("employee;", "employee|")
        for name, department, manager, roles, _ in PEOPLE
        if name not in leave_out
    ]


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


def test_a_changed_address_is_a_change(stage: Stage) -> None:
    """Chidi keeps the ref, and the old address still finds him."""
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    seen = hands_in(ana, CHIDI.replace("Chidi Okafor,chidi@", "Chidi Okafor-Bell,c.bell@")).sees("chidi@halden.example")
    applies(stage, ana, seen)
    changed = stage.person("Chidi")
    assert (changed.ref, changed.row.name, changed.row.email) == (
        chidi.ref,
        "Chidi Okafor-Bell",
        "c.bell@halden.example",
    )
    aliases = stage.read(lambda session: session.scalars(select(EmailAlias.email)).all())
    assert aliases == ["chidi@halden.example"]
    ana.says("people preview IMP-1").presses("Reverse").fills(reason="Not yet")
    stage.works()
    back = stage.person("Chidi").row
    assert (back.name, back.email) == ("Chidi Okafor", "chidi@halden.example")
    assert stage.read(lambda session: session.scalars(select(EmailAlias)).all()) == []


def test_two_people_swap_addresses(stage: Stage) -> None:
    """An address is somebody's once in the whole company, before and after."""
    ana = stage.person("Ana")
    keisha = "E007,Keisha Robinson,chidi@halden.example,E005,Engineering,,2024-01-01,,employee,employee"
    seen = hands_in(ana, CHIDI.replace("chidi@", "keisha@"), keisha)
    applies(stage, ana, seen)
    assert stage.person("Chidi").row.email == "keisha@halden.example"
    assert stage.person("Keisha").row.email == "chidi@halden.example"
    ana.says("people preview IMP-1").presses("Reverse").fills(reason="A slip")
    stage.works()
    assert stage.person("Chidi").row.email == "chidi@halden.example"
    assert stage.person("Keisha").row.email == "keisha@halden.example"


def test_a_rehire_is_a_new_spell(stage: Stage) -> None:
    """Chidi left and begins again; both spells stay on record."""
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    ana.says("people left").fills(who="Chidi", day="2026-11-20")
    applies(stage, ana, hands_in(ana, CHIDI.replace("2024-01-01", "2026-11-23")).sees("Back after a break"))
    assert stage.person("Chidi").row.employed(date(2026, 11, 23))

    def spell(on: date) -> object:
        return stage.read(lambda session: facts_of(session, [chidi.ref], midnight(on))[chidi.ref]["employment", ""])

    assert spell(date(2026, 11, 1)) == {"kind": "employee", "start": "2024-01-01", "end": "2026-11-20"}
    assert spell(date(2026, 11, 24)) == {"kind": "employee", "start": "2026-11-23", "end": None}


def test_somebody_in_the_file_again_is_decided_by_a_person(stage: Stage) -> None:
    """A file without a later start does not say whether Chidi ever left; the lead does."""
    ana = stage.person("Ana")
    ana.says("people left").fills(who="Chidi", day="2026-11-20")
    seen = hands_in(ana, CHIDI).sees("In the file again")
    applies(stage, ana, seen, returning="no")
    assert stage.person("Chidi").row.end_on == date(2026, 11, 20)
    applies(stage, ana, hands_in(ana, CHIDI), returning="yes")
    assert stage.person("Chidi").row.end_on is None


def test_a_new_id_with_a_known_address_is_decided_by_a_person(stage: Stage) -> None:
    """HR renumbered Chidi: he is changed only where somebody says that it is him, and is never doubled."""
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    line = CHIDI.replace("E006", "N-6")
    applies(stage, ana, hands_in(ana, line).sees("Not matched"), unmatched="no")
    assert stage.person("Chidi").row.employee_id == "E006"
    applies(stage, ana, hands_in(ana, line), unmatched="yes")
    assert (stage.person("Chidi").row.employee_id, stage.person("Chidi").ref) == ("N-6", chidi.ref)


def test_undecided_lines_are_decided_one_by_one(stage: Stage) -> None:
    """HR renumbered half the company: Ana takes some lines and leaves the others; a wrong number takes none."""
    ana = stage.person("Ana")
    named = ("Margit Halden", "Bruno Keller", "Chidi Okafor", "Keisha Robinson")
    lines = [line.replace("E0", "N0", 1) for line in everybody() if line.split(",")[1] in named]
    lines = [line.replace(",E0", ",N0") if ",N0" not in line else line for line in lines]
    form = hands_in(ana, *lines).sees("Not matched").presses("Apply").sees("Line of the file", "Keisha Robinson")
    form.fills(unmatched="lines", unmatched_lines="").sees("Write line numbers, such as 12, 14-20")
    form.fills(unmatched="lines", unmatched_lines="2, 40").sees("40 is none of these lines")
    form.fills(unmatched="no", unmatched_lines="2").sees("You named lines")
    assert stage.records("roster.imported") == []
    form.fills(unmatched="lines", unmatched_lines="2, 4 - 9").sees("Being applied")
    stage.works()
    ids = {name: stage.person(name).row.employee_id for name in named}
    assert ids == {
        "Margit Halden": "N001",
        "Bruno Keller": "E005",
        "Chidi Okafor": "N006",
        "Keisha Robinson": "N007",
    }
    (approved,) = stage.records("roster.imported")
    assert (approved["facts"]["take_unmatched"], approved["facts"]["take_returning"]) == ("2,4-5", "")
    stage.later(minutes=1)
    ana.says("people preview IMP-1").presses("Reverse").fills(reason="Not yet")
    stage.works()
    assert {stage.person(name).row.employee_id for name in named} == {"E001", "E005", "E006", "E007"}


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


def test_whoever_installed_is_found_by_their_address(stage: Stage) -> None:
    """Nobody whom no roster ever named is doubled by the first roster that does."""
    ana = stage.person("Ana")
    ana.says("people add").fills(name="Vera", email="vera@halden.example")
    stage.later(minutes=1)
    vera = stage.person("Vera")
    line = "E200,Vera Brandt,vera@halden.example,E002,Security,DE,2026-11-02,,employee,employee"
    applies(stage, ana, hands_in(ana, line).misses("Not matched: a new id"))
    found = stage.person("Vera")
    assert (found.ref, found.row.employee_id, found.row.name) == (vera.ref, "E200", "Vera Brandt")
