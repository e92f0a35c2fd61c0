"""Every dialogue there is, for those who play them once more in another way."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

FILES = sorted((Path(__file__).parent.parent / "dialogues").glob("test_*.py"))


def every_dialogue(*, own_stage: bool = False) -> dict[str, Callable[..., Any]]:
    """Return every test of the dialogues, under a name of its own, with the fixtures that stand beside them.

    Those of files with a stage of their own are for another file than the rest.
    """
    found: dict[str, Callable[..., Any]] = {}
    for file in FILES:
        module = import_module(f"tests.dialogues.{file.stem}")
        if ("stage" in vars(module)) != own_stage:
            continue
        for name, thing in vars(module).items():
            if name.startswith("test_") and callable(thing):
                found[f"{file.stem}_{name.removeprefix('test_')}"] = thing
            elif type(thing).__name__ == "FixtureFunctionDefinition":
                found[name] = thing
    return found
