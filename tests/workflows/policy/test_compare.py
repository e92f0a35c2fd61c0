"""What changed, in a form that people can read."""

from __future__ import annotations

import pytest

from workflows.policy.compare import blocks, changed

BEFORE = """## 1. Purpose

Things are lent to you
for work.

## 2. Rules

- Lock the screen.
- Keep secrets.

| What | How long |
| --- | --- |
| Logs | 1 year |
"""


def test_blocks_are_what_people_see() -> None:
    """Paragraphs are whole, each item and row stands alone, and each knows its heading."""
    assert [(one.under, one.words) for one in blocks(BEFORE)][:4] == [
        ("1. Purpose", "1. Purpose"),
        ("1. Purpose", "Things are lent to you for work."),
        ("2. Rules", "2. Rules"),
        ("2. Rules", "- Lock the screen."),
    ]


def test_line_breaks_are_no_change() -> None:
    """A paragraph that was only wrapped anew is the same."""
    assert changed(BEFORE, BEFORE.replace("you\nfor", "you for")) == []


def test_each_change_under_its_heading() -> None:
    """Changed, gone and new blocks stand side by side with what they were."""
    now = BEFORE.replace("- Lock the screen.\n", "").replace("1 year", "2 years") + "\nAsk if in doubt.\n"
    assert changed(BEFORE, now) == [
        ("2. Rules", "- Lock the screen.", ""),
        ("2. Rules", "| Logs | 1 year |", "| Logs | 2 years |"),
        ("2. Rules", "", "Ask if in doubt."),
    ]


def test_hostile_texts() -> None:
    """Empty texts have no difference; endless ones are not compared."""
    assert changed("", "") == []
    assert changed("", "<script>") == [("", "", "<script>")]
    with pytest.raises(ValueError, match="too long"):
        changed("", "x\n\n" * 6000)
