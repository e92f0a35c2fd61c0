"""Every dialogue there is, played once more on a database that fails at every statement once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.clumsy import ClumsyDatabase

pytestmark = [pytest.mark.storm, pytest.mark.timeout(1800)]
FILES = sorted((Path(__file__).parent.parent / "dialogues").glob("test_*.py"))


@pytest.fixture(autouse=True)
def _failing(clumsy: list[ClumsyDatabase]) -> None:
    """Let every database of this file fail."""


def _tests() -> dict[str, Callable[..., Any]]:
    """Return every test of the dialogues, under a name of its own, with the fixtures that stand beside them."""
    found: dict[str, Callable[..., Any]] = {}
    for file in FILES:
        module = import_module(f"tests.dialogues.{file.stem}")
        for name, thing in vars(module).items():
            if name.startswith("test_") and callable(thing):
                found[f"{file.stem}_{name.removeprefix('test_')}"] = thing
            elif type(thing).__name__ == "FixtureFunctionDefinition":
                found[name] = thing
    return found


globals().update(_tests())
