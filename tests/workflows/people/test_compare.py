"""The roster of this week against the people we know."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import pytest

from config.demo import render
from tests.workflows.people.company import ANA, BRUNO, CHIDI, DINA, TODAY, columns, directory, known, rows, said
from workflows.people.compare import compare
from workflows.people.preview import Change, Item, Limits, Preview
from workflows.people.read import read
from workflows.people.rows import Known

COMPANY = directory(ANA, BRUNO, CHIDI, DINA)


def preview(
    *lines: str, people: Sequence[Known] = COMPANY, full: bool = False, limits: Limits | None = None
) -> Preview:
    return compare(
        rows(*lines), people, columns=columns(), full=full, today=TODAY, limits=limits or Limits(people=10, percent=50)
    )


def who(items: tuple[Item, ...]) -> list[tuple[int | None, str]]:
    return [(item.line, (item.row or item.known or COMPANY[0]).preferred_name) for item in items]


def test_the_same_file_again_changes_nothing() -> None:
    same = preview(ANA, BRUNO, CHIDI, DINA, full=True)
    assert (same.unchanged, same.not_in_file, same.needs_typed_number) == (4, 0, None)
    assert not any((same.new, same.changed, same.rehired, same.returning, same.left, same.unmatched, same.problems))


def test_emil_is_new() -> None:
    assert who(preview(ANA, "5,Emil Berg,emil@halden.example,1,2026-12-01,,").new) == [(3, "Emil Berg")]


def test_ana_marries_and_changes_name_and_address() -> None:
    [ana] = preview(ANA.replace("Ana Duarte,ana@", "Ana Costa,ana.costa@")).changed
    assert ana.changes == (
        Change("preferred_name", "Ana Duarte", "Ana Costa"),
        Change("email", "ana@halden.example", "ana.costa@halden.example"),
    )
    assert ana.known == COMPANY[0]


def test_a_manager_named_by_address_instead_of_id_is_no_change() -> None:
    assert preview(BRUNO.replace(",1,", ",ANA@halden.example,")).unchanged == 1
    [chidi] = preview(ANA, CHIDI.replace(",2,", ",ana@halden.example,")).changed
    assert chidi.changes == (Change("manager", "2", "1"),)


def test_columns_that_the_file_lacks_stay_as_they_are() -> None:
    head = "employee_id,preferred_name,email"
    few = compare(
        rows("2,Bruno Keller,bruno@halden.example", head=head), COMPANY, columns=columns(head), full=False, today=TODAY
    )
    assert few.unchanged == 1


def test_aliases_in_another_order_are_the_same() -> None:
    head = "employee_id,preferred_name,email,aliases"
    before = directory("1,Ana,ana@halden.example,a@halden.example;b@halden.example", head=head)
    after = rows("1,Ana,ana@halden.example,b@halden.example;a@halden.example", head=head)
    assert compare(after, before, columns=columns(head), full=True, today=TODAY).unchanged == 1


def test_absence_means_left_only_in_a_full_file() -> None:
    part = preview(ANA, BRUNO)
    assert (part.left, part.not_in_file) == ((), 1)
    whole = preview(ANA, BRUNO, full=True)
    assert (who(whole.left), whole.not_in_file) == ([(None, "Chidi Okafor")], 0)


def test_a_full_file_says_nothing_about_somebody_who_never_stood_in_a_roster() -> None:
    admin = dataclasses.replace(COMPANY[1], employee_id="", email="admin@halden.example", id=99, manager="")
    seen = preview(ANA, BRUNO, CHIDI, people=(*COMPANY, admin), full=True)
    assert (seen.left, seen.not_in_file) == ((), 1)
    taken = preview(ANA, BRUNO.replace("bruno@", "admin@"), CHIDI, people=(*COMPANY, admin), full=True)
    assert said(taken.problems) == [(3, "email", "error")]
    moved = preview(CHIDI.replace(",2,", ",admin@halden.example,"), people=(*COMPANY, admin)).changed[0]
    assert moved.changes == (Change("manager", "2", "admin@halden.example"),)


def test_an_empty_time_zone_or_work_days_leaves_what_was() -> None:
    head = "employee_id,preferred_name,email,time_zone,work_days,title"
    before = directory("1,Ana,ana@halden.example,Europe/Lisbon,mon-thu,Lead", head=head)
    after = rows("1,Ana,ana@halden.example,,,", head=head)
    [ana] = compare(after, before, columns=columns(head), full=True, today=TODAY).changed
    assert ana.changes == (Change("title", "Lead", ""),)


def test_an_end_in_the_past_means_left_and_one_to_come_is_a_change() -> None:
    assert who(preview(CHIDI.replace(",,employee", ",2026-11-22,employee")).left) == [(2, "Chidi Okafor")]
    assert who(preview(CHIDI.replace(",,employee", ",2026-11-23,employee")).changed) == [(2, "Chidi Okafor")]


def test_dina_comes_back_and_begins_a_new_spell() -> None:
    [dina] = preview("4,Dina Haddad,dina@halden.example,1,2026-11-02,,employee").rehired
    assert dina.changes[0] == Change("manager", "2", "1")


def test_dina_is_in_the_file_again_without_a_new_start() -> None:
    again = preview(DINA.replace("2025-06-30", ""), full=True)
    assert who(again.returning) == [(2, "Dina Haddad")]
    assert not again.rehired
    assert not again.changed


def test_a_leaver_whose_end_is_put_right_is_a_change() -> None:
    assert who(preview(DINA.replace("2025-06-30", "2025-07-31")).changed) == [(2, "Dina Haddad")]


@pytest.mark.parametrize("full", [True, False])
def test_a_new_id_with_a_known_address_may_be_the_same_person(full: bool) -> None:
    seen = preview(ANA, BRUNO, "903,C. Okafor,CHIDI@halden.example,2,2022-05-02,,employee", full=full)
    [item] = seen.unmatched
    assert (item.line, item.known) == (4, COMPANY[2])
    assert not seen.new
    assert not seen.left
    assert seen.not_in_file == 0


def test_a_new_id_with_the_address_of_a_leaver_may_be_the_same_person() -> None:
    assert who(preview("904,Dina H,dina@halden.example,1,2026-11-02,,").unmatched) == [(2, "Dina H")]


def test_an_address_that_moves_to_somebody_new_is_worth_a_look() -> None:
    moved = preview(ANA.replace("ana@", "ana.duarte@"), "5,Ana Berg,ana@halden.example,1,,,")
    assert who(moved.new) == [(3, "Ana Berg")]
    assert said(moved.problems) == [(3, "email", "warning")]


def test_an_address_that_somebody_outside_the_file_keeps_is_an_error() -> None:
    assert said(preview(BRUNO.replace("bruno@", "ana@")).problems) == [(2, "email", "error")]


def test_the_address_of_a_leaver_may_pass_to_a_colleague() -> None:
    passed = preview(ANA, BRUNO.replace("bruno@", "chidi@"), full=True)
    assert said(passed.problems) == [(3, "email", "warning")]
    assert who(passed.left) == [(None, "Chidi Okafor")]


def test_an_alias_that_a_file_without_aliases_cannot_take_away_is_an_error() -> None:
    head = "employee_id,preferred_name,email,aliases"
    before = directory("1,Ana,ana@halden.example,a@halden.example", head=head)
    short = "employee_id,preferred_name,email"
    lines = rows("1,Ana,ana@halden.example", "2,Aldo,a@halden.example", head=short)
    seen = compare(lines, before, columns=columns(short), full=True, today=TODAY)
    assert said(seen.problems) == [(3, "email", "error")]


def test_somebody_whose_manager_leaves_is_named() -> None:
    seen = preview(ANA, CHIDI, full=True)
    assert said(seen.problems) == [(3, "manager", "warning")]
    assert "Bruno Keller (2)" in seen.problems[0].text


def test_the_last_compliance_lead_cannot_be_imported_away() -> None:
    assert said(preview(ANA.replace("lead", "owner")).problems) == [(2, "roles", "error")]
    assert said(preview(BRUNO.replace(",1,", ",,"), CHIDI, full=True).problems) == [(2, "roles", "error")]
    assert preview(ANA.replace("lead", "owner"), BRUNO.replace("employee", "lead")).problems == ()


def test_a_year_in_the_demo_company() -> None:
    before = read(render("roster-last-year.csv", TODAY).encode())
    now = read(render("roster.csv", TODAY).encode())
    year = compare(
        now.rows, known(before.rows, TODAY - timedelta(days=365)), columns=now.columns, full=True, today=TODAY
    )
    assert [name for _, name in who(year.rehired)] == ["Katarína Horváthová"]
    assert [name for _, name in who(year.left)] == ["Viktor Hansen"]
    assert "Matilda Öberg" in [name for _, name in who(year.changed)]
    assert (year.unmatched, year.returning, year.problems) == ((), (), ())


def company_of(count: int) -> list[str]:
    return [ANA, *(f"{one},P{one},p{one}@halden.example,1,,,employee" for one in range(2, count + 1))]


@pytest.mark.parametrize(
    ("people", "leavers", "number"),
    [(100, 5, None), (100, 6, 6), (1000, 10, None), (1000, 11, 11), (10, 1, 1), (10, 0, None)],
)
def test_many_leavers_ask_for_their_number(people: int, leavers: int, number: int | None) -> None:
    company = company_of(people)
    seen = preview(*company[: people - leavers], people=directory(*company), full=True, limits=Limits())
    assert (len(seen.left), seen.needs_typed_number) == (leavers, number)


def test_the_limits_are_the_companys_own() -> None:
    company = company_of(100)
    seen = preview(*company[:80], people=directory(*company), full=True, limits=Limits(people=50, percent=20))
    assert seen.needs_typed_number is None


def test_people_who_have_left_before_do_not_count_among_those_who_are_here() -> None:
    company = company_of(20)
    gone = [f"9{one},G{one},g{one}@halden.example,,2010-01-04,2020-01-31," for one in range(100)]
    assert preview(*company[:18], people=directory(*company, *gone), full=True, limits=Limits()).needs_typed_number == 2
