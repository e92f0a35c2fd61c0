"""What stands in the questions of a form before anybody answers, read as answers are: see handlers/answers.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.message import AnyField, Choice


def given(field: AnyField, values: Mapping[str, Any]) -> Any:
    """Return what stands in a field: what was sent last time, otherwise what it is filled with beforehand."""
    return values.get(field.name, getattr(field, "value", ""))


def chosen(field: Choice, value: Any) -> list[str]:
    """Return the values that are chosen beforehand; people may also have typed the label of an option."""
    several = value if isinstance(value, list | tuple) else str(value or "").split(",") if field.many else [value]
    wanted = {str(one).strip().lower() for one in several if one}
    return [one.value for one in field.options if wanted & {one.value.lower(), one.label.lower()}]


def day(value: Any) -> str:
    """Return a day as "2026-11-24"; nothing where what was typed is no day in figures."""
    try:
        return date.fromisoformat(str(value or "")).isoformat()
    except ValueError:
        return ""
