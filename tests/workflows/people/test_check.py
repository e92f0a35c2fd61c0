"""What contradicts itself between the lines of a roster."""

from tests.workflows.people.company import ANA, BRUNO, CHIDI, DINA, directory, rows, said
from workflows.people.check import check


def test_a_roster_in_order_has_nothing_to_say() -> None:
    assert check(rows(ANA, BRUNO, CHIDI, DINA), ()) == ()


def test_one_id_twice_whatever_its_case() -> None:
    one = "E-7,Ana,ana@halden.example,,,,"
    problems = check(rows(one, BRUNO.replace(",1,", ",,"), one.replace("E-7", "e-7")), ())
    assert said(problems) == [(4, "employee_id", "error")]
    assert "line 2" in problems[0].text


def test_one_address_belongs_to_one_person() -> None:
    head = "employee_id,preferred_name,email,aliases"
    ana = "1,Ana,ana@halden.example,A.Duarte@halden.example;ana@halden.example"
    bruno = "2,Bruno,a.duarte@halden.example,ANA@halden.example"
    problems = check(rows(ana, bruno, head=head), ())
    assert said(problems) == [(3, "email", "error"), (3, "aliases", "error")]
    assert "Ana (1)" in problems[0].text


def test_a_manager_may_be_named_by_id_or_address_in_the_file_or_in_the_directory() -> None:
    by_address = BRUNO.replace(",1,", ",Ana@Halden.example,")
    assert check(rows(ANA, by_address), ()) == ()
    assert check(rows(by_address), directory(ANA)) == ()


def test_an_unknown_manager_and_one_who_has_left_are_named() -> None:
    assert said(check(rows(BRUNO), ())) == [(2, "manager", "error")]
    assert said(check(rows(BRUNO.replace(",1,", ",4,")), directory(BRUNO.replace(",1,", ",,"), DINA))) == [
        (2, "manager", "error")
    ]


def test_nobody_is_their_own_manager_even_under_another_name() -> None:
    assert said(check(rows(ANA.replace(",,2020", ",1,2020")), ())) == [(2, "manager", "error")]
    assert said(check(rows(ANA.replace(",,2020", ",ana@halden.example,2020")), ())) == [(2, "manager", "error")]


def test_a_shared_mailbox_manages_nobody() -> None:
    head = "employee_id,preferred_name,email,manager,kind"
    desk, ana = "9,Desk,desk@halden.example,,shared mailbox", "1,Ana,ana@halden.example,9,employee"
    assert said(check(rows(desk, ana, head=head), ())) == [(3, "manager", "error")]


def test_a_circle_of_managers_is_named_once_with_everybody_in_it() -> None:
    ana = ANA.replace(",,2020", ",3,2020")
    below = "5,Emil,emil@halden.example,3,,,"
    problems = check(rows(below, CHIDI, ana, BRUNO), ())
    assert said(problems) == [(3, "manager", "error")]
    assert "Chidi Okafor (3) → Bruno Keller (2) → Ana Duarte (1) → Chidi Okafor (3)" in problems[0].text


def test_two_circles_are_two_problems() -> None:
    pairs = [f"{one},P{one},p{one}@halden.example,{other},,," for one, other in ((1, 2), (2, 1), (3, 4), (4, 3))]
    assert said(check(rows(*pairs), ())) == [(2, "manager", "error"), (4, "manager", "error")]


def test_a_circle_through_somebody_who_is_not_in_the_file() -> None:
    problems = check(rows(ANA.replace(",,2020", ",3,2020")), directory(ANA, BRUNO, CHIDI))
    assert said(problems) == [(2, "manager", "error")]


def test_a_large_circle_is_told_in_short() -> None:
    ring = [f"{one},P{one},p{one}@halden.example,{(one + 1) % 5000},,," for one in range(5000)]
    [problem] = check(rows(*ring), ())
    assert "→ 4994 more → P0 (0)" in problem.text


def test_dates_that_contradict_each_other() -> None:
    head = "employee_id,preferred_name,email,start,end,leave_from,leave_to"
    problems = check(
        rows(
            "1,Ana,ana@halden.example,2026-02-01,2026-01-31,,",
            "2,Bruno,bruno@halden.example,,,2026-05-02,2026-05-01",
            "3,Chidi,chidi@halden.example,,,,2026-05-01",
            "4,Dina,dina@halden.example,2026-02-01,2026-02-01,2026-02-01,2026-02-01",
            head=head,
        ),
        (),
    )
    assert said(problems) == [(2, "end", "error"), (3, "leave_to", "error"), (4, "leave_from", "error")]


def test_names_that_an_earlier_export_spoilt_are_worth_a_look() -> None:
    spoilt = [
        f"{one},{name},p{one}@halden.example,,,," for one, name in enumerate(("JosÃ©", "Jos\ufffd", "José", "Öberg"))
    ]
    assert said(check(rows(*spoilt), ())) == [(2, "preferred_name", "warning"), (3, "preferred_name", "warning")]


def test_a_contractor_without_an_address_is_worth_a_look() -> None:
    assert said(check(rows("1,Carla,,contractor", head="employee_id,preferred_name,email,kind"), ())) == [
        (2, "email", "warning")
    ]
