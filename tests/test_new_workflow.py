"""A new workflow costs three files: itself, its dialogue, and one word in workflows/__init__.py."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.process import ROOT, environment

MADE_UP = ROOT / "tests" / "new_workflow"
LEFT_OUT = shutil.ignore_patterns(".*_cache", ".git", ".venv", "__pycache__", "var", "node_modules")
OURS = {"workflows/homecheck.py", "tests/dialogues/test_homecheck.py", "workflows/__init__.py"}


def fingerprints(folder: Path) -> dict[str, str]:
    """Return {path: hash} of everything but what is generated."""
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    found = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return {name: digest for name, digest in found.items() if not name.startswith((".", "docs/reference/"))}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository in which the made-up workflow has been added."""
    house = tmp_path_factory.mktemp("house") / "countersign"
    shutil.copytree(ROOT, house, ignore=LEFT_OUT)
    before = fingerprints(house)
    shutil.copy(MADE_UP / "homecheck.py", house / "workflows" / "homecheck.py")
    shutil.copy(MADE_UP / "dialogue.py", house / "tests" / "dialogues" / "test_homecheck.py")
    names = house / "workflows" / "__init__.py"
    text = names.read_text()
    assert text.count('"help"') == 1
    names.write_text(text.replace('"help"', '"homecheck", "help"'))
    after = fingerprints(house)
    assert {name for name in after if before.get(name) != after[name]} == OURS
    return house


def run(house: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python inside the copy."""
    line = [sys.executable, *command]
    return subprocess.run(line, check=False, cwd=house, env=environment(), capture_output=True, text=True, timeout=600)


@pytest.mark.timeout(700)
def test_its_dialogue_passes_on_every_surface_and_database(house: Path) -> None:
    """The dialogue finds it in help, home, status, schedule, reminders and export."""
    played = run(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/dialogues/test_homecheck.py")
    assert played.returncode == 0, played.stdout
    assert "passed" in played.stdout


def test_it_stands_in_the_generated_pages(house: Path) -> None:
    behind = run(house, "-m", "bot", "docs", "--check")
    assert (behind.returncode, "commands.md" in behind.stderr) == (1, True)
    assert run(house, "-m", "bot", "docs").returncode == 0
    assert run(house, "-m", "bot", "docs", "--check").returncode == 0
    pages = {path.name: path.read_text() for path in (house / "docs" / "reference").glob("*.md")}
    assert "homecheck answer A-17" in pages["commands.md"]
    assert "Does your door lock?" in pages["commands.md"]
    assert "homecheck.returned" in pages["records.md"]
    assert "/export/homecheck.csv" in pages["workflows.md"]


def test_it_can_be_typed_in_a_shell(house: Path, tmp_path: Path) -> None:
    """The demo company is founded with it, and the command line knows it."""
    line = ("-m", "bot", "do", "--as", "chidi.okafor@halden.example", "help homecheck")
    env = environment(database_url=f"sqlite:///{tmp_path / 'demo.db'}")
    shown = subprocess.run(
        [sys.executable, *line], check=False, cwd=house, env=env, capture_output=True, text=True, timeout=120
    )
    assert shown.returncode == 0, shown.stderr
    assert "homecheck answer A-17" in shown.stdout


def test_it_keeps_the_house_rules(house: Path) -> None:
    """What is made up is written as everything else is."""
    checked = run(house, "-m", "ruff", "check", "--no-cache", "workflows", "tests/dialogues")
    assert checked.returncode == 0, checked.stdout
