"""Parts of what is said that look alike in every chat: the sign of a tone, a fact, what stands above a list."""

from __future__ import annotations

import re

from bot.text.runs import Run, run, runs
from models.message import Home, Tone

TONES: dict[Tone, str] = {"plain": "", "good": "✅ ", "warn": "⚠️ ", "bad": "🔴 "}
DIGITS = 40  # at least
DIGEST = re.compile(f"[0-9a-f]{{{DIGITS},}}")  # for comparing, not for reading


def fact_runs(label: str, value: str) -> list[Run]:
    """Return a readable fact: its label in bold, then its value; what is for comparing stands as code."""
    said = [run(label, "bold")] if label else []
    if len(value) >= DIGITS and DIGEST.fullmatch(value):
        return [*said, run(" "), run(value, "code")]
    return said + runs(f" {value}", {}) if value else said


def above(home: Home) -> tuple[str, ...]:
    """Return the lines above a list of cards; where there are none, what is said instead."""
    return home.lines if home.cards else (*home.lines, home.empty)


def first_line(lines: tuple[str, ...]) -> str:
    """Return the first line that says something, for a notification."""
    return next((line for line in lines if line.strip()), "")
