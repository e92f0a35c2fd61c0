"""Policy files: Markdown under YAML front matter, both with Jinja2 variables (format: config/policies/README.md).

The front matter is parsed first and its texts are filled afterwards, so that no value can break the YAML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NoReturn

import yaml
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from config.catalogue import is_criterion
from config.programme import programme
from models.message import clean
from workflows.audience import condition

MOST_CHARACTERS = 500_000  # of a text as people read it; a long policy has 30,000


class Broken(ValueError):
    """A file cannot be taken as a policy: which file, which line (0: the file as a whole), and what to do."""

    def __init__(self, file: str, line: int, text: str) -> None:
        super().__init__(f"{file}, line {line}: {text}" if line else f"{file}: {text}")


def _criterion(name: str) -> str:
    if not is_criterion(name):
        raise ValueError(f"there is no criterion {name}")
    return name


def _audience(part: str) -> str:
    condition(part)
    return part


Line = Annotated[str, Field(min_length=1, max_length=200)]


class FrontMatter(BaseModel):
    """The head of a policy file; addresses are not yet looked up."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    title: Line
    author: Line
    owner: Line
    approver: Line
    controls: list[Annotated[str, AfterValidator(_criterion)]] = Field(min_length=1)
    audience: list[Annotated[str, AfterValidator(_audience)]] = Field(min_length=1)
    cadence: Literal["yearly", "once"] = "yearly"
    days: int = Field(default_factory=lambda: programme().policies.days, ge=1, le=365)
    typed_name: bool = False
    summary: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file, read and filled. `lines` says on which line of the file each key stands."""

    name: str
    front: FrontMatter
    text: str
    lines: Mapping[str, int]

    @property
    def sha256(self) -> str:
        """The hash of the text, which is what people acknowledge."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def broken(self, key: str, text: str) -> Broken:
        """Return the error about a key of the front matter."""
        return Broken(self.name, self.lines.get(key, 1), text)


def read(name: str, body: bytes | str, variables: Mapping[str, Any]) -> PolicyFile:
    """Return the policy in the file called `name`. Raises Broken, naming the line."""
    head, text, first = _parts(name, _decoded(name, body))
    lines, values = _mapping(name, head)
    # Line 1 of a value stands on the line of its key, or under it in a block: the key is what people look for.
    filled = {key: _filled(name, lines[key], value, variables) for key, value in values.items()}
    try:
        front = FrontMatter.model_validate(filled)
    except ValidationError as error:
        _refuse(name, lines, error)
    return PolicyFile(name, front, _text(name, text, first, variables), lines)


def _decoded(name: str, body: bytes | str) -> str:
    """Return the file as text without hidden characters; line ends become a newline."""
    try:
        text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Broken(name, line, "This is not UTF-8 text. Save the file as UTF-8.") from error
    if len(text) > MOST_CHARACTERS:
        raise Broken(name, 0, f"The file has {len(text):,} characters, the most is {MOST_CHARACTERS:,}. Shorten it.")
    return clean(text)


def _parts(name: str, whole: str) -> tuple[str, str, int]:
    """Return (front matter, text, number of the line on which the text begins)."""
    lines = whole.split("\n")
    if lines[0].rstrip() != "---":
        raise Broken(name, 1, "The file begins with front matter: a line ---, the keys, and a line --- again.")
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() == "---":
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise Broken(name, len(lines), "The front matter never ends: put a line --- under its last key.")


def _mapping(name: str, head: str) -> tuple[dict[str, int], dict[str, Any]]:
    """Return ({key: line in the file}, {key: value}) of the front matter."""
    try:
        node = yaml.compose(head, yaml.SafeLoader)
        values = yaml.safe_load(head)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Broken(name, mark.line + 2 if mark else 1, f"{error.problem or 'This is no YAML'}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Broken(name, 1, "The front matter is no YAML.") from error
    if not isinstance(node, yaml.MappingNode):
        raise Broken(name, 2, "Write keys with values, such as: title: Acceptable Use.")
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            raise Broken(name, line, "A key is a plain word, such as title.")
        if key.value in lines:
            raise Broken(name, line, f"“{key.value}” stands here twice; take one out.")
        lines[str(key.value)] = line
    return lines, {str(key): value for key, value in values.items()}


def _refuse(name: str, lines: Mapping[str, int], error: ValidationError) -> NoReturn:
    """Raise Broken for the first thing that is wrong."""
    wrong = error.errors()[0]
    key = str(wrong["loc"][0])
    if wrong["type"] == "missing":
        raise Broken(name, 1, f"“{key}” is missing from the front matter.") from error
    if wrong["type"] == "extra_forbidden":
        known = ", ".join(FrontMatter.model_fields)
        raise Broken(name, lines.get(key, 1), f"“{key}” is no key of a policy. Keys: {known}.") from error
    text = str(wrong["msg"]).removeprefix("Value error, ")
    raise Broken(name, lines.get(key, 1), f"{key}: {text[0].lower()}{text[1:].rstrip('.')}.") from error


class _Filler(ImmutableSandboxedEnvironment):
    """Fills variables and nothing more: no access to Python, no arithmetic that could fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"“{operator}” is not allowed here")


# What is filled is Markdown, which every surface escapes when it draws it.
_FILLER = _Filler(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
_FILLER.filters = {name: _FILLER.filters[name] for name in ("capitalize", "default", "join", "lower", "title", "upper")}
_LOOPING = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Include, nodes.Import, nodes.Extends)


def _filled(name: str, line: int, value: Any, variables: Mapping[str, Any]) -> Any:
    """Return a value of the front matter with its variables filled."""
    if isinstance(value, list):
        return [_filled(name, line, part, variables) for part in value]
    return _fill(name, line, value, variables).strip() if isinstance(value, str) else value


def _text(name: str, text: str, first: int, variables: Mapping[str, Any]) -> str:
    """Return the text with its variables filled; an empty one is no policy."""
    filled = _fill(name, first, text, variables).strip()
    if not filled:
        raise Broken(name, first, "There is no text under the front matter.")
    return filled + "\n"


def _fill(name: str, first: int, text: str, variables: Mapping[str, Any]) -> str:
    """Return `text`, which begins on line `first` of the file, filled."""
    try:
        if next(_FILLER.parse(text).find_all(_LOOPING), None):
            raise Broken(name, first, "Use variables and conditions; loops and macros are not for policies.")
        pieces, length = [], 0
        for piece in _FILLER.from_string(text).generate(**variables):
            length += len(piece)
            if length > MOST_CHARACTERS:
                raise Broken(name, first, f"Filled, this is longer than {MOST_CHARACTERS:,} characters.")
            pieces.append(piece)
        return clean("".join(pieces))
    except TemplateSyntaxError as error:
        raise Broken(name, first + error.lineno - 1, f"{str(error.message).rstrip('.')}.") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        if isinstance(error, Broken):
            raise
        raise Broken(
            name,
            first + _template_line(error) - 1,
            f"A variable cannot be filled: {str(error).rstrip('.')}. Write it into company.yaml.",
        ) from error


def _template_line(error: Exception) -> int:
    """Return the line of the template on which `error` arose."""
    at, line = error.__traceback__, 1
    while at is not None:
        if at.tb_frame.f_code.co_filename == "<template>":
            line = at.tb_lineno
        at = at.tb_next
    return line
