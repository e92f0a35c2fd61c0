"""A large company in one file. The times are printed (pytest -s), not judged: machines differ."""

import time
from datetime import date

from tests.workflows.people.company import directory
from workflows.people.check import check
from workflows.people.compare import compare
from workflows.people.read import read

HEAD = "employee_id,preferred_name,email,aliases,manager,department,country,time_zone,work_days,start,role"
PEOPLE = 100_000


def test_a_hundred_thousand_people() -> None:
    lines = [
        f"E{one},Zoë {one},p{one}@halden.example,a{one}@halden.example,{f'E{one // 8}' if one else ''},Team {one % 40},"
        f"Germany,Europe/Berlin,Mon-Fri,2020-01-{one % 28 + 1:02},employee"
        for one in range(PEOPLE)
    ]
    known = directory(*lines[: PEOPLE - 7], head=HEAD)
    began = time.perf_counter()
    reading = read("\n".join((HEAD, *lines)).encode())
    was_read = time.perf_counter()
    problems = check(reading.rows, known)
    checked = time.perf_counter()
    seen = compare(reading.rows, known, columns=reading.columns, full=True, today=date(2026, 11, 23))
    compared = time.perf_counter()
    print(f"\nread {was_read - began:.2f} s, check {checked - was_read:.2f} s, compare {compared - checked:.2f} s")  # noqa: T201
    assert problems == ()
    assert (len(seen.new), seen.unchanged, seen.problems) == (7, PEOPLE - 7, ())
