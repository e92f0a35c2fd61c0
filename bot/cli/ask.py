"""Questions of a form, asked on the terminal one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from bot.cli.screen import ERR
from models import message as m


def missing(form: m.Form, values: Mapping[str, Any]) -> list[m.AnyField]:
    """Return the required questions that have no answer yet; one that is filled in beforehand has one."""
    return [one for one in form.fields if one.required and not values.get(one.name) and not _given(one)]


def with_given(form: m.Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers, with what the form has filled in beforehand where nothing else was said."""
    return {one.name: _given(one) for one in form.fields if _given(one)} | dict(values)


def ask(one: m.AnyField, error: str = "") -> str:
    """Ask one question and return what was typed; Ctrl-C stops everything."""
    if error:
        ERR.print(error, style="red", markup=False)
    if one.hint:
        ERR.print(one.hint, style="dim", markup=False)
    if isinstance(one, m.Choice):
        for option in one.options:
            ERR.print(f"  {option.value}: {option.label}", markup=False)
    if isinstance(one, m.Toggle):
        return "yes" if typer.confirm(one.label, default=False, err=True) else ""
    typed: str = typer.prompt(one.label, default="" if not one.required else None, show_default=False, err=True)
    return typed


def confirmed(form: m.Form) -> bool:
    """Ask whether to go on with a form to which the command line said nothing: it stands above the question."""
    return typer.confirm(f"{form.submit}?", default=False, err=True)


def how_to_say(one: m.AnyField) -> str:
    """Return how an answer is given on the command line, for somebody who was not asked."""
    match one:
        case m.File():
            return f"--{one.name}=FILE  {one.label}"
        case m.Toggle():
            return f"--{one.name}  {one.label}"
        case m.Choice():
            return f"--{one.name}={'|'.join(option.value for option in one.options)}  {one.label}"
    return f"--{one.name}=...  {one.label}"


def _given(one: m.AnyField) -> Any:
    return "" if isinstance(one, m.File) else one.value
