"""Dates as people type them."""

from __future__ import annotations

from datetime import date


def parse_date(text: str, today: date) -> date:
    """Return the day that is meant. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("Write a date as 2026-03-31.") from error
