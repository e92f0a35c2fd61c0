"""The generated pages say what the code says, and the code says what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import reference
from workflows.workflow import REGISTRY

ROOT = Path(__file__).parent.parent.parent


def sources() -> Iterator[ast.Module]:
    """Yield the code of the floors that write records."""
    for floor in ("workflows", "handlers", "bot"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def recorded() -> set[str]:
    """Return every type that stands in a call of `ctx.record`; dialogues watch those that are put together."""
    calls = [node for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    firsts = [call.args[0] for call in calls if ast.unparse(call.func) == "ctx.record"]
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


def said() -> set[str]:
    """Return every text in the code that is not the key of a dictionary, where explanations stand."""
    nodes = [node for tree in sources() for node in ast.walk(tree)]
    keys = {id(key) for node in nodes if isinstance(node, ast.Dict) for key in node.keys}
    texts = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in keys]
    return {text.value for text in texts if isinstance(text.value, str)}


def explained() -> set[str]:
    """Return every type of record that a workflow explains."""
    return {name for flow in REGISTRY.all() for name in flow.records}


def test_every_record_that_is_written_is_explained() -> None:
    assert recorded() - explained() == set(), "add a sentence to `records=` of the workflow"


def test_every_explained_record_is_written() -> None:
    assert explained() - said() == set()


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
    assert len({id(moves) for _, moves in found}) == len(found), "one diagram for each table"
    for _, moves in found:
        for (before, verb), after in moves.items():
            assert f"{before.replace(' ', '_')} --> {after.replace(' ', '_')}: {verb}" in text
