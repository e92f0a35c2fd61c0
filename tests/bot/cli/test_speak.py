"""What an operator types in a shell goes the way of every gesture: same words, same rules, same records."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.process import ROOT, bot, environment, free_port, running

ANA = "ana.duarte@halden.example"
CHIDI = "chidi.okafor@halden.example"
KEY = "k" * 48


def last_record(company: str) -> dict[str, Any]:
    """Return the evidence record that was written last."""
    latest = "SELECT body FROM records WHERE type NOT LIKE 'reminder.%' ORDER BY recorded_at DESC, id DESC LIMIT 1"
    with sqlite3.connect(company.removeprefix("sqlite:///")) as connection:
        (body,) = connection.execute(latest).fetchone()
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_lead_sees_bars_and_tables(company: str) -> None:
    shown = bot("do", "--as", ANA, "status", database_url=company)
    assert shown.returncode == 0, shown.stderr
    assert "▓" in shown.stdout
    assert "Engineering" in shown.stdout
    assert "Traceback" not in shown.stderr


def test_buttons_are_words_to_type_next(company: str) -> None:
    shown = bot("do", "todo", "--as", CHIDI, database_url=company).stdout
    words = next(line.partition(":")[2].strip() for line in shown.splitlines() if "Ask a question:" in line)
    assert words.startswith("policy ask A-")
    asked = bot("do", f"{words} May I?", "--as", CHIDI, database_url=company)
    assert asked.returncode == 0, asked.stderr
    record = last_record(company)
    assert record["type"] == "policy.question"
    assert record["auth"] == {"platform": "terminal", "scheme": "operator", "assurance": "demo"}
    assert record["actor"]["operator"] == f"uid:{os.getuid()}"


def test_people_are_named_in_words_to_type(company: str) -> None:
    """Nobody can type a ref; a name in its quotation marks finds the same person."""
    shown = bot("do", "--as", ANA, "people show Chidi", database_url=company).stdout
    assert 'people leave @"Chidi Okafor"' in shown
    assert not re.search("people [a-z]+ [0-9a-f]{32}", shown)
    away = ('people leave @"Chidi Okafor"', "--from=2026-12-01")
    done = bot("do", "--as", ANA, *away[0].split(" ", 2), away[1], database_url=company)
    assert done.returncode == 0, done.stderr
    assert last_record(company)["outcome"] == "leave"


def test_what_is_missing_is_named_where_nobody_can_be_asked(company: str) -> None:
    """Nothing is done before everything is said; then the options say it."""
    line = ("do", "--as", CHIDI, "ack", "POL-2")
    asked = bot(*line, database_url=company)
    assert asked.returncode == 2, asked.stdout
    assert "--agree" in asked.stderr
    done = bot(*line, "--agree", database_url=company)
    assert done.returncode == 0, done.stderr
    assert "You acknowledged this" in done.stdout
    assert last_record(company)["type"] == "policy.acknowledged"


def test_a_terminal_is_asked_question_by_question(company: str) -> None:
    command = [sys.executable, "-m", "bot", "do", "--as", CHIDI, "ack", "POL-2"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(database_url=company), stdin=theirs, stdout=subprocess.PIPE, text=True
    ) as process:
        os.close(theirs)
        os.write(ours, b"y\n")
        shown, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert "You acknowledged this" in shown


def test_what_asks_nothing_is_confirmed(company: str) -> None:
    """On a terminal the form is shown and agreed to, or not; elsewhere a word of the command line agrees."""
    answered: dict[bytes, tuple[int, str]] = {}
    for answer in (b"n\n", b"y\n"):
        command = [sys.executable, "-m", "bot", "campaign", "new", "POL-1", "--as", ANA]
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            command, cwd=ROOT, env=environment(database_url=company), stdin=theirs, stdout=subprocess.PIPE, text=True
        ) as process:
            os.close(theirs)
            os.write(ours, answer)
            shown, _ = process.communicate(timeout=60)
        os.close(ours)
        answered[answer] = (process.returncode, shown)
    assert (answered[b"n\n"][0], answered[b"n\n"][1].strip()) == (1, "")
    assert answered[b"y\n"][0] == 0
    assert "Preview of C-" in answered[b"y\n"][1]
    agreed = bot("campaign", "new", "POL-1", "--due=2w", "--another", "--as", ANA, database_url=company)
    assert agreed.returncode == 0, agreed.stderr


def test_refusals_leave_with_one_and_unknown_people_with_two(company: str) -> None:
    unknown = bot("do", "--as", ANA, "frobnicate", database_url=company)
    assert (unknown.returncode, "frobnicate" in unknown.stderr) == (1, True)
    stranger = bot("do", "--as", "mallory@halden.example", "todo", database_url=company)
    assert (stranger.returncode, "mallory" in stranger.stderr) == (2, True)
    nobody = bot("do", "todo", database_url=company)
    assert (nobody.returncode, "--as" in nobody.stderr) == (2, True)


def test_words_are_taken_beside_a_running_server(company: str, tmp_path: Path) -> None:
    """SQLite has one writer at a time; a command waits for it instead of failing."""
    with running(tmp_path, "serve", database_url=company, port=free_port()) as server:
        server.says("Ctrl-C")
        for number in range(3):
            asked = bot("do", "--as", CHIDI, f"policy ask POL-2 Question {number}?", database_url=company)
            assert asked.returncode == 0, asked.stderr


def test_a_real_database_lets_nobody_answer_for_another(sqlite_url: str) -> None:
    """The operator may look as the installing admin, and may not answer for anybody."""
    real = {
        "database_url": sqlite_url,
        "admin_email": "ana.duarte@firm.example",
        "secret_key": KEY,
        "smtp_url": "smtp://127.0.0.1:1",
        "domains": "firm.example",
    }
    steps = bot("do", "setup", **real)
    assert steps.returncode == 0, steps.stderr
    assert "○ 1. Import your roster" in steps.stdout
    for words in ("ack POL-1", "policy ask POL-1 Why?"):
        refused = bot("do", words, **real)
        assert refused.returncode == 1
        assert "Only the person can do that" in refused.stderr
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT type FROM records").fetchall() == [("deployment.installed",)]


def test_a_database_is_demo_or_real_for_life(company: str) -> None:
    real = {
        "admin_email": "ana@firm.example",
        "secret_key": KEY,
        "smtp_url": "smtp://127.0.0.1:1",
        "domains": "f.example",
    }
    as_real = bot("do", "todo", database_url=company, **real)
    assert as_real.returncode == 2
    assert "stays a demo for life" in as_real.stderr


def test_half_a_configuration_is_refused_without_a_traceback(sqlite_url: str) -> None:
    half = bot("serve", database_url=sqlite_url, admin_email="ana@firm.example")
    assert half.returncode == 2
    for name in ("SECRET_KEY", "SMTP_URL", "DOMAINS"):
        assert f"COUNTERSIGN_{name}" in half.stderr
    assert "Traceback" not in half.stderr
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()
    unreadable = bot("serve", database_url=sqlite_url, port="many")
    assert unreadable.returncode == 2
    assert "COUNTERSIGN_PORT" in unreadable.stderr
    assert "Traceback" not in unreadable.stderr
