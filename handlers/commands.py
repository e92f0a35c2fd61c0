"""Typed words to an act: the vocabulary comes from what the workflows declare, the parsing from the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from handlers.grammar import FILTERS, Unreadable, Words, parse
from models import message as m
from models.gesture import Upload
from workflows.context import Context
from workflows.workflow import REGISTRY, Act, Refusal

ONWARD = (m.Button("See what is waiting", "todo"), m.Button("Help", "help"))
_ID = re.compile(r"\b([A-Z]+)-\d")


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Return every noun with its verbs, from the declared acts."""
    return _by_noun(REGISTRY.acts())


def _by_noun(names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return nouns with their verbs."""
    nouns: dict[str, set[str]] = {}
    for name in names:
        noun, _, verb = name.partition(".")
        nouns.setdefault(noun, set()).add(verb)
    return {noun: frozenset(verbs) for noun, verbs in nouns.items()}


def _offered(ctx: Context) -> dict[str, frozenset[str]]:
    """Return the vocabulary of what the actor may at least begin: nothing else is suggested to them."""
    return _by_noun(name for name, act in REGISTRY.acts().items() if act.offered(ctx))


@cache
def aliases() -> dict[str, str]:
    """Return the short forms that acts declare: {"ack": "policy acknowledge"}."""
    return {alias: act.words for act in REGISTRY.acts().values() for alias in act.aliases}


@cache
def shows() -> dict[str, str]:
    """Return what shows a thing, by what its ids begin with: {"POL": "policy show"}."""
    acts = [act for act in REGISTRY.acts().values() if act.name.endswith(".show")]
    return {found[1]: act.words for act in acts if (found := _ID.search(act.example))}


def _meant(ctx: Context, typed: str) -> str:
    """Return typed words without the bot's name before them or marks of code around them; an id alone is to be seen."""
    words = typed.strip()
    if words[:1] == words[-1:] == "`":
        words = words.strip("`").strip()
    if named := re.match(rf"[@/]?{re.escape(ctx.settings.bot_name)}(?!\w)[\s:,]*", words, re.IGNORECASE):
        words = words[named.end() :]
    begins = _ID.match(words.upper())
    return f"{shows()[begins[1]]} {words}" if begins and begins[1] in shows() else words


def understand(ctx: Context, typed: str) -> tuple[Act, str, Words]:
    """Return (act, target, words) for what was typed. Raises Refusal with the closest match where it makes no sense."""
    try:
        words = parse(_meant(ctx, typed), vocabulary(), ctx.today, aliases=aliases(), offered=partial(_offered, ctx))
    except Unreadable as unreadable:
        raise Refusal(str(unreadable), status="missing", buttons=ONWARD) from unreadable
    name = f"{words.noun}.{words.verb}" if words.verb else words.noun or "todo"
    bare = not (words.ids or words.people or words.text)
    one, several = REGISTRY.act(f"{name}.show"), REGISTRY.act(f"{name}.list")
    act = REGISTRY.act(name) or ((several or one) if bare else (one or several))
    if act is None:
        verbs = ", ".join(f"`{words.noun} {verb}`" for verb in sorted(vocabulary().get(words.noun, frozenset()) - {""}))
        raise Refusal(f"“{words.noun}” needs to know what to do.", f"Type one of {verbs}, or `help {words.noun}`.")
    return act, _target(words, act), words


def _target(words: Words, act: Act) -> str:
    """Return what the act is about: the first id, or the first person, or, for acts without a form, the words."""
    if words.ids:
        return words.ids[0]
    if act.form is None and words.people:
        return words.people[0]
    return words.text if act.form is None else ""


def narrows(act: Act, words: Words, fields: Sequence[m.AnyField] = ()) -> None:
    """Raise Refusal for a filter that neither an act nor its form knows: a lost one would widen what is done."""
    known = [*act.filters, *(one.name for one in fields if one.name in FILTERS)]
    dated = any(isinstance(one, m.Date) for one in fields)
    lost = [*(key for key in words.filters if key not in known), *(["until"] if words.until and not dated else [])]
    if lost:
        takes = f"It knows {', '.join(f'{key}:' for key in known)}. " if known else ""
        raise Refusal(
            f"`{act.words}` does not know {lost[0]}.", f"{takes}If it belongs to your text, put -- before the text."
        )


def fill(form: m.Form, words: Words, files: Sequence[Upload] = ()) -> Mapping[str, Any]:
    """Return the values that typed words give to a form's questions: filters by name, the rest by kind, in order."""
    people, texts = list(words.people), [text for text in (_prose(form, words),) if text]
    uploads = list(files)
    values: dict[str, Any] = {}
    for one in form.fields:
        given = words.filters.get(one.name)
        match one:
            case m.Person() if given or people:
                values[one.name] = given or people.pop(0)
            case m.File() if uploads:
                values[one.name] = uploads.pop(0)
            case m.Date() if given or words.until:
                values[one.name] = given or _iso(words.until)
            case m.Text() if given or (one.required and texts):
                values[one.name] = given or texts.pop(0)
            case m.Choice() | m.Toggle() if given:
                values[one.name] = given
    return values


def _prose(form: m.Form, words: Words) -> str:
    """Return the words that answer a text: all of them, names and dates included, where nothing else is asked."""
    only_texts = all(isinstance(one, m.Text) for one in form.fields)
    return words.rest if only_texts and not words.filters else words.text


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
