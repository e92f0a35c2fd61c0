"""The demo company: files whose dates move with the day they are used, so that nobody's leave is ever long over."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.files import read_yaml

_HERE = Path(__file__).parent
# Spreadsheet rows are not HTML: escaping would turn O'Rourke into something else.
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701
)


def render(name: str, today: date) -> str:
    """Return the text of the demo file `name` ("roster.csv") as if it had been written on `today`.

    In the template `day(n)` is the date n days from today and `monday(n)` the Monday n weeks from this week's, both as
    ISO text. Raises jinja2.TemplateNotFound where there is no such file.
    """
    this_monday = today - timedelta(days=today.weekday())

    def day(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    def monday(weeks: int) -> str:
        return (this_monday + timedelta(weeks=weeks)).isoformat()

    return _TEMPLATES.get_template(f"{name}.j2").render(day=day, monday=monday)


def company() -> dict[str, Any]:
    """Return what fills the variables of the policies: company, domain, contacts, review month, people's addresses."""
    return read_yaml(_HERE / "company.yaml")
