"""What changed between two versions, block by block, so that people can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from models import message as m
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import states
from workflows.policy.base import WORKFLOW
from workflows.who import everyone
from workflows.workflow import Answers

MOST_ROWS = 100
MOST_BLOCKS = 5000  # comparing takes the square of it at worst
_STARTS_BLOCK = re.compile(r"\s*([-*+]|\d+[.)]|#{1,6}|\|)\s?")
_HEADING = re.compile(r"#{1,6}\s+")
CAPTION = "What changed"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row, on one line, and the heading under which it stands."""

    words: str
    under: str


def blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text; where its lines were broken makes no difference."""
    found: list[Block] = []
    heading, open_ = "", False
    for line in text.splitlines():
        words = " ".join(line.split())
        if not words:
            open_ = False
        elif open_ and not _STARTS_BLOCK.match(line):
            found[-1] = Block(f"{found[-1].words} {words}", heading)
        else:
            is_heading = bool(_HEADING.match(words))
            words = _HEADING.sub("", words)
            heading = words if is_heading else heading
            found.append(Block(words, heading))
            open_ = not is_heading
    return found


def changed(before: str, now: str) -> list[tuple[str, str, str]]:
    """Return (heading, words before, words now) of every block that differs; "" where one is new or gone.

    Raises ValueError for texts too long to compare.
    """
    old, new = blocks(before), blocks(now)
    if max(len(old), len(new)) > MOST_BLOCKS:
        raise ValueError("too long to compare")
    matcher = SequenceMatcher(None, [one.words for one in old], [one.words for one in new], autojunk=False)
    rows: list[tuple[str, str, str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            rows += [
                ((was or now_).under, was.words if was else "", now_.words if now_ else "")
                for was, now_ in zip_longest(old[a:b], new[c:d])
            ]
    return rows


def _settings(before: PolicyVersion, now: PolicyVersion) -> Iterator[tuple[str, str, str]]:
    """Yield what changed besides the text: title, summary, whom it is for, how often, how many days."""
    parts = {"Title": "title", "Summary": "summary", "For": "audience", "Asked": "cadence", "Days": "days"}
    for label, name in parts.items():
        was, is_ = str(getattr(before, name)), str(getattr(now, name))
        if was != is_:
            yield label, was, is_


def table(before: PolicyVersion | None, now: PolicyVersion) -> m.Table:
    """Return the readable difference between two versions."""
    if before is None:
        return m.Table(CAPTION, ("Where", "Before", "Now"), (("Everything", "", "This is the first version."),))
    rows = list(_settings(before, now))
    try:
        rows += changed(before.text, now.text)
    except ValueError:
        rows.append(("Text", "", "Both are too long to be shown side by side; open them one after the other."))
    if (before.original_sha256, before.sha256) != (now.original_sha256, now.sha256) and not (before.text and now.text):
        rows.append(("File", before.file_name or "a text", now.file_name or "a text"))
    if len(rows) > MOST_ROWS:
        left = len(rows) - MOST_ROWS
        rows = [*rows[:MOST_ROWS], ("", "", f"and {left} more changes: open both versions to see them.")]
    return m.Table(CAPTION, ("Where", "Before", "Now"), tuple(rows) or (("Nothing", "", "The texts are equal."),))


@WORKFLOW.look(
    "diff", help="see what a version changes", example="policy diff POL-3v4", find=states.find_readable, may=everyone
)
def diff(ctx: Context, version: PolicyVersion, answers: Answers) -> m.Message:
    """Return what a version changes against the one in force before it."""
    before = states.before(ctx.session, version)
    older = f" against {before.code}" if before else ""
    first = () if before else ("This is the first version: there is nothing to compare it with.",)
    return m.Message(
        f"{version.title}: {version.code}{older}",
        lines=(*first, *((version.changes,) if version.changes else ())),
        tables=(table(before, version),) if before else (),
        buttons=(m.Button("Read", "policy.show", version.code), *_others(ctx, version)),
    )


def _others(ctx: Context, version: PolicyVersion) -> tuple[m.Button, ...]:
    return tuple(button for button in states.buttons(ctx, version) if button.act != "policy.diff")
