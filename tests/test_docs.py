"""What README and documentation tell people to type, open and trust is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import app
from config.settings import Settings
from tests.support.process import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def named(pattern: str) -> set[str]:
    """Return what a pattern finds in all pages."""
    return {found for page in PAGES for found in re.findall(pattern, page.read_text(encoding="utf-8"))}


def test_every_command_that_is_told_exists() -> None:
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert named(r"python -m bot ([a-z]+)") - commands == set()


def test_every_target_of_make_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named(r"(?:^|`)make ([a-z]+)") - targets == set()


def test_every_setting_that_is_told_exists() -> None:
    settings = {name.upper() for name in Settings.model_fields}
    assert named(r"COUNTERSIGN_([A-Z_]+[A-Z])") - settings - {"REQUIRE_ALL"} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith(("mailto:", "/"))]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


def test_every_library_we_ask_for_stands_on_the_security_page() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    page = (ROOT / "docs" / "security.md").read_text()
    assert [name for one in wanted if (name := re.split(r"[\[><=]", one)[0]) not in page] == []
