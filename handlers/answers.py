"""Answers to a form: read by the kind of each question, with an error beside every field that cannot be taken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from evidence.canonical import canonical
from handlers.dates import parse_date
from models import message as m
from models.gesture import Upload
from workflows.context import Context
from workflows.whom import find_person
from workflows.workflow import Invalid


def digest(form: m.Form) -> str:
    """Return the hash of what a form asks, without what was filled in beforehand."""
    return hashlib.sha256(canonical(asked(form))).hexdigest()


def asked(form: m.Form) -> dict[str, Any]:
    """Return a form as canonical data, without the values that were filled in beforehand."""
    data: dict[str, Any] = m.encode(form)
    data["fields"] = [{name: part for name, part in one.items() if name != "value"} for one in data["fields"]]
    return data


def changed(form: m.Form) -> m.Form:
    """Return a form as it is shown to whoever answered it in an earlier wording."""
    return replace(form, lines=("This has changed since you opened it. Please look again.", *form.lines))


def in_front(form: m.Form, shown: str) -> m.Form | None:
    """Return a form as it stood before whoever answers it, by the digest of that; None where it was another by then."""
    return next((one for one in (form, changed(form)) if digest(one) == shown), None)


def validate(ctx: Context, form: m.Form, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (answers, errors) for raw `values`; every field has an answer where it has no error."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in form.fields:
        try:
            answers[one.name] = _answer(ctx, one, values.get(one.name))
        except Invalid as wrong:
            errors[one.name] = wrong.errors["text"]
    return answers, errors


def named(ctx: Context, form: m.Form, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (values, errors) for typed `values`: people stand in them by ref, as surfaces draw people in a form."""
    found, errors = dict(values), {}
    for one in form.fields:
        if isinstance(one, m.Person) and values.get(one.name):
            try:
                found[one.name] = find_person(ctx, _single(values[one.name])).ref
            except Invalid as wrong:
                errors[one.name] = wrong.errors["text"]
    return found, errors


def complete(form: m.Form, values: Mapping[str, Any]) -> bool:
    """Return whether something is required and all of it is answered: such a form need not be opened.

    A form that requires nothing is a confirmation, and is always shown.
    """
    required = [one for one in form.fields if one.required]
    return bool(required) and all(values.get(one.name) for one in required)


def ticked(value: Any) -> bool:
    """Return whether what was sent, typed or filled in beforehand ticks a box."""
    return str(value).lower() in ("true", "on", "1", "yes")


def _answer(ctx: Context, one: m.AnyField, value: Any) -> Any:
    """Return the typed answer to one question. Raises Invalid(text=...)."""
    match one:
        case m.Toggle():
            return _toggle(one, value)
        case m.File():
            if not isinstance(value, Upload) and (value or one.required):
                raise Invalid(text="Choose a file.")
            return value or None
        case m.Choice(many=True):
            return _many(one, value)
    text = _single(value)
    if not text:
        if one.required:
            raise Invalid(text="This is needed.")
        return None if isinstance(one, m.Date | m.Person) else ""
    match one:
        case m.Text():
            if len(text) > one.limit:
                raise Invalid(text=f"That is {len(text)} characters long; {one.limit} fit here.")
            return text
        case m.Choice():
            return _chosen(one, text)
        case m.Date():
            return _date(text, ctx.today)
        case m.Person():
            return find_person(ctx, text)


def _single(value: Any) -> str:
    """Return typed text. Several answers to one question are not chosen from, and a file is no text."""
    if isinstance(value, list | tuple):
        raise Invalid(text="Only one answer fits here.")
    if isinstance(value, Upload):
        raise Invalid(text="Type it here; a file cannot be read.")
    return m.clean(str(value or "")).strip()


def _toggle(one: m.Toggle, value: Any) -> bool:
    if one.required and not ticked(value):
        raise Invalid(text="Tick this box to go on.")
    return ticked(value)


def _chosen(one: m.Choice, text: str) -> str:
    for option in one.options:
        if text.lower() in (option.value.lower(), option.label.lower()):
            return option.value
    raise Invalid(text="Choose one of: " + ", ".join(option.label for option in one.options) + ".")


def _many(one: m.Choice, value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [part for part in str(value or "").split(",") if part]
    chosen = tuple(_chosen(one, str(part).strip()) for part in given)
    if one.required and not chosen:
        raise Invalid(text="Choose at least one.")
    return chosen


def _date(text: str, today: date) -> date:
    try:
        return parse_date(text, today)
    except ValueError as wrong:
        raise Invalid(text=str(wrong)) from wrong
