"""A roster file becomes rows, and every cell that cannot be read becomes a problem with its line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from models.message import clean
from workflows.people import cells
from workflows.people.decode import Unreadable, decode
from workflows.people.header import REQUIRED, Header, find_header, records
from workflows.people.rows import LABELS, Problem, Row, Severity, Value

MOST_ROWS = 200_000
MOST_CHARACTERS = 500
# Those without a mailbox of their own may lack an address.
NEED_NO_EMAIL = ("contractor", "service")
_BLANK: dict[str, Value] = {
    **dict.fromkeys(LABELS, ""),
    "aliases": (),
    "start": None,
    "end": None,
    "leave_from": None,
    "leave_to": None,
    "kind": "employee",
    "roles": frozenset({"employee"}),
}
_PARSE: dict[str, Callable[[str], Value]] = {
    "employee_id": cells.employee_id,
    "email": cells.email,
    "aliases": cells.aliases,
    "country": cells.country,
    "zone": cells.zone,
    "work_days": cells.work_days,
    "start": cells.day,
    "end": cells.last_day,
    "leave_from": cells.day,
    "leave_to": cells.last_day,
    "kind": cells.kind,
    "roles": cells.roles,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read; `columns` are keys of `LABELS`, `ignored` names of other columns, `guessed` an encoding or ""."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    columns: frozenset[str]
    ignored: tuple[str, ...]
    guessed: str


@dataclass(slots=True)
class _Reader:
    """What is needed for each row of one file. `hostile` says that some cell holds characters that `clean` removes."""

    header: Header
    hostile: bool
    problems: list[Problem] = field(default_factory=list)

    def say(self, line: int, column: str, text: str, severity: Severity = "error") -> None:
        self.problems.append(Problem(line, column, text, severity))

    def row(self, line: int, found: list[str], last: bool) -> Row:
        """Return one record as a Row; what cannot be read is left blank and becomes a problem."""
        self.width(line, found, last)
        values = _BLANK.copy()
        missing = dict.fromkeys(REQUIRED)
        for column, index in self.header.places:
            if index < len(found) and (text := self.text(line, column, found[index])):
                missing.pop(column, None)
                self.value(line, column, text, values)
        for column in missing:
            if column != "email" or values["kind"] not in NEED_NO_EMAIL:
                self.say(line, column, f"{LABELS[column]} is missing: fill it in.")
        return Row(line=line, **values)  # type: ignore[arg-type]  # _PARSE gives each column its own type

    def value(self, line: int, column: str, text: str, values: dict[str, Value]) -> None:
        parse = _PARSE.get(column)
        try:
            values[column] = parse(text) if parse else text
        except ValueError as error:
            self.say(line, column, str(error))

    def text(self, line: int, column: str, cell: str) -> str:
        """Return a cell on one line, without characters that hide or reorder, and not longer than is allowed."""
        if len(cell) > MOST_CHARACTERS:
            self.say(line, column, f"The cell has {len(cell):,} characters, the most is {MOST_CHARACTERS}: shorten it.")
            cell = cell[:MOST_CHARACTERS]
        if self.hostile and (safe := clean(cell)) != cell.replace("\r\n", "\n").replace("\r", "\n"):
            self.say(
                line,
                column,
                "Invisible characters were removed: look whether the text reads right.",
                "warning",
            )
            cell = safe
        return " ".join(cell.split())

    def width(self, line: int, found: list[str], last: bool) -> None:
        have, want = len(found), self.header.width
        if have < want and last:
            self.say(
                line,
                "",
                f"The last line has {have} of {want} cells: the file seems to be cut off there. Export it again.",
            )
        elif have < want:
            # Some spreadsheets leave out empty cells at the end of a line.
            self.say(line, "", f"The line has {have} of {want} cells: the others are read as empty.", "warning")
        elif any(cell.strip() for cell in found[want:]):
            self.say(
                line,
                "",
                f"The line has {have} cells, the header {want}: put quotation marks around values with the separator.",
            )


def read(body: bytes) -> Reading:
    """Return the rows of a roster file and what is wrong with its cells.

    Raises Unreadable for a file that is no roster: binary, damaged, too large, without needed columns or people.
    """
    text, guess = decode(body)
    text = unicodedata.normalize("NFC", text)
    header = find_header(text)
    reader = _Reader(header, clean(text) != text.replace("\r\n", "\n").replace("\r", "\n"))
    rows: list[Row] = []
    held: tuple[int, list[str]] | None = None
    # One row behind, because only the last one can be a file cut off.
    for line, found in records(text, header.delimiter):
        if line <= header.line or not any(cell.strip() for cell in found):
            continue
        if held:
            rows.append(reader.row(*held, last=False))
        if len(rows) >= MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} people: hand it in as parts.")
        held = line, found
    if not held:
        raise Unreadable("The file has a header but no people: the export may have failed. Export it again.")
    rows.append(reader.row(*held, last=True))
    _announce(reader, guess, rows)
    columns = frozenset(column for column, _ in header.places)
    return Reading(tuple(rows), tuple(reader.problems), columns, header.ignored, guess)


def _announce(reader: _Reader, guess: str, rows: list[Row]) -> None:
    """Say what was decided without asking: the encoding, with names to judge it by, and the columns left aside."""
    if guess:
        names = [row for row in rows if not row.preferred_name.isascii()][:3]
        seen = ", ".join(cells.quoted(row.preferred_name) for row in names)
        example = f" Names as read: {seen}. If they look wrong" if seen else " If letters look wrong"
        line = names[0].line if names else reader.header.line
        text = f"The file is not UTF-8; it was read as {guess}.{example}, save it as “CSV UTF-8”."
        reader.say(line, "preferred_name", text, "warning")
    if reader.header.ignored:
        text = f"Columns we do not use: {', '.join(reader.header.ignored[:20])}."
        reader.say(reader.header.line, "", text, "warning")
