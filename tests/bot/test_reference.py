"""The generated pages say what the code says, and the code says what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import reference
from workflows.workflow import REGISTRY

FLOORS = ("workflows", "handlers", "bot")
ROOT = Path(__file__).parent.parent.parent


def written_types() -> Iterator[tuple[str, str]]:
    """Yield (type, place) of every record the code writes; what is not a literal comes as an empty type."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                own = isinstance(called, ast.Attribute) and called.attr == "record"
                if isinstance(node, ast.Call) and own and ast.unparse(node.func).endswith("ctx.record"):
                    first = node.args[0]
                    literal = isinstance(first, ast.Constant) and str(first.value)
                    yield literal or "", f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_record_that_is_written_is_explained() -> None:
    explained = {name for flow in REGISTRY.all() for name in flow.records}
    unexplained = [f"{place}: {name or 'no literal'}" for name, place in written_types() if name not in explained]
    assert unexplained == [], "add a sentence to `records=` of the workflow"


def test_every_explained_record_is_written() -> None:
    written = {name for name, _ in written_types()}
    assert {name for flow in REGISTRY.all() for name in flow.records} - written == set()


def test_the_pages_match_the_code() -> None:
    assert reference.drifted() == [], "type: python -m bot docs"


def test_a_page_that_was_edited_by_hand_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PLACE", tmp_path)
    assert sorted(reference.drifted()) == sorted(reference.pages())
    reference.write()
    assert reference.drifted() == []
    page = tmp_path / "states.md"
    page.write_text(page.read_text() + "More.\n")
    assert reference.drifted() == ["states.md"]


def test_commands_tell_who_and_what_is_asked() -> None:
    """The questions of a form are read from the code that makes it."""
    rows = [line for line in reference.pages()["commands.md"].splitlines() if line.startswith("| `policy ask")]
    assert len(rows) == 1
    assert "Your question" in rows[0]
    assert "personal" in rows[0]


def test_every_move_stands_in_a_diagram() -> None:
    text = reference.pages()["states.md"]
    found = reference.tables_of_moves()
    assert found
    for _, moves in found:
        for (before, verb), after in moves.items():
            assert f"{before.replace(' ', '_')} --> {after.replace(' ', '_')}: {verb}" in text
