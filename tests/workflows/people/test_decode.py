"""Files as spreadsheets and HR systems write them, and files that are no roster at all."""

import codecs
import gzip
import io
import zipfile

import openpyxl
import pytest

from workflows.people.decode import MOST_BYTES, Unreadable
from workflows.people.read import MOST_ROWS, read

NAMES = "employee_id,preferred_name,email\n1,Zoë Ångström,zoe@halden.example\n2,José Müller,jose@halden.example\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_as_it_is(encoding: str) -> None:
    reading = read(NAMES.encode(encoding))
    assert [row.preferred_name for row in reading.rows] == ["Zoë Ångström", "José Müller"]
    assert reading.guessed == ""
    assert reading.problems == ()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "iso8859-15"])
def test_western_letters_are_guessed_and_the_guess_is_shown_with_names_to_judge_it_by(encoding: str) -> None:
    reading = read(NAMES.encode(encoding))
    assert [row.preferred_name for row in reading.rows] == ["Zoë Ångström", "José Müller"]
    [warning] = reading.problems
    assert (warning.severity, warning.line) == ("warning", 2)
    assert "cp1252" in warning.text
    assert "“Zoë Ångström”, “José Müller”" in warning.text


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1251", "Ольга Сидорова"), ("cp932", "山田太郎"), ("mac_roman", "François Lefèvre"), ("cp1250", "Łukasz Żółć")],
)
def test_other_letters_are_guessed_from_the_lines_that_hold_them(encoding: str, name: str) -> None:
    body = f"employee_id,preferred_name,email\n1,{name},one@halden.example\n".encode(encoding)
    reading = read(body)
    assert reading.guessed
    # A few letters cannot always tell the encoding, so whatever was read is shown.
    assert reading.rows[0].preferred_name in reading.problems[-1].text


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1251", "Ольга Сидорова"), ("cp932", "山田太郎"), ("big5", "陳大文")]
)
def test_letters_unlike_western_ones_are_read_right(encoding: str, name: str) -> None:
    reading = read(f"employee_id,preferred_name,email\n1,{name},one@halden.example\n".encode(encoding))
    assert reading.rows[0].preferred_name == name


def test_one_letter_may_be_made_of_two_characters() -> None:
    reading = read("employee_id,preferred_name,email\n1,Jose\u0301,jose@halden.example\n".encode())
    assert reading.rows[0].preferred_name == "José"


def refusal(body: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(body)
    return str(refused.value)


def test_a_workbook_is_recognised() -> None:
    book, body = openpyxl.Workbook(), io.BytesIO()
    book.save(body)
    assert "save it as “CSV UTF-8”" in refusal(body.getvalue())
    assert "old Excel workbook" in refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))


def test_other_files_are_recognised() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("roster.csv", NAMES)
    assert "zip" in refusal(packed.getvalue())
    assert "gzip" in refusal(gzip.compress(NAMES.encode()))
    assert "PDF" in refusal(b"%PDF-1.7\n" + bytes(20))
    assert "zero byte" in refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def test_a_zero_byte_is_named_with_its_line() -> None:
    assert "Line 3 holds a zero byte" in refusal(NAMES.encode().replace(b"Jos", b"J\0s"))
    assert "Line 3 holds a zero byte" in refusal(NAMES.replace("Jos", "J\0s").encode("utf-16"))


def test_one_bad_byte_does_not_turn_every_accent_into_noise() -> None:
    body = NAMES.encode().replace("ü".encode(), b"\xfc")
    assert "Line 3 holds bytes that are not UTF-8" in refusal(body)


def test_a_damaged_file_is_not_guessed_at() -> None:
    assert "damaged or cut off" in refusal(NAMES.encode("utf-16")[:-1])
    assert "damaged or cut off" in refusal(codecs.BOM_UTF8 + NAMES.encode("latin-1"))


def test_what_is_too_large_is_refused() -> None:
    assert "50 MB" in refusal(b"x" * (MOST_BYTES + 1))
    lines = "".join(f"{number},Ana,\n" for number in range(MOST_ROWS + 1))
    assert "200,000" in refusal(f"employee_id,preferred_name,email\n{lines}".encode())


def test_a_file_without_people_is_no_empty_company() -> None:
    assert "The file is empty" in refusal(b"")
    assert "The file is empty" in refusal(b"\r\n \r\n")
    assert "a header but no people" in refusal(b"employee_id,preferred_name,email\n,,\n")
