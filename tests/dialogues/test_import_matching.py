"""Who is who in a roster: new addresses, new ids, and people who come back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models.fact import facts_of, midnight
from models.person import EmailAlias
from tests.dialogues.rosters import CHIDI, applies, everybody, hands_in
from tests.support.stage import Stage


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
