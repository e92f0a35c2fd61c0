"""Bytes become text: which encoding a file is in, and which files are no text at all."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from charset_normalizer import from_bytes

MOST_BYTES = 50_000_000
_SAMPLE = 65_536
_SEPARATORS = re.compile(rb"[,;\t\"]")
_SAVE_AS = "save it as “CSV UTF-8” and hand that in."
# The first bytes of what people hand in by mistake.
_NOT_TEXT = (
    (b"PK\x03\x04", f"This is an Excel workbook (or a zip file), not a CSV file: open it, {_SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0", f"This is an old Excel workbook, not a CSV file: open it, {_SAVE_AS}"),
    (b"%PDF", "This is a PDF, not a CSV file: export the list of people as CSV."),
    (b"\x1f\x8b", "This file is compressed (gzip): unpack it and hand in the CSV file inside."),
)
# UTF-32 before UTF-16: its mark begins with the same two bytes.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
# What spreadsheets and HR systems really write. A wider choice makes guesses on short files worse.
_OTHERS = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "cp932", "gb18030", "big5", "cp949", "mac_roman"]
_PUNCTUATION = frozenset(
    "\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u2022\u00b7\u20ac\u00a7\u00b0\u00ab\u00bb"
)


class Unreadable(Exception):
    """The file cannot be read as a roster; the text says why and what to do."""


def decode(body: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding it was guessed to be in, "" where there was nothing to guess.

    Raises Unreadable for what is too large, binary or damaged.
    """
    if len(body) > MOST_BYTES:
        raise Unreadable(
            f"The file has {len(body) / 1e6:.0f} MB, the most is {MOST_BYTES // 1_000_000} MB: hand it in as parts."
        )
    for magic, words in _NOT_TEXT:
        if body.startswith(magic):
            raise Unreadable(words)
    guess = ""
    if encoding := _marked(body):
        text = _strict(body, encoding)
    else:
        _refuse_nul(body.find(b"\0"), body.count(b"\n", 0, max(0, body.find(b"\0"))))
        text, guess = _unmarked(body)
    _refuse_nul(text.find("\0"), text.count("\n", 0, max(0, text.find("\0"))))
    return text, guess


def _marked(body: bytes) -> str:
    """Return the encoding that a byte order mark, or the zeros of plain UTF-16, give away."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    head = body[:64]
    if len(head) >= 8 and not any(head[1::2]) and all(head[::2]):
        return "utf-16-le"
    if len(head) >= 8 and not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return ""


def _strict(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise Unreadable(
            f"The file says it is {name}, but byte {error.start + 1} is not: it is damaged or cut off, export it again."
        ) from None


def _refuse_nul(found: int, lines_before: int) -> None:
    if found >= 0:
        raise Unreadable(
            f"Line {lines_before + 1} holds a zero byte, so this is no text file or a damaged one: export it again."
        )


def _unmarked(body: bytes) -> tuple[str, str]:
    try:
        return body.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        _refuse_damaged(body, error.start)
    # Only the cells with such letters: the rest of the file says nothing about its encoding, and drowns them.
    lines = (line for line in body.splitlines() if not line.isascii())
    sample = b"\n".join(cell for line in lines for cell in _SEPARATORS.split(line) if not cell.isascii())[:_SAMPLE]
    if _western(sample.decode("cp1252", "replace")):
        encoding = "cp1252"
    else:
        best = from_bytes(sample, cp_isolation=_OTHERS, threshold=0.5).best()
        encoding = best.encoding if best else "cp1252"
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError:
        raise Unreadable(
            f"The letters of this file are in no encoding we know: open it in a spreadsheet, {_SAVE_AS}"
        ) from None


def _refuse_damaged(body: bytes, at: int) -> None:
    """Refuse UTF-8 with a few bad bytes in it: read as anything else, every accent in the file would turn to noise."""
    good = sum(not letter.isascii() for letter in body.decode("utf-8", "ignore"))
    bad = body.decode("utf-8", "replace").count("\ufffd")
    if good >= bad:
        line = body.count(b"\n", 0, at) + 1
        raise Unreadable(
            f"Line {line} holds bytes that are not UTF-8, while the rest of the file is: export it again, as UTF-8."
        )


def _western(text: str) -> bool:
    """Return whether `text`, read as Windows-1252, looks like Western names: single accents inside Latin words."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    letters = sum(map(len, words))
    accents = sum(not letter.isascii() for word in words for letter in word)
    signs = {letter for letter in text if not letter.isascii() and not letter.isalpha()}
    shouting = any(a.islower() and b.isupper() and not b.isascii() for word in words for a, b in pairwise(word))
    return signs <= _PUNCTUATION and not shouting and accents * 5 <= letters * 2
