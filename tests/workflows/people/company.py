"""A small company, written the way its people would write it: as lines of a roster."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date

from workflows.people.read import read
from workflows.people.rows import Known, Problem, Row

TODAY = date(2026, 11, 23)
HEAD = "employee_id,preferred_name,email,manager,start,end,role"
ANA = "1,Ana Duarte,ana@halden.example,,2020-01-06,,lead"
BRUNO = "2,Bruno Keller,bruno@halden.example,1,2021-03-01,,employee"
CHIDI = "3,Chidi Okafor,chidi@halden.example,2,2022-05-02,,employee"
DINA = "4,Dina Haddad,dina@halden.example,2,2019-02-04,2025-06-30,employee"


def rows(*lines: str, head: str = HEAD) -> tuple[Row, ...]:
    """Return the rows of a file whose cells are all in order."""
    reading = read("\n".join((head, *lines)).encode())
    assert not reading.problems
    return reading.rows


def columns(head: str = HEAD) -> frozenset[str]:
    """Return the columns that a file with this header has."""
    return read(f"{head}\n1,x,x@halden.example{',' * (head.count(',') - 2)}".encode()).columns


def known(people: Iterable[Row], today: date) -> tuple[Known, ...]:
    """Return the directory after an import of these rows on the day `today`; those whose end has passed have left."""
    return tuple(
        Known(
            **{field.name: getattr(row, field.name) for field in dataclasses.fields(row) if field.name != "line"},
            id=number,
            ref=f"{number:032x}",
            left=row.end is not None and row.end < today,
        )
        for number, row in enumerate(people, 1)
    )


def directory(*lines: str, head: str = HEAD) -> tuple[Known, ...]:
    """Return the directory after an import of these lines today."""
    return known(rows(*lines, head=head), TODAY)


def said(problems: Sequence[Problem]) -> list[tuple[int, str, str]]:
    """Return where the problems are and how grave, without their words."""
    return [(problem.line, problem.column, problem.severity) for problem in problems]
