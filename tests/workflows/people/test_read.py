"""A file becomes rows: headers, separators, lines, and cells that mean harm."""

from datetime import date

import pytest

from config.demo import render
from tests.workflows.people.company import TODAY, said
from workflows.people.check import check
from workflows.people.decode import Unreadable
from workflows.people.read import Reading, read

HEAD = "employee_id,preferred_name,email,title"
ANA = "1,Ana Duarte,ana@halden.example,Lead"


def file(*lines: str) -> Reading:
    return read("\n".join(lines).encode())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_and_any_line_end(delimiter: str, end: str) -> None:
    lines = ["Employee ID*Work E-mail*Display name*Hire date", "1*Ana@Halden.example*Ana, of; Lisbon*2020-01-06", ""]
    lines[1] = lines[1].replace("Ana, of; Lisbon", '"Ana, of; Lisbon"')
    reading = read(end.join(lines).replace("*", delimiter).encode())
    [ana] = reading.rows
    assert (ana.preferred_name, ana.email, ana.start) == ("Ana, of; Lisbon", "ana@halden.example", date(2020, 1, 6))
    assert reading.columns == {"employee_id", "email", "preferred_name", "start"}


def test_the_first_line_of_excel_and_blank_lines_are_skipped_but_counted() -> None:
    reading = file("sep=;", "", "EMPLOYEE_ID;Preferred Name;e-mail", ";;", "1;Ana;ana@halden.example", "  ")
    assert [(row.line, row.preferred_name) for row in reading.rows] == [(5, "Ana")]


def test_a_line_is_where_its_row_begins_whatever_is_quoted_inside() -> None:
    reading = file(HEAD, '1,"Ana\nDuarte",ana@halden.example,Lead', "2,Bruno,bruno@halden.example,Engineer")
    assert [(row.line, row.preferred_name) for row in reading.rows] == [(2, "Ana Duarte"), (4, "Bruno")]


def test_columns_we_do_not_know_are_named_and_left_aside() -> None:
    reading = file("employee_id,preferred_name,email,Shoe size", "1,Ana,ana@halden.example,38")
    assert reading.ignored == ("“Shoe size”",)
    assert said(reading.problems) == [(1, "", "warning")]
    assert "Shoe size" in reading.problems[0].text


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("employee_id,title", "there is none for Preferred name, E-mail"),
        ("1,Ana,ana@halden.example", "there is none for Employee ID"),
        ("employee_id,name,email,Work e-mail", "More than one column means E-mail"),
        ('"employee_id"x,name', "quotation marks"),
    ],
)
def test_a_header_that_cannot_be_used_says_why(head: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        file(head, "1,Ana,ana@halden.example,x")


def test_a_file_cut_off_in_its_last_line_is_an_error_and_short_lines_before_it_a_warning() -> None:
    reading = file(HEAD, "1,Ana,ana@halden.example", ANA.replace("1", "2"), "3,Chi")
    assert said(reading.problems) == [(2, "", "warning"), (4, "", "error"), (4, "email", "error")]
    assert "cut off" in reading.problems[1].text


def test_a_separator_inside_a_value_is_named() -> None:
    reading = file(HEAD, "1,Duarte, Ana,ana@halden.example,Lead", f"{ANA},,,")
    assert said(reading.problems) == [(2, "", "error"), (2, "email", "error")]


@pytest.mark.parametrize(
    "line", ['1,"Ana,ana@halden.example,Lead', '1,"Ana"x,ana@halden.example,Lead', f'1,"{"x" * 200_000}"']
)
def test_a_broken_quotation_is_named_with_the_line_where_it_begins(line: str) -> None:
    with pytest.raises(Unreadable, match="Line 3 cannot be split into cells"):
        file(HEAD, ANA, line, "3,Chidi,chidi@halden.example,Engineer")


def test_every_bad_cell_is_named_with_its_line_and_column() -> None:
    head = "employee_id,preferred_name,email,country,time_zone,kind,role,start,end,work_days,aliases"
    bad = "2,Bruno,bruno at halden,Atlantis,Berlin,wizard,king,03/04/2026,soon,whenever,x"
    reading = file(head, "1,Ana,ana@halden.example,PT,Europe/Lisbon,employee,lead,2026-04-03,,Mon-Fri,", bad)
    wrong = ["email", "country", "zone", "kind", "roles", "start", "end", "work_days", "aliases"]
    assert said(reading.problems) == [(3, column, "error") for column in wrong]


def test_a_name_and_an_address_are_needed_but_not_of_contractors_and_services() -> None:
    reading = file(
        "employee_id,preferred_name,email,kind",
        "1,,,",
        ",Bruno,,",
        "3,Carla,,contractor",
        "4,Backup,,service",
        "5,Desk,,shared",
    )
    assert said(reading.problems) == [
        (2, "preferred_name", "error"),
        (2, "email", "error"),
        (3, "employee_id", "error"),
        (3, "email", "error"),
        (6, "email", "error"),
    ]


@pytest.mark.parametrize(
    "name", ["<b>Ana</b>", "=1+1", "+351 Ana", "-Ana", "@Ana", "<!channel>", "{{ secret }}", "Ana'; --"]
)
def test_hostile_names_stay_the_text_they_are(name: str) -> None:
    reading = file(HEAD, f"1,{name},ana@halden.example,Lead")
    assert reading.rows[0].preferred_name == name
    assert reading.problems == ()


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x07", "\x1b[31m", "\ue000" + "0" * 32 + "\ue001"])
def test_what_hides_reorders_or_forges_is_removed_with_a_warning(hidden: str) -> None:
    reading = file(HEAD, f"1,Ana{hidden} Duarte,ana@halden.example,Lead", "2,Bruno,bruno@halden.example,Engineer")
    assert said(reading.problems) == [(2, "preferred_name", "warning")]
    assert reading.rows[0].preferred_name.isprintable()
    assert "\ue000" not in reading.rows[0].preferred_name


def test_a_name_of_nothing_but_hidden_characters_is_missing() -> None:
    reading = file(HEAD, "1,\u202e,ana@halden.example,Lead")
    assert (2, "preferred_name", "error") in said(reading.problems)


def test_a_cell_that_is_too_long_is_an_error_and_is_not_repeated_in_full() -> None:
    reading = file(HEAD, f"1,{'Ana' * 10_000},ana@halden.example,Lead")
    [problem] = reading.problems
    assert (problem.line, problem.column) == (2, "preferred_name")
    assert "30,000 characters, the most is 500" in problem.text


def test_a_megabyte_in_one_cell_is_refused() -> None:
    with pytest.raises(Unreadable, match="Line 2"):
        file(HEAD, f"1,{'x' * 1_000_000},ana@halden.example,Lead")


def test_the_demo_company_is_a_roster_without_an_error() -> None:
    for name in ("roster-last-year.csv", "roster.csv"):
        reading = read(render(name, TODAY).encode())
        assert not [problem for problem in (*reading.problems, *check(reading.rows, ())) if problem.severity == "error"]
        assert reading.ignored == ()
