"""Policy files: what is taken, and for what is not, the line to look at."""

from __future__ import annotations

from typing import Any

import pytest

from config import demo
from config.files import HERE
from workflows.policy.front import Broken, read

GOOD = """---
id: acceptable-use
title: "Acceptable Use at {{ company }}"
author: farah@halden.example
owner: farah@halden.example
approver: margit@halden.example
controls: [CC1.1]
audience: ["department:{{ team }}"]
summary: >-
  Use things well,
  all of them.
---

## 1. Purpose

{{ company }} lends you things.
"""
KNOWN: dict[str, Any] = {"company": "Halden Instruments", "team": "Sales"}


def test_a_good_file() -> None:
    """Front matter and text are filled; what is not said has its default."""
    found = read("acceptable-use.md", GOOD, KNOWN)
    assert found.front.title == "Acceptable Use at Halden Instruments"
    assert found.front.audience == ["department:Sales"]
    assert found.front.summary == "Use things well, all of them."
    assert (found.front.days, found.front.cadence, found.front.typed_name) == (14, "yearly", False)
    assert found.text == "## 1. Purpose\n\nHalden Instruments lends you things.\n"
    assert found.lines["summary"] == 9
    windows = read("acceptable-use.md", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), KNOWN)
    assert windows.sha256 == found.sha256


@pytest.mark.parametrize("name", sorted(path.name for path in (HERE / "policies").glob("*-*.md")))
def test_the_policies_that_ship(name: str) -> None:
    """Every one can be read with the demo company's variables."""
    body = (HERE / "policies" / name).read_bytes()
    assert "{{" not in read(name, body, demo.company()).text


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("---\nid", "id", 1, "begins with front matter"),
        ("\n---\n\n##", "\n\n##", 16, "never ends"),
        ("CC1.1", "CC9.9", 7, "there is no criterion CC9.9"),
        ("[CC1.1]", "CC1.1", 7, "controls"),
        ("department:", "dept:", 8, "is no audience"),
        ("title:", "titel:", 1, "“title” is missing"),
        ("summary:", "owner: x\nsummary:", 9, "“owner” stands here twice"),
        ("summary:", "version: 3\nsummary:", 9, "is no key of a policy"),
        ("summary:", "days: soon\nsummary:", 9, "days: "),
        ("summary:", "days: 0\nsummary:", 9, "greater than or equal to 1"),
        ("[CC1.1]", "[CC1.1", 8, "expected"),
        ("{{ company }} lends", "{{ organisation }} lends", 16, "organisation"),
        ("{{ company }} lends", "{{ company lends", 16, "expected token"),
        ("{{ company }} lends", "{{ company.__class__.__mro__ }}", 16, "unsafe"),
        ("{{ company }} lends", "{{ 9 ** 9 ** 9 }}", 16, "not allowed"),
        ("{{ company }} lends", "{{ 'x'|center(10**9) }}", 16, "center"),
        ("{{ company }} lends", "{% for a in range(99999) %}x{% endfor %}", 13, "loops"),
        ("id: acceptable-use", "id: !!python/object/apply:os.system [ls]", 2, "could not determine a constructor"),
        ("id: acceptable-use", "id: Acceptable Use", 2, "id: "),
        ("{{ company }} lends you things.\n", "", 13, ""),
    ],
)
def test_broken_files(old: str, new: str, line: int, words: str) -> None:
    """Each mistake is named with its line."""
    assert old in GOOD
    broken = GOOD.replace(old, new, 1)
    if not words:
        broken = broken.replace("## 1. Purpose\n", "")
        words = "no text"
    with pytest.raises(Broken) as error:
        read("acceptable-use.md", broken, KNOWN)
    assert str(error.value).startswith(f"acceptable-use.md, line {line}: "), str(error.value)
    assert words in str(error.value)


def test_hostile_bytes() -> None:
    """What is no text, or far too much of it, is refused; what hides or forges is taken out."""
    with pytest.raises(Broken, match="line 3: This is not UTF-8"):
        read("a.md", b"---\nid: a\ntitle: \xff\n", KNOWN)
    with pytest.raises(Broken, match="1,000,305 characters"):
        read("a.md", GOOD + "x" * 1_000_000, {})
    with pytest.raises(Broken, match="longer than 500,000"):
        read("a.md", GOOD, {"company": "x" * 500_001, "team": "Sales"})
    forged = read("a.md", GOOD.replace("lends", "\u202e\ue000" + "0" * 32 + "\ue001"), KNOWN)
    assert "\u202e" not in forged.text
    assert "\ue000" not in forged.text
