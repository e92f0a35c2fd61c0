"""The one parser of what people type: Slack and Teams commands, direct messages, the web box and the command line.

    [noun] [verb] [targets and filters, in any order] [text]

Targets are ids (POL-3, POL-3v4, REV-7.112, CC6.1), people (@ana, @"Ana Duarte", an e-mail address, a mention of the
platform), `last`, `this` and `until <date>`; filters are key:value. The text begins at the first word that is none of
these, and nothing in it is read any further: an id or a "team:eng" in a sentence stays in the sentence. A lone `--`
(which phones turn into a dash) says "the text begins here" where it would begin with a target. `last` and `this` are
targets only where another target, `--` or nothing follows ("ack this", not "incident new this morning ..."). Quotes
around bare words belong to the text; a name in quotes needs its @.

A filter is given once; several values share it with commas (team:eng,ops). One with an almost known key is refused and
not read as text, because a lost filter would widen what a command does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from handlers.dates import short
from handlers.targets import FILTERS, FOLD, MARKS, PREFIXES, WORD, Reader, Unreadable
from models.message import clean

__all__ = ["FILTERS", "LIMIT", "PREFIXES", "Unreadable", "Words", "parse", "spell"]

LIMIT = 10_000  # characters
# Nothing visible, joins nothing: unlike the joiners of emoji and of Persian, which stay.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
_SIMPLE = re.compile(r"@?\w(?:[\w.,@-]*\w)?")


Commands = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, taken apart but not looked up.

    `noun` is empty where nothing was typed (which means todo). `ids` are spelled canonically (POL-3v4), or are "last"
    or "this". `people` are "@ana" or "@Ana Duarte" (a name), "<@U123>" (a platform's id) or an e-mail address. The
    filters due and as-of hold ISO days and period is upper case; other values are as typed. `text` is the rest, exactly
    as typed. `rest` is all that follows the noun, the verb and the first ids, for acts that take an id and then nothing
    but text ("incident note INC-12 @ana is on it"). `raw` is everything. Two are equal when they mean the same.
    """

    noun: str = ""
    verb: str = ""
    ids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None
    text: str = ""
    rest: str = field(default="", compare=False)
    raw: str = field(default="", compare=False)


def parse(
    words: str,
    commands: Commands,
    today: date,
    *,
    aliases: Mapping[str, str] | None = None,
    prefixes: Collection[str] = PREFIXES,
    filters: Collection[str] = FILTERS,
    offered: Callable[[], Commands] | None = None,
) -> Words:
    """Take apart what was typed on the person's `today`. Raises Unreadable, and nothing else, whatever was typed.

    `commands` maps each noun to its verbs. A noun without verbs takes text at once (`ack`, `help policy`); so does one
    with the empty verb among others, unless the next word is a misspelled verb. `aliases` maps what begins a command to
    what it stands for ("ack": "policy acknowledge"). `prefixes` begin the ids, in upper case; `filters` are the keys.
    `offered` returns the commands among which the closest is sought, where those are fewer.
    """
    if len(words) > LIMIT:
        raise Unreadable(f"That is {len(words):,} characters long; {LIMIT:,} can be read at once. Please shorten it.")
    raw = _INVISIBLE.sub("", clean(words)).strip()
    if not raw:
        return Words()
    typed = _expand(raw, aliases or {})
    among = offered or (lambda: commands)
    noun, at = _noun(typed, commands, among, aliases or {})
    reader = Reader(typed, today, prefixes, filters)
    verb, at = _verb(reader, at, noun, commands[noun], among)
    text = reader.read(at)
    return Words(
        noun, verb, tuple(reader.ids), tuple(reader.people), reader.filters, reader.until, text, reader.rest, raw
    )


def spell(words: Words) -> str:
    """Return the canonical command, which parses back to the same words as long as it is within the limit."""
    people = [f'@"{who[1:]}"' if who[0] == "@" and not _SIMPLE.fullmatch(who) else who for who in words.people]
    filters = [
        f"{key}:{value}" if _SIMPLE.fullmatch(value) else f'{key}:"{value}"' for key, value in words.filters.items()
    ]
    until = [f"until {words.until}"] if words.until else []
    text = [f"-- {words.text}"] if words.text else []
    return " ".join(part for part in (words.noun, words.verb, *words.ids, *people, *filters, *until, *text) if part)


def _expand(raw: str, aliases: Mapping[str, str]) -> str:
    """Return what was typed with the alias that begins it, if any, replaced; the longest counts."""
    ends = [found.end() for found in WORD.finditer(raw, 0, 200)]
    begin = [_word(part) for part in raw[:200].split()]
    for alias in sorted(aliases, key=len, reverse=True):
        parts = [_word(part) for part in alias.split()]
        if parts and begin[: len(parts)] == parts:
            return aliases[alias] + raw[ends[len(parts) - 1] :]
    return raw


def _noun(
    typed: str, commands: Commands, offered: Callable[[], Commands], aliases: Mapping[str, str]
) -> tuple[str, int]:
    """Return the noun and where it ends. Raises Unreadable with the closest command."""
    found = WORD.match(typed)
    word = _word(found[1]) if found else ""
    if found and word and word in commands:
        return word, found.end()
    known = offered()
    meant = {verb: f"{noun} {verb}" for noun, verbs in known.items() for verb in verbs if verb}
    short_forms = [alias for alias, spelt in aliases.items() if _known(spelt, known)]
    near = meant.get(word) or _closest(word, [*known, *short_forms])
    near = near or meant.get(_closest(word, meant), "")
    shown = short(found[1] if found else "")
    raise Unreadable(f"I don't know “{shown}”.{_did_you_mean(near)} Type “help” to see what you can do.", near)


def _known(spelt: str, commands: Commands) -> bool:
    """Return whether what an alias stands for is among some commands."""
    noun, _, verb = spelt.partition(" ")
    return noun in commands and (verb in commands[noun] or not verb)


def _verb(
    reader: Reader, at: int, noun: str, verbs: Collection[str], offered: Callable[[], Commands]
) -> tuple[str, int]:
    """Return the verb and where it ends, or no verb. Raises Unreadable with the closest command."""
    found = WORD.match(reader.typed, at)
    word = _word(found[1]) if found else ""
    if found and word and word in verbs:
        return word, found.end()
    if not verbs or reader.opens(at):
        return "", at
    near = _closest(word, [verb for verb in verbs if verb], 0.75 if "" in verbs else 0.65)
    if not near and "" in verbs:
        return "", at
    near = near if near in offered().get(noun, ()) else ""
    near = f"{noun} {near}" if near else ""
    raise Unreadable(
        f"“{noun}” and “{short(found[1] if found else word)}” do not go together.{_did_you_mean(near)} "
        f"Type “help {noun}” to see what you can do.",
        near,
    )


def _word(token: str) -> str:
    """Return a word of a command as it is compared: "/Incident" and "todo!" are incident and todo."""
    return token.translate(FOLD).lower().removeprefix("/").rstrip(MARKS)


def _closest(word: str, known: Collection[str], cutoff: float = 0.65) -> str:
    near = get_close_matches(word, known, 1, cutoff) if len(word) <= 40 else []
    return near[0] if near else ""


def _did_you_mean(near: str) -> str:
    return f" Did you mean “{near}”?" if near else ""
