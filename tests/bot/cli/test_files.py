"""Rosters and policies come in from files and folders of the operator's machine."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from bot.app import utc_now
from config.demo import render
from config.files import HERE
from tests.support.process import bot

ANA = "ana.duarte@halden.example"


def value(company: str, query: str) -> str:
    """Return the one value that a query gives."""
    with sqlite3.connect(company.removeprefix("sqlite:///")) as connection:
        return str(connection.execute(query).fetchone()[0])


def test_a_roster_is_previewed_and_applied(company: str, tmp_path: Path) -> None:
    """The words to type next stand under the preview; the command does the background work itself."""
    roster = tmp_path / "people.csv"
    text = render("roster.csv", utc_now().date())
    roster.write_text(text.replace("Junior Software Engineer", "Software Engineer", 1), encoding="utf-8")
    seen = bot("people", "import", str(roster), "--full", "--as", ANA, database_url=company)
    assert seen.returncode == 0, seen.stderr
    assert "people apply IMP-3" in seen.stdout
    title = "SELECT title FROM people WHERE name = 'Freya Lindholm'"
    assert value(company, title) == "Junior Software Engineer", "a preview changes nothing"
    asked = bot("people", "apply", "IMP-3", "--as", ANA, database_url=company)
    assert asked.returncode == 2, "a script that named nothing has not agreed"
    assert "--yes  Apply" in asked.stderr
    assert value(company, title) == "Junior Software Engineer"
    done = bot("people", "apply", "IMP-3", "--yes", "--as", ANA, database_url=company)
    assert done.returncode == 0, done.stderr
    assert value(company, title) == "Software Engineer"
    assert value(company, "SELECT state FROM roster_imports WHERE id = 3") == "applied"


def test_a_file_that_does_not_exist_is_named(company: str, tmp_path: Path) -> None:
    lost = tmp_path / "lost.csv"
    seen = bot("people", "import", str(lost), "--as", ANA, database_url=company)
    assert seen.returncode == 1
    assert f"{lost} does not exist" in " ".join(seen.stderr.split())


def test_a_folder_of_policies_becomes_drafts(company: str, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(HERE / "policies", folder)
    shutil.copy(HERE / "demo" / "company.yaml", folder / "company.yaml")
    (folder / ".hidden.md").write_text("not a policy")
    file = folder / "acceptable-use.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    seen = bot("policy", "import", str(folder), "--as", ANA, database_url=company)
    assert seen.returncode == 0, seen.stderr
    assert "1 of 10 policies" in seen.stdout
    assert "POL-1v2" in seen.stdout


def test_what_is_wrong_with_a_folder_stands_line_by_line(company: str, tmp_path: Path) -> None:
    for name in ("first.md", "second.md"):
        (tmp_path / name).write_text("No front matter.", encoding="utf-8")
    seen = bot("policy", "import", str(tmp_path), "--as", ANA, database_url=company)
    assert seen.returncode == 1
    begun = [line[:17] for line in seen.stderr.splitlines() if ".md, line 1: The" in line]
    assert begun == ["first.md, line 1:", "second.md, line 1"]


def test_a_file_that_is_wrong_or_missing_changes_nothing(company: str, tmp_path: Path) -> None:
    broken = tmp_path / "people.csv"
    broken.write_text(
        "employee_id,preferred_name,email,manager\nHI-900,Some,some@halden.example,HI-901\n", encoding="utf-8"
    )
    seen = bot("people", "import", str(broken), "--as", ANA, database_url=company)
    assert seen.returncode == 1, "a script must hear that nothing came of it"
    assert "HI-901" in seen.stderr
    missing = bot("people", "import", "--file=/nowhere/people.csv", "--as", ANA, database_url=company)
    assert missing.returncode == 2
    assert "/nowhere/people.csv" in missing.stderr
    assert value(company, "SELECT count(*) FROM people WHERE employee_id = 'HI-900'") == "0"
    unnamed = bot("people", "import", "--as", ANA, database_url=company)
    assert unnamed.returncode == 2
    assert "--file=FILE" in unnamed.stderr
