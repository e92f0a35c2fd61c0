"""What a lead sees before anything is changed."""

from models.message import decode, encode, mention
from tests.workflows.people.company import ANA, BRUNO, CHIDI, DINA, TODAY, columns, directory, rows
from workflows.people.check import check
from workflows.people.compare import compare
from workflows.people.describe import describe, describe_problems
from workflows.people.preview import Preview
from workflows.people.rows import Problem

COMPANY = directory(ANA, BRUNO, CHIDI, DINA)


def preview(*lines: str, full: bool = True) -> Preview:
    return compare(rows(*lines), COMPANY, columns=columns(), full=full, today=TODAY)


def test_every_group_has_its_table_and_every_person_a_line() -> None:
    message = describe(
        preview(
            ANA.replace("lead", "lead;owner").replace("Ana Duarte", "Ana Costa"),
            "903,C. Okafor,chidi@halden.example,1,,,",
            "4,Dina Haddad,dina@halden.example,2,2026-11-02,,employee",
            "5,<b>Emil</b>,emil@halden.example,1,,,",
        )
    )
    tables = {table.caption.split(" (")[0].split(":")[0].split(",")[0]: table.rows for table in message.tables}
    assert tables == {
        "New": (("5", "<b>Emil</b>", "5"),),
        "Changed": (
            ("2", mention(COMPANY[0].ref), "Preferred name: Ana Duarte → Ana Costa; Role: lead → lead, owner"),
        ),
        "Back after a break": (
            ("4", mention(COMPANY[3].ref), "Start: 2019-02-04 → 2026-11-02; End: 2025-06-30 → empty"),
        ),
        "Left": (("-", mention(COMPANY[1].ref), "not in the file"),),
        "Not matched": (("3", "C. Okafor (903)", f"{mention(COMPANY[2].ref)} (3)"),),
        "Worth a look": (("4", "Manager", "The manager Bruno Keller (2) leaves with this import: name the next one."),),
    }
    facts = {fact.label: fact.value for fact in message.facts}
    assert (facts["New"], facts["Left"], facts["Unchanged"]) == ("1", "1", "0")
    assert decode(encode(message)) == message


def test_the_number_to_type_is_said() -> None:
    message = describe(preview(ANA, full=True))
    assert message.lines[1] == "2 people would leave. If that is right, type the number 2 to go on."
    assert message.tone == "warn"


def test_a_leaver_by_date_has_a_last_day() -> None:
    message = describe(preview(CHIDI.replace(",,employee", ",2026-10-31,employee"), full=False))
    assert message.tables[0].rows == (("2", mention(COMPANY[2].ref), "last day 2026-10-31"),)


def test_only_the_first_twenty_are_shown_and_the_rest_counted() -> None:
    many = [f"{one},P{one},p{one}@halden.example,1,,," for one in range(100, 1335)]
    [table] = describe(preview(*many, full=False)).tables
    assert table.caption == "New (1,235)"
    assert len(table.rows) == 21
    assert table.rows[-1] == ("", "and 1,215 more", "")
    assert table.rows[0] == ("2", "P100", "100")


def test_problems_stand_in_the_order_of_their_lines_errors_first() -> None:
    warning = Problem(2, "preferred_name", "Look.", "warning")
    message = describe_problems([Problem(9, "", "Cut off."), warning, *check(rows(BRUNO), ())])
    errors, warnings = message.tables
    assert [row[:2] for row in errors.rows] == [("2", "Manager"), ("9", "")]
    assert warnings.rows == (("2", "Preferred name", "Look."),)
    assert (message.tone, message.title) == ("bad", "This file cannot be imported yet")
    assert describe_problems([warning]).tone == "warn"
    assert describe_problems([]).tables == ()
