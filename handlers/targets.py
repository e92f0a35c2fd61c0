"""Targets and filters in what people type: ids, people, `until <date>` and key:value, up to where the text begins."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from difflib import get_close_matches

from handlers.dates import parse_date, parse_period
from workflows.calendar import DASHES

PREFIXES = frozenset({"A", "C", "EV", "IMP", "INC", "POL", "REV", "TRN", "W"})
FILTERS = frozenset(
    {"as-of", "day", "due", "from", "how", "n", "owner", "period", "role", "sev", "seed", "state", "team", "to"}
)

# One character for one, so that positions in the folded text are positions in the typed one.
FOLD = DASHES | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"), '"')
MARKS = ".,;:!?"
_END = rf"[{MARKS}]*(?!\S)"
WORD = re.compile(r"\s*(\S+)")
_SEPARATOR = re.compile("(?:--|[\u2013\u2014])(?!\\S)")
_PRONOUN = re.compile(rf"(last|this){_END}", re.IGNORECASE)
_UNTIL = re.compile(rf"until(?:\s+|:\s*|$)(\S{{0,40}}?){_END}", re.IGNORECASE)
_KEY = re.compile(r"([A-Za-z][A-Za-z-]{0,30}):(\S?)")
_VALUE = re.compile(rf'(?:"([^"\n]*)"{_END}|([^\s"]+)(?!\S))')
_ID = re.compile(
    r"(?:(?P<fixed>(?:[Cc][Cc]|[Pp][Ii]|[AaCcPp])[0-9]\.[0-9]|[Cc][Tt][Ll](?:-[A-Za-z0-9]{1,30}){1,8})"
    r"|(?P<prefix>[A-Za-z]{1,9})-(?P<number>[0-9]{1,9})(?:[vV](?P<version>[0-9]{1,9})|\.(?P<line>[0-9]{1,9}))?)" + _END
)
_MAIL = r'[^\s@<>"|,;:]{1,64}@[\w-][\w.-]{0,250}\.\w{1,63}'
# A handle is told by what it does not hold: the vowel signs of many scripts are no word characters.
_PERSON = re.compile(
    r"(?:<@(?P<platform>[\w:.-]{1,200})(?:\|[^>]{0,200})?>"
    rf"|<mailto:(?P<link>{_MAIL})(?:\|[^>]{{0,200}})?>"
    r'|@"(?P<name>[^"\n]{0,199}\w[^"\n]{0,199})"'
    r'|@(?P<handle>\w(?:[^\s"<>|,;:!?()]{0,200}[^\s"<>|,;:!?().])?)'
    rf"|(?P<mail>{_MAIL}))" + _END
)
_OR_TEXT = "If it belongs to your text, put -- before the text."


class Unreadable(ValueError):
    """What was typed makes no sense. The text says what to do; `suggestion` is the closest command, or empty."""

    def __init__(self, text: str, suggestion: str = "") -> None:
        super().__init__(text)
        self.suggestion = suggestion


class Reader:
    """Reads targets and filters from a position on, until the text begins."""

    def __init__(self, typed: str, today: date, prefixes: Collection[str], keys: Collection[str]) -> None:
        self.typed, self.plain = typed, typed.translate(FOLD)
        self.today, self.prefixes, self.keys = today, prefixes, keys
        self.ids: list[str] = []
        self.people: list[str] = []
        self.filters: dict[str, str] = {}
        self.until: date | None = None
        self.rest = ""

    def read(self, at: int) -> str:
        """Keep every target from `at` on and return the text after them. Raises Unreadable."""
        at = self._skip(at)
        while end := self._id(at):
            at = self._skip(end)
        self.rest = self._text(at)
        while end := self._id(at) or self._until(at) or self._person(at) or self._filter(at):
            at = self._skip(end)
        return self._text(at)

    def opens(self, at: int) -> bool:
        """Return whether no text begins at `at`, but a target or the end. Raises Unreadable for an almost known key."""
        at = self._skip(at)
        found = _SEPARATOR.match(self.typed, at) or _PRONOUN.match(self.plain, at)
        return at == len(self.typed) or bool(found) or self._target(at)

    def _target(self, at: int) -> bool:
        found = _UNTIL.match(self.plain, at) or _PERSON.match(self.plain, at) or self._key(at)
        return bool(found or self._found_id(at)[0])

    def _skip(self, at: int) -> int:
        """Return the position of the next word, or the end."""
        found = WORD.match(self.plain, at)
        return found.start(1) if found else len(self.plain)

    def _text(self, at: int) -> str:
        separator = _SEPARATOR.match(self.typed, at)
        return self.typed[separator.end() if separator else at :].strip()

    def _found_id(self, at: int) -> tuple[str, int]:
        """Return the canonical id at `at` and where it ends, or ("", 0)."""
        found = _ID.match(self.plain, at)
        if not found:
            return "", 0
        if found["fixed"]:
            return found["fixed"].upper(), found.end()
        if found["prefix"].upper() not in self.prefixes:
            return "", 0
        tail = f"v{int(found['version'])}" if found["version"] else f".{int(found['line'])}" if found["line"] else ""
        return f"{found['prefix'].upper()}-{int(found['number'])}{tail}", found.end()

    # Each of the following keeps what stands at `at` and returns where it ends, or returns 0.

    def _id(self, at: int) -> int:
        value, end = self._found_id(at)
        pronoun = None if value or self.ids else _PRONOUN.match(self.plain, at)
        if pronoun and self._stands_alone(pronoun.end()):
            value, end = pronoun[1].casefold(), pronoun.end()
        if value:
            self.ids.append(value)
        return end

    def _stands_alone(self, at: int) -> bool:
        at = self._skip(at)
        return at == len(self.typed) or bool(_SEPARATOR.match(self.typed, at)) or self._target(at)

    def _until(self, at: int) -> int:
        found = None if self.until else _UNTIL.match(self.plain, at)
        if not found:
            return 0
        self.until = self._day("until", found[1])
        return found.end()

    def _person(self, at: int) -> int:
        value, end = _person(self.plain, self.typed, at)
        if value:
            self.people.append(value)
        return end

    def _filter(self, at: int) -> int:
        key, start = self._key(at) or ("", 0)
        if not key:
            return 0
        value, end = self._value(start)
        if not value:
            raise Unreadable(f'“{key}:” needs a value right behind it, like {key}:one or {key}:"one two". {_OR_TEXT}')
        if key in self.filters:
            raise Unreadable(f"“{key}:” is there twice. Give it once; several values go like {key}:one,two. {_OR_TEXT}")
        if key in ("due", "as-of"):
            value = self._day(key, value).isoformat()
        elif key == "period":
            value = _period(value)
        self.filters[key] = value
        return end

    def _key(self, at: int) -> tuple[str, int] | None:
        """Return the key of the filter at `at` and where its value begins. Raises Unreadable for one almost known."""
        found = _KEY.match(self.plain, at)
        if not found:
            return None
        key = found[1].lower()
        if key in self.keys:
            return key, found.end(1) + 1
        if found[2] and (near := get_close_matches(key, self.keys, 1, 0.75)):
            raise Unreadable(f"“{key}:” is not known here. Did you mean “{near[0]}:”? {_OR_TEXT}", f"{near[0]}:")
        return None

    def _value(self, at: int) -> tuple[str, int]:
        value, end = _person(self.plain, self.typed, at)
        found = None if value else _VALUE.match(self.plain, at)
        if not found:
            return value, end
        if found[1] is not None:
            return " ".join(self.typed[found.start(1) : found.end(1)].split()), found.end()
        return self.typed[found.start(2) : found.end(2)].rstrip(",;"), found.end()

    def _day(self, what: str, word: str) -> date:
        try:
            return parse_date(word.strip(MARKS), self.today)
        except ValueError as wrong:
            raise Unreadable(f"“{what}” needs a date. {wrong} {_OR_TEXT}") from wrong


def _person(plain: str, typed: str, at: int) -> tuple[str, int]:
    """Return the person at `at` as `Words.people` spells them and where they end, or ("", 0)."""
    found = _PERSON.match(plain, at)
    if not found or not found.lastgroup:
        return "", 0
    value = typed[slice(*found.span(found.lastgroup))]
    match found.lastgroup:
        case "platform":
            return f"<@{value}>", found.end()
        case "name" | "handle":
            return "@" + " ".join(value.split()), found.end()
    return value, found.end()


def _period(text: str) -> str:
    word = "".join(text.translate(DASHES).split()).rstrip(MARKS).upper()
    try:
        parse_period(word)
    except ValueError as wrong:
        raise Unreadable(f"{wrong} {_OR_TEXT}") from wrong
    return word
