"""The Web API's methods: what each takes, which scopes it needs, how often it may be asked. https://docs.slack.dev/reference/methods"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.slack.world import Team, Token, User, World

if TYPE_CHECKING:
    from tests.support.slack.server import Slack

Kind = str  # "text", "flag", "number", "object", "list"


class Wrong(Exception):
    """What Slack answers with ok: false. `messages` say more; with them the call breaks a documented rule."""

    def __init__(self, error: str, messages: list[str] | None = None, **more: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.more = more


@dataclass
class Asked:
    """A call whose token and arguments are in order."""

    slack: Slack
    token: Token
    args: dict[str, Any]

    @property
    def world(self) -> World:
        """Everything there is."""
        return self.slack.world

    @property
    def team(self) -> Team:
        """The workspace of the token."""
        return self.slack.world.teams[self.token.team_id]

    def opens(self, team_id: str) -> bool:
        """Return whether the token opens a workspace: its own, or each of its organisation."""
        team = self.world.teams.get(team_id)
        company = self.team.enterprise_id if self.token.whole_company else ""
        return team is not None and (team is self.team or bool(company and team.enterprise_id == company))

    def user(self, user_id: str, error: str = "user_not_found") -> User:
        """Return somebody of a workspace that the token opens. Raises Wrong."""
        user = self.world.users.get(user_id)
        if user is None or not (self.opens(user.team_id) or user.is_stranger):
            raise Wrong(error)
        return user


Run = Callable[[Asked], dict[str, Any]]


@dataclass
class Method:
    """One method. `json` tells whether it reads a JSON body; those that do not overlook one."""

    name: str
    run: Run
    required: Mapping[str, Kind]
    optional: Mapping[str, Kind]
    scope: str = ""
    tier: int = 3
    json: bool = True
    token: str = "bot"  # "", where none is needed
    arguments: dict[str, Kind] = field(init=False)

    def __post_init__(self) -> None:
        self.arguments = {**self.required, **self.optional}

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments with their types. Raises Wrong."""
        found = [f"unknown argument {name}" for name in given if name not in self.arguments]
        found += [f"{name} is missing" for name in self.required if given.get(name) in (None, "")]
        args = {}
        for name, value in given.items():
            try:
                args[name] = _READ[self.arguments.get(name, "text")](value)
            except ValueError as wrong:
                found.append(f"{name}: {wrong}")
        if found:
            raise Wrong("invalid_arguments", [f"{self.name}: {one}" for one in found])
        return args


METHODS: dict[str, Method] = {}


def method(name: str, required: str = "", optional: str = "", **more: Any) -> Callable[[Run], Run]:
    """Declare a method; arguments are given as "name:kind name:kind"."""

    def declare(run: Run) -> Run:
        METHODS[name] = Method(name, run, _kinds(required), _kinds(optional), **more)
        return run

    return declare


def _kinds(given: str) -> dict[str, Kind]:
    return {name: kind or "text" for name, _, kind in (one.partition(":") for one in given.split())}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - one error for all of them
    return value


def _flag(value: Any) -> bool:
    if value in (True, "true", "1", 1):
        return True
    if value in (False, "false", "0", 0):
        return False
    raise ValueError("must be a boolean")


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004
    return int(value)


def _parsed(value: Any, kind: type) -> Any:
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, kind):
        raise ValueError(f"must be JSON of a {kind.__name__}")  # noqa: TRY004
    return found


_READ: dict[Kind, Callable[[Any], Any]] = {
    "text": _text,
    "flag": _flag,
    "number": _number,
    "object": lambda value: _parsed(value, dict),
    "list": lambda value: _parsed(value, list),
}
