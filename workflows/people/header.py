"""The header of a roster: which column means what, and what stands between the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from models.message import clean
from workflows.people.cells import fold, quoted
from workflows.people.decode import Unreadable
from workflows.people.rows import LABELS

REQUIRED = ("employee_id", "preferred_name", "email")
DELIMITERS = ",;\t|"
_HEAD = 65_536
_NAMES = {
    "employee_id": "employee id, employee number, employee no, employee nr, employee code, personnel number, "
    "staff id, worker id, emp id",
    "preferred_name": "preferred name, display name, name, full name, employee name, employee, worker",
    "email": "email, e mail, email address, e mail address, work email, work e mail, work email address, "
    "business email, company email, mail, primary email, primary work email",
    "aliases": "aliases, alias, email aliases, other emails, other e mails, proxy addresses, proxyaddresses",
    "manager": "manager, manager id, manager employee id, manager email, manager e mail, supervisor, supervisor id, "
    "supervisor email, reports to, line manager",
    "department": "department, dept, team, org unit, organizational unit, organisation unit, cost center name",
    "title": "title, job title, position, job, business title, role title",
    "country": "country, country code, work country, location country",
    "region": "region, state, province, state province",
    "zone": "time zone, timezone, zone, tz",
    "work_days": "work days, workdays, working days, work schedule",
    "start": "start, start date, hire date, date of hire, hired, joined, joining date, employment start",
    "end": "end, end date, termination date, leaving date, last day, last working day, employment end",
    "leave_from": "leave from, leave start, leave start date, absence from, on leave from",
    "leave_to": "leave to, leave end, leave end date, leave until, absence to, on leave until",
    "kind": "kind, type, employee type, worker type, employment type, account type, person type",
    "roles": "role, roles, compliance role, compliance roles",
}
_COLUMN_OF = {name: column for column, names in _NAMES.items() for name in names.split(", ")}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column we know stands (column, index), the names of the others, how many cells a row has."""

    delimiter: str
    line: int
    width: int
    places: tuple[tuple[str, int], ...]
    ignored: tuple[str, ...]


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a CSV text with the line on which it begins. Raises Unreadable where quoting is broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise Unreadable(
            f"Line {line} cannot be split into cells: a quotation mark is not closed or not doubled, "
            "or a cell is enormous. "
            "Mend that line, or export the file again."
        ) from None


def find_header(text: str) -> Header:
    """Return the header, read with the delimiter under which most of its names are known.

    Raises Unreadable that names the missing columns, and columns that stand there twice.
    """
    found = [header for delimiter in DELIMITERS if (header := _try(text[:_HEAD], delimiter))]
    if not found and text.strip():
        raise Unreadable("The first line cannot be split into column names: look at its quotation marks.")
    if not found:
        raise Unreadable("The file is empty: export the list of people again, with one header line.")
    best = max(found, key=lambda header: (len(header.places), header.width))
    columns = [column for column, _ in best.places]
    if missing := [LABELS[column] for column in REQUIRED if column not in columns]:
        raise Unreadable(
            f"Line {best.line} should name the columns, but there is none for {', '.join(missing)}. "
            f"It names: {', '.join([*(LABELS[column] for column in columns), *best.ignored[:10]]) or 'nothing'}."
        )
    if twice := sorted({LABELS[column] for column in columns if columns.count(column) > 1}):
        raise Unreadable(f"More than one column means {', '.join(twice)}: keep one of each, rename the others.")
    return best


def _try(head: str, delimiter: str) -> Header | None:
    try:
        for line, cells in records(head, delimiter):
            # Excel's own first line "sep=;" is no header.
            if any(cell.strip() for cell in cells) and not cells[0].lower().startswith("sep="):
                return _header(delimiter, line, cells)
    except Unreadable:
        return None
    return None


def _header(delimiter: str, line: int, cells: list[str]) -> Header:
    places, ignored = [], []
    for index, cell in enumerate(cells):
        name = " ".join(clean(cell).split())
        if column := _COLUMN_OF.get(fold(name)):
            places.append((column, index))
        elif name:
            ignored.append(quoted(name))
    return Header(delimiter, line, len(cells), tuple(places), tuple(ignored))
