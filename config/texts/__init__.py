"""Longer texts of the bot, as Jinja2 templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# These are plain text and Markdown, drawn and escaped by each surface.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701
)


def text(name: str, **known: Any) -> str:
    """Return the text `name` ("launch-kit.md") with what is `known` filled in.

    Raises jinja2.UndefinedError where it needs more, jinja2.TemplateNotFound where there is no such text.
    """
    return _TEMPLATES.get_template(f"{name}.j2").render(known)
