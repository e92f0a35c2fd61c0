"""Rules that make up the shapes of Block Kit: each looks at one value and notes what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[Any, str, list[str]], None]


def problems(rule: Rule, value: Any, path: str) -> list[str]:
    """Return what is wrong with a value, each problem with its place."""
    found: list[str] = []
    rule(value, path, found)
    return found


def anything(value: Any, path: str, found: list[str]) -> None:
    """Take every value."""


def flag(value: Any, path: str, found: list[str]) -> None:
    """Take True and False."""
    if not isinstance(value, bool):
        found.append(f"{path}: must be a boolean")


def text(most: int, least: int = 1) -> Rule:
    """Take a string of so many characters."""

    def rule(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, str):
            found.append(f"{path}: must be a string")
        elif not least <= len(value) <= most:
            found.append(f"{path}: {len(value)} characters, must be {least} to {most}")

    return rule


def number(least: int, most: int) -> Rule:
    """Take a whole number in a range."""

    def rule(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            found.append(f"{path}: must be a number from {least} to {most}")

    return rule


def one_of(*values: str) -> Rule:
    """Take one of these strings."""

    def rule(value: Any, path: str, found: list[str]) -> None:
        if value not in values:
            found.append(f"{path}: {value!r} is none of {', '.join(values)}")

    return rule


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    """Take a list of so many values, each as `rule` takes it."""

    def several(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, list):
            found.append(f"{path}: must be a list")
            return
        if not least <= len(value) <= most:
            found.append(f"{path}: {len(value)} items, must be {least} to {most}")
        for number_, one in enumerate(value):
            rule(one, f"{path}[{number_}]", found)

    return several


def thing(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Take an object with these keys and no others."""
    known = {**required, **(optional or {})}

    def rule(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            found.append(f"{path}: must be an object")
            return
        found += [f"{path}: {name} is missing" for name in required if name not in value]
        for name, part in value.items():
            if name in known:
                known[name](part, f"{path}.{name}", found)
            else:
                found.append(f"{path}: unknown key {name}")

    return rule


def typed(rules: Mapping[str, Rule]) -> Rule:
    """Take an object as its `type` says."""

    def rule(value: Any, path: str, found: list[str]) -> None:
        kind = str(value.get("type")) if isinstance(value, dict) else ""
        if kind in rules:
            rules[kind](value, f"{path}({kind})", found)
        else:
            found.append(f"{path}: type {kind!r} is none of {', '.join(rules)}")

    return rule


def both(*rules: Rule) -> Rule:
    """Take what every one of the rules takes."""

    def rule(value: Any, path: str, found: list[str]) -> None:
        for one in rules:
            one(value, path, found)

    return rule
