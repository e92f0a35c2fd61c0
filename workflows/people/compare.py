"""A checked roster against the directory: who is new, changed, back, gone, and who may be somebody we already know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date

from workflows.people.cells import quoted
from workflows.people.preview import Change, Group, Item, Limits, Preview
from workflows.people.rows import LABELS, Known, Problem, Row, Value, ended, handles, key

_COMPARED = tuple(column for column in LABELS if column != "employee_id")
# Everybody has a time zone and work days, so an empty cell leaves those that were.
_KEPT_WHERE_EMPTY = ("zone", "work_days")
_DEFAULT_LIMITS = Limits()


def compare(
    rows: Sequence[Row],
    known: Sequence[Known],
    *,
    columns: Set[str],
    full: bool,
    today: date,
    limits: Limits = _DEFAULT_LIMITS,
) -> Preview:
    """Return what importing `rows` on the day `today` would do to `known`: everybody in the directory, leavers too.

    `columns` are those that the file has (`Reading.columns`): the others are not compared and stay as they are. Absence
    means "left" only where `full` says that the file holds everybody.
    """
    return _Comparison(rows, known, columns, full, today).preview(limits)


class _Comparison:
    """The two sides of one comparison with the indexes over them, and the groups as they fill."""

    def __init__(self, rows: Sequence[Row], known: Sequence[Known], columns: Set[str], full: bool, today: date) -> None:
        self.rows, self.known, self.full, self.today = rows, known, full, today
        self.columns = tuple(column for column in _COMPARED if column in columns)
        self.by_id = {key(person.employee_id): person for person in known}
        self.in_file = {key(row.employee_id): row for row in rows}
        self.names, self.names_before = handles(rows, known), handles(known, ())
        self.owners = self._owners()
        self.groups: dict[Group, list[Item]] = {}

    def _owners(self) -> dict[str, Known]:
        """Return who has each address now; of two, the one who is still here."""
        owners: dict[str, Known] = {}
        for person in sorted(self.known, key=lambda person: person.gone(self.today)):
            for address in person.addresses():
                owners.setdefault(address, person)
        return owners

    def preview(self, limits: Limits) -> Preview:
        unchanged = 0
        for row in self.rows:
            item = self._item(row)
            if group := self._group(row, item):
                self.groups.setdefault(group, []).append(item)
            else:
                unchanged += 1
        not_in_file = self._absent()
        left = self._in("left")
        here = sum(not person.gone(self.today) for person in self.known)
        many = len(left) > limits.people or len(left) * 100 > limits.percent * here
        return Preview(
            new=self._in("new"),
            changed=self._in("changed"),
            rehired=self._in("rehired"),
            returning=self._in("returning"),
            left=left,
            unmatched=self._in("unmatched"),
            unchanged=unchanged,
            not_in_file=not_in_file,
            problems=(*self._moved_addresses(), *self._left_behind(), *self._no_lead()),
            needs_typed_number=len(left) if left and many else None,
        )

    def _in(self, group: Group) -> tuple[Item, ...]:
        return tuple(self.groups.get(group, ()))

    def _item(self, row: Row) -> Item:
        known = self.by_id.get(key(row.employee_id))
        if known is None:
            owners = (self.owners.get(address) for address in row.addresses())
            absent = (owner for owner in owners if owner and key(owner.employee_id) not in self.in_file)
            return Item(row, next(absent, None))
        return Item(row, known, tuple(self._changes(row, known)))

    def _group(self, row: Row, item: Item) -> Group | None:
        """Return the group of somebody in the file, or None where nothing changes."""
        known = item.known
        if known is None:
            return "new"
        if key(known.employee_id) != key(row.employee_id):
            return "unmatched"
        if row.start and known.end and row.start > known.end:
            return "rehired"
        if known.gone(self.today) and not ended(row, self.today):
            return "returning"
        if ended(row, self.today) and not known.gone(self.today):
            return "left"
        return "changed" if item.changes else None

    def _changes(self, row: Row, known: Known) -> Iterator[Change]:
        for column in self.columns:
            old, new = getattr(known, column), getattr(row, column)
            if old == new or (not new and column in _KEPT_WHERE_EMPTY):
                continue
            if column == "manager":
                old, new = self.names_before.get(old.casefold(), old), self.names.get(new.casefold(), new)
            if _comparable(column, old) != _comparable(column, new):
                yield Change(column, old, new)

    def _absent(self) -> int:
        """Add those who are missing from a full file to the leavers; return how many are missing and stay."""
        perhaps_merged = {item.known.id for item in self._in("unmatched") if item.known}
        missing = [
            person
            for person in self.known
            if key(person.employee_id) not in self.in_file
            and not person.gone(self.today)
            and person.id not in perhaps_merged
        ]
        leavers = [Item(None, person) for person in missing if not self._stays(person)]
        self.groups.setdefault("left", []).extend(leavers)
        return len(missing) - len(leavers)

    def _stays(self, absent: Known) -> bool:
        """Return whether somebody who is not in the file stays: no roster ends what no roster began."""
        return not self.full or not absent.employee_id

    def _moved_addresses(self) -> Iterator[Problem]:
        """Yield addresses that are somebody else's today: an error where the other would keep it, else a warning."""
        for row in self.rows:
            for address in row.addresses():
                owner = self.owners.get(address)
                if owner is None or key(owner.employee_id) == key(row.employee_id):
                    continue
                column = "email" if address == row.email else "aliases"
                if self._keeps(owner, address, row):
                    text = f"{quoted(address)} belongs to {owner.called()}: change one, or put both people in the file."
                    yield Problem(row.line, column, text)
                elif key(owner.employee_id) in self.in_file or key(row.employee_id) in self.by_id:
                    text = f"{quoted(address)} was that of {owner.called()} until now: make sure they no longer use it."
                    yield Problem(row.line, column, text, "warning")

    def _keeps(self, owner: Known, address: str, row: Row) -> bool:
        """Return whether `owner` would still have `address` after the import. Twice in a file is what `check` says."""
        listed = self.in_file.get(key(owner.employee_id))
        if listed:
            return "aliases" not in self.columns and address in {alias.lower() for alias in owner.aliases}
        may_be_merged = key(row.employee_id) not in self.by_id
        return not may_be_merged and self._stays(owner) and not owner.gone(self.today)

    def _left_behind(self) -> Iterator[Problem]:
        """Yield everybody who stays while their manager leaves."""
        leavers = {key(person.employee_id): person for item in self._in("left") if (person := item.known)}
        for row in self.rows:
            boss = leavers.get(key(self.names.get(row.manager.casefold(), "")))
            if boss and not ended(row, self.today):
                yield Problem(
                    row.line,
                    "manager",
                    f"The manager {boss.called()} leaves with this import: name the next one.",
                    "warning",
                )

    def _no_lead(self) -> Iterator[Problem]:
        """Yield an error where nobody would be compliance lead any more: then nobody could put it right."""
        leads = [person for person in self.known if "lead" in person.roles and not person.gone(self.today)]
        leavers = {key(person.employee_id) for item in self._in("left") if (person := item.known)}
        stays = any(self._stays_lead(person, leavers) for person in leads)
        if leads and not stays and not any(self._becomes_lead(row) for row in self.rows):
            lines = (row.line for lead in leads if (row := self.in_file.get(key(lead.employee_id))))
            names = ", ".join(lead.called() for lead in leads[:3])
            text = f"After this import nobody would be compliance lead (now: {names}): keep one, or name another."
            yield Problem(next(lines, self.rows[0].line), "roles", text)

    def _stays_lead(self, lead: Known, leavers: Set[str]) -> bool:
        row = self.in_file.get(key(lead.employee_id))
        return key(lead.employee_id) not in leavers and (
            row is None or "roles" not in self.columns or "lead" in row.roles
        )

    def _becomes_lead(self, row: Row) -> bool:
        return "roles" in self.columns and "lead" in row.roles and not ended(row, self.today)


def _comparable(column: str, value: Value) -> Value:
    """Return what makes two values the same: addresses and ids without case, aliases in any order."""
    if isinstance(value, tuple):
        return frozenset(alias.lower() for alias in value)
    return value.casefold() if isinstance(value, str) and column in ("email", "manager") else value
