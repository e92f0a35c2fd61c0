"""The documentation says what is so: links, commands, settings, columns, keys and addresses are held to the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.__main__ import app as command_line
from bot.app import make_app, utc_now
from bot.database import open_database
from bot.migrate import migrate
from config.settings import Settings
from evidence.record import SYSTEM, Draft, Subject, write
from handlers.commands import aliases, vocabulary
from handlers.grammar import Unreadable, parse
from models.gesture import Auth
from workflows.people.cells import fold
from workflows.people.header import _COLUMN_OF
from workflows.people.rows import LABELS
from workflows.policy.elsewhere_file import COLUMNS
from workflows.policy.front import FrontMatter

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINKED = [ROOT / "README.md", *PAGES, *sorted(ROOT.glob("config/*/README.md"))]
MOST_LINES = 200
MOST_README = 150
DAY = date(2026, 11, 23)
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FILTER = re.compile(r"(?<!\S)([a-z-]+):(?=\S)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Chapters whose pages say what is for people to type; what was decided and how it was built may speak of what is not.
TYPED = [path for path in LINKED if path.parent.name != "decisions"]


def named(path: Path) -> str:
    """Return a page as a test calls it."""
    return path.relative_to(ROOT).as_posix()


def links(path: Path) -> Iterator[Path]:
    """Yield every file of ours that a page links to."""
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            yield (path.parent / target.partition("#")[0]).resolve()


def typed(path: Path) -> Iterator[str]:
    """Yield every line that a page shows in a block, or between backticks, without its prompt."""
    page = path.read_text(encoding="utf-8")
    for language, block in FENCE.findall(page):
        if language in ("", "sh", "text"):
            yield from (line.strip().removeprefix("$ ") for line in block.splitlines() if line.strip())
    yield from SPAN.findall(FENCE.sub("", page))


def understood(line: str) -> bool:
    """Return whether the bot's one parser takes a line, and every key:value in it as a filter."""
    try:
        words = parse(line, vocabulary(), DAY, aliases=aliases())
    except Unreadable:
        return False
    return set(FILTER.findall(line)) <= set(words.filters)


@pytest.mark.parametrize("path", LINKED, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert [str(link) for link in links(path) if not link.exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_page_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_every_page_is_found_from_the_index() -> None:
    reached, waiting = set[Path](), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += [link for link in links(page) if link.suffix == ".md" and link.is_relative_to(DOCS)]
    assert [named(page) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize("path", TYPED, ids=named)
def test_what_is_shown_to_type_is_understood(path: Path) -> None:
    """A line that begins with a noun of ours, or after `python -m bot`, is one that the bot reads."""
    group = typer.main.get_command(command_line)
    verbs: set[str] = set(group.commands)  # type: ignore[attr-defined]
    nouns = set(vocabulary()) | set(aliases())
    wrong = []
    for line in typed(path):
        shell = re.match(r"(?:\S*/)?python -m bot (\w+)(.*)", line)
        if shell and shell[1] not in verbs:
            wrong.append(line)
        words = f"{shell[1]}{shell[2]}" if shell and shell[1] in vocabulary() else line
        if " " in words and words.split()[0] in nouns and not understood(re.sub(r" --\w\S*( \S+@\S+)?", "", words)):
            wrong.append(line)
    assert wrong == []


def test_every_setting_is_explained_and_no_other_is_named() -> None:
    names = {f"COUNTERSIGN_{name.upper()}" for name in Settings.model_fields}
    by_page = {path: set(re.findall(r"COUNTERSIGN_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))) for path in LINKED}
    names_too = names | {"COUNTERSIGN_REQUIRE_ALL"}  # what .ci/run tells the tests, and nobody else
    wrong = {named(path): sorted(found - names_too) for path, found in by_page.items() if found - names_too}
    assert wrong == {}
    assert names - set().union(*(by_page[path] for path in PAGES)) == set()


def test_every_target_of_make_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {found for path in LINKED for found in re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(encoding="utf-8"))}
    assert told - targets == set()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < MOST_README


def test_every_library_we_ask_for_stands_on_the_security_page() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    assert [name for one in wanted if (name := re.split(r"[\[><=]", one)[0]) not in page] == []


def table(page: str, column: int) -> list[str]:
    """Return what stands between backticks in one column of the tables of a page, row by row."""
    rows = re.findall(r"^ *\| (.+) \|$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    cells = [row.split(" | ")[column] for row in rows]
    return [cell.strip("`") for cell in cells if cell.startswith("`")]


def test_the_columns_of_a_roster_are_those_that_are_read() -> None:
    assert [_COLUMN_OF[fold(name)] for name in table("reference/roster-columns.md", 0)] == list(LABELS)


def test_the_columns_of_acknowledgements_are_those_that_are_read() -> None:
    assert table("how-to/lead/import-acknowledgements.md", 0) == list(COLUMNS)


def test_the_keys_of_front_matter_are_those_that_are_read() -> None:
    assert table("reference/policy-front-matter.md", 0) == list(FrontMatter.model_fields)


def test_the_addresses_are_those_that_are_served(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    told = Settings(slack_signing_secret="x", slack_oauth_client_id="x", teams_app_id="x")  # with every door there is
    served = {
        (route.method, route.resource.canonical)
        for route in make_app(database, told, ("k" * 32,)).router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    database.close()
    rows = re.findall(r"^\| (GET|POST) \| `(.+?)` \|", (DOCS / "reference/http.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == served


def test_the_auditors_script_opens_commitments_and_says_what_was_erased(tmp_path: Path) -> None:
    """Beside a whole record stands one whose payload was tampered with, and one whose payload was erased."""
    path = tmp_path / "copy.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database.engine)
    now = utc_now()
    with Session(database.engine) as session, session.begin():
        for name in ("whole", "tampered", "erased"):
            subject = Subject("policy", f"POL-{name}")
            write(session, Draft("policy.question", SYSTEM, subject, now, Auth("system"), private={name: "Why?"}), now)
        session.flush()
        session.execute(text("UPDATE vault SET payload = x'22' WHERE domain = 'countersign/v1/tampered'"))
        session.execute(text("DELETE FROM vault WHERE domain = 'countersign/v1/erased'"))
    database.close()
    page = (DOCS / "how-to/auditor/read-a-record.md").read_text(encoding="utf-8")
    (script,) = (block for language, block in FENCE.findall(page) if language == "python")
    (tmp_path / "look.py").write_text(script, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-I", "look.py", str(path), "policy.question"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = [line.split(maxsplit=1) for line in ran.stdout.splitlines() if line.startswith(" ")]
    assert sorted(said) == [
        ["erased", "was erased; the commitment stays"],
        ["tampered", 'DOES NOT HOLD "'],
        ["whole", 'holds "Why?"'],
    ]
