"""The pages under docs/reference/, made from the code: what they say is what runs."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import workflows
from config.settings import Settings
from models import message as m
from models.moves import Moves
from workflows.workflow import REGISTRY, Act, Workflow

PLACE = Path(__file__).parent.parent / "docs" / "reference"
MADE = "<!-- Made by `python -m bot docs`; change the code, not this page. -->"
_FIELDS = {kind.__name__ for kind in (m.Text, m.Choice, m.Person, m.Date, m.Toggle, m.File)}


def pages() -> Mapping[str, str]:
    """Return every generated page: its file name and its text."""
    made = {
        "commands.md": _commands,
        "settings.md": _settings,
        "records.md": _records,
        "states.md": _states,
        "workflows.md": _workflows,
    }
    return {name: f"{MADE}\n\n{chr(10).join(make())}\n" for name, make in made.items()}


def drifted() -> list[str]:
    """Return the names of pages that do not say what the code says."""
    return [
        name for name, text in pages().items() if not (PLACE / name).is_file() or (PLACE / name).read_text() != text
    ]


def write() -> None:
    """Write every page anew."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PLACE / name).write_text(text, encoding="utf-8")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    head = list(head)
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from (_row(row) for row in rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "Everything people can do or look at. Typed in a chat, in the box of the web inbox, or after"
    yield "`python -m bot do --as EMAIL`; every button does one of these. A command that asks opens a form where"
    yield "something is missing, and always where nothing is required: such a form is a confirmation. In a shell"
    yield "`--name=value` answers a question, and `--yes` sends a form as it stands. Personal ones are never done on"
    yield "somebody's behalf outside a demo."
    for workflow in REGISTRY.all():
        yield f"\n## {workflow.title}\n"
        head = ("Type", "To", "Who", "Asks for")
        yield from table(head, (_command(act) for act in workflow.acts.values()))


def _command(act: Act) -> tuple[str, ...]:
    short = "".join(f", `{alias}`" for alias in act.aliases)
    who = first_line(act.may).partition(". ")[0].rstrip(".") + ("; personal" if act.personal else "")
    return f"`{act.example}`{short}", act.help, who, ", ".join(asked(act.form)) if act.form else ""


def asked(form: Callable[..., Any]) -> list[str]:
    """Return the labels of what a form may ask, read from the function that makes it and those it calls beside it."""
    found: dict[str, None] = {}
    waiting, seen = [form], set()
    while waiting:
        maker = waiting.pop(0)
        if maker in seen:
            continue
        seen.add(maker)
        for call in _calls(maker):
            if isinstance(call.func, ast.Attribute) and call.func.attr in _FIELDS:
                found.update(dict.fromkeys(_label(call)))
            elif helper := _beside(maker, call.func):
                waiting.append(helper)
    return list(found)


def _beside(maker: Callable[..., Any], called: ast.expr) -> Callable[..., Any] | None:
    """Return the function that is called, if it stands in the same file or in the next room of the same workflow."""
    rooms = vars(inspect.getmodule(maker))
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        helper = getattr(rooms.get(called.value.id), called.attr, None)
    else:
        helper = rooms.get(called.id) if isinstance(called, ast.Name) else None
    return helper if inspect.isfunction(helper) and _folder(helper) == _folder(maker) else None


def _folder(function: Callable[..., Any]) -> str:
    return function.__module__.rpartition(".")[0]


def _calls(function: Callable[..., Any]) -> Iterator[ast.Call]:
    """Yield the calls inside a function, in the order they stand."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return iter(sorted(calls, key=lambda call: (call.lineno, call.col_offset)))


def _label(call: ast.Call) -> Iterator[str]:
    """Yield how a question is called: its label, or its name where the label is put together."""
    given = [*call.args, *(word.value for word in call.keywords if word.arg in ("label", "name"))][:2]
    texts = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if texts:
        yield texts[-1]


def first_line(thing: Any) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _settings() -> Iterator[str]:
    yield "# Settings\n"
    yield "Read from the environment. With none of them, a demo company is served on this machine;"
    yield "`COUNTERSIGN_ADMIN_EMAIL` makes a real deployment, which then needs those its refusal names.\n"
    rows = (
        (f"`COUNTERSIGN_{name.upper()}`", field.description or "", f"`{field.default}`" if field.default != "" else "")
        for name, field in Settings.model_fields.items()
    )
    yield from table(("Name", "What it is", "Without it"), rows)


def _records() -> Iterator[str]:
    yield "# Evidence records\n"
    yield "Every type of record that is written, with what it says happened. Names, addresses and free text stand in"
    yield "none of them: records hold refs, typed facts and commitments.\n"
    rows = [
        (f"`{name}`", meaning, flow.title) for flow in REGISTRY.all() for name, meaning in sorted(flow.records.items())
    ]
    yield from table(("Type", "What happened", "Part of"), rows)


def _states() -> Iterator[str]:
    yield "# States\n"
    yield "Drawn from the tables of moves in the code; nothing else changes a state."
    for module, moves in tables_of_moves():
        yield f"\n## {first_line(module).rstrip('.')}\n"
        yield "```mermaid\nstateDiagram-v2"
        names = {state: state.replace(" ", "_") for (before, _), after in moves.items() for state in (before, after)}
        yield from (f'    state "{state}" as {name}' for state, name in names.items() if state != name)
        starts = [
            state for state in names if state not in {after for (before, _), after in moves.items() if before != after}
        ]
        yield from (f"    [*] --> {names[state]}" for state in starts or list(names)[:1])
        yield from (f"    {names[before]} --> {names[after]}: {verb}" for (before, verb), after in moves.items())
        yield "```"


def tables_of_moves() -> list[tuple[ModuleType, Moves]]:
    """Return every table of moves of the workflows, with the module in which it is written, not where it is used."""
    REGISTRY.all()
    names = ["workflows", *(one.name for one in pkgutil.walk_packages(workflows.__path__, "workflows."))]
    modules = [import_module(name) for name in names]
    having = [module for module in modules if isinstance(vars(module).get("MOVES"), dict)]
    return [(module, module.MOVES) for module in having if "\nMOVES = " in inspect.getsource(module)]


def _workflows() -> Iterator[str]:
    yield "# Workflows\n"
    yield "What the company owes, and what stands beside it. Each is one entry of `workflows.ALL`."
    for flow in REGISTRY.all():
        yield f"\n## {flow.title}\n"
        yield f"{flow.help[:1].upper()}{flow.help[1:]}.\n"
        yield from table(("", ""), _about(flow))


def _about(flow: Workflow) -> Iterator[tuple[str, str]]:
    yield "Commands", ", ".join(f"`{act.words}`" for act in flow.acts.values())
    if flow.criteria:
        yield "Criteria", ", ".join(flow.criteria)
    if flow.deviations:
        yield "Counts as a deviation", ", ".join(flow.deviations)
    if flow.cadence:
        yield "Comes round", f"`{flow.cadence}`, {flow.days} days to answer"
    if flow.makes_card:
        yield "Status", f"`status {flow.name}`"
        yield "Export", f"`/export/{flow.name}.csv`"
    if flow.jobs:
        yield "In the background", ", ".join(flow.jobs)
