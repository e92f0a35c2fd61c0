"""Whatever is handed in, it is read or refused in words, and nothing falls over."""

import codecs
from contextlib import suppress
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as some

from models.message import clean
from tests.workflows.people.company import TODAY
from workflows.people import cells
from workflows.people.check import check
from workflows.people.compare import compare
from workflows.people.decode import Unreadable
from workflows.people.describe import describe, describe_problems
from workflows.people.read import MOST_CHARACTERS, read
from workflows.people.rows import LABELS

HEAD = ",".join(LABELS)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp1251", "cp932", "gb18030"]
WORDS = [
    "1",
    "2",
    "Ana",
    "ana@halden.example",
    "2026-01-01",
    "03/04/2026",
    "lead",
    "DE",
    '"',
    "\n",
    "\r",
    "\ue000",
    "\u202e",
    "É",
]


def check_whole_way(body: bytes) -> None:
    """Go from bytes to what a lead sees; every row and problem must keep what it promises."""
    with suppress(Unreadable):
        reading = read(body)
        problems = (*reading.problems, *check(reading.rows, ()))
        assert all(problem.text and problem.line >= 1 for problem in problems)
        assert all(problem.column in LABELS or not problem.column for problem in problems)
        for row in reading.rows:
            texts = (row.employee_id, row.preferred_name, row.department)
            assert all(len(text) <= MOST_CHARACTERS and text == clean(text) and "\n" not in text for text in texts)
        describe_problems(problems)
        describe(compare(reading.rows, (), columns=reading.columns, full=True, today=TODAY))


@given(some.binary(max_size=400))
@example(codecs.BOM_UTF16_LE + b"\x00\xd8")
@example(codecs.BOM_UTF32_LE + b"\xff\xff\xff\xff")
@example(b"\x81\x8d\x8f\x90\x9d")
@example(b'sep=,\n"')
@settings(deadline=None, max_examples=300)
def test_any_bytes(body: bytes) -> None:
    check_whole_way(body)


@given(some.binary(max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_bytes_under_a_good_header(body: bytes) -> None:
    check_whole_way(f"{HEAD}\n".encode() + body)


@given(
    some.lists(some.lists(some.one_of(some.sampled_from(WORDS), some.text(max_size=20)), max_size=20), max_size=6),
    some.sampled_from(",;\t"),
    some.sampled_from(ENCODINGS),
)
@settings(deadline=None, max_examples=300)
def test_any_cells(lines: list[list[str]], delimiter: str, encoding: str) -> None:
    text = "\n".join([HEAD.replace(",", delimiter), *(delimiter.join(line) for line in lines)])
    check_whole_way(text.encode(encoding, "replace"))


@given(some.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_means_itself_however_it_is_written(day: date) -> None:
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y"):
        assert cells.day(day.strftime(pattern)) == day
