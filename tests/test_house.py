"""The house rules that can be counted: sizes, one way to write evidence, one door to other people's rows."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = ("bot", "handlers", "workflows", "evidence", "models", "config")
FILES = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "versions" not in path.parts]
BESIDE = [path for folder in ("tests", "scripts") for path in (ROOT / folder).rglob("*.py")]


def functions() -> Iterator[tuple[str, int]]:
    """Yield (place, lines) of every function."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_files_are_small() -> None:
    """No file of more than 300 lines, tests and scripts included; half of those that run under 90."""
    sizes = {path: len(path.read_text().splitlines()) for path in FILES + BESIDE}
    assert {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > 300} == {}
    assert statistics.median(sizes[path] for path in FILES) < 90


def test_functions_are_small() -> None:
    """No function of more than 40 lines; nine in ten under 20."""
    sizes = dict(functions())
    assert {place: size for place, size in sizes.items() if size > 40} == {}
    assert statistics.quantiles(sizes.values(), n=10)[8] < 20


def test_facts_are_stated_by_records_only() -> None:
    """Nothing but evidence/record.py inserts effective-dated facts, nothing but moves.py writes transitions."""
    users: dict[str, set[str]] = {"assert_facts(": set(), "insert(Transition": set(), "insert(Record": set()}
    for path in FILES:
        for call, found in users.items():
            if call in path.read_text():
                found.add(str(path.relative_to(ROOT)))
    assert users == {
        "assert_facts(": {"models/fact.py", "evidence/record.py"},
        "insert(Transition": {"models/moves.py"},
        "insert(Record": {"evidence/record.py"},
    }


def test_states_change_by_moves_only() -> None:
    """Nobody assigns to `.state`, and no UPDATE sets it, but the one compare-and-set (copies in the outbox apart)."""
    allowed = {"models/moves.py", "bot/outbox.py"}
    for path in FILES:
        place = str(path.relative_to(ROOT))
        for node in (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Assign | ast.Call)):
            sets = isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Attribute) and one.attr == "state" for one in node.targets
            )
            updates = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "values"
                and "update(" in ast.unparse(node.func)
                and "update(Delivery" not in ast.unparse(node.func)
                and any(word.arg == "state" for word in node.keywords)
            )
            assert not (sets or updates) or place in allowed, f"{place}:{node.lineno} changes a state by itself"
