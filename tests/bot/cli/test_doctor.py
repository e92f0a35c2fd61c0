"""`doctor` finds what is wrong and says what to do; it changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.support.process import bot, free_port, running


def test_a_running_demo_is_well(company: str, tmp_path: Path) -> None:
    port = free_port()
    settings = {"database_url": company, "port": port, "base_url": f"http://127.0.0.1:{port}"}
    with running(tmp_path, "serve", **settings) as server:
        server.says("Ctrl-C")
        seen = bot("doctor", **settings)
        while "none has ever run" in seen.stdout or "late" in seen.stdout.replace("nothing is late", ""):
            seen = bot("doctor", **settings)  # the worker begins a moment after the pages
    assert seen.returncode == 0, seen.stdout
    lines = {line.split()[1]: line.split()[0] for line in seen.stdout.splitlines() if line[:4].strip() in ("ok", "bad")}
    for part in ("Settings", "Database", "Kind", "Evidence", "Clock", "Disk", "Mail", "Address", "Worker"):
        assert lines[part] == "ok", seen.stdout


def test_evidence_whose_guard_was_removed_is_bad(company: str) -> None:
    with sqlite3.connect(company.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TRIGGER records_no_delete")
    seen = bot("doctor", database_url=company)
    assert seen.returncode == 1
    assert "records_no_delete" in seen.stdout
    assert "Find out who" in seen.stdout


def test_postgres_guards_are_found_and_missed(postgres_url: str) -> None:
    bot("migrate", database_url=postgres_url)
    assert "append-only, guarded by 3 triggers" in bot("doctor", database_url=postgres_url).stdout
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE records DISABLE TRIGGER records_append_only"))
    engine.dispose()
    seen = bot("doctor", database_url=postgres_url)
    assert seen.returncode == 1
    assert "records_append_only" in seen.stdout


def test_what_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "nothing.db"
    port = free_port()
    settings = {"smtp_url": f"smtp://127.0.0.1:{port}", "base_url": f"http://127.0.0.1:{port}"}
    seen = bot("doctor", database_url=f"sqlite:///{file}", **settings)
    assert seen.returncode == 1
    assert "COUNTERSIGN_SMTP_URL" in seen.stdout
    assert "python -m bot serve" in seen.stdout
    assert not file.exists(), "looking must not make a database"
    gone = bot("doctor", database_url=f"postgresql://nobody:secret-word@127.0.0.1:{port}/none")
    assert gone.returncode == 1
    assert "not reachable" in gone.stdout
    assert "secret-word" not in gone.stdout + gone.stderr


def test_half_a_configuration_is_bad(sqlite_url: str) -> None:
    seen = bot("doctor", database_url=sqlite_url, admin_email="ana@firm.example")
    assert seen.returncode == 1
    assert "COUNTERSIGN_SECRET_KEY" in seen.stdout


def test_one_chat_can_be_examined_alone(tmp_path: Path) -> None:
    settings = {"database_url": f"sqlite:///{tmp_path / 'nothing.db'}", "teams_local": "1"}
    seen = bot("doctor", "teams", **settings)
    assert "LOCAL MODE" in seen.stdout
    for other in ("Mail", "Disk", "Clock", "Slack"):
        assert other not in seen.stdout
    assert bot("doctor", "mail", **settings).returncode == 2
    gone = bot("doctor", "teams", **{**settings, "database_url": f"postgresql://nobody@127.0.0.1:{free_port()}/none"})
    assert gone.returncode == 1, "who is in the chat cannot be known"
    assert "not reachable" in gone.stdout


def test_a_real_deployment_without_mail_is_told_what_that_means(tmp_path: Path) -> None:
    """Only in a demo does the web inbox show what was said to everybody."""
    real = {"admin_email": "ana@firm.example", "secret_key": "k" * 48, "domains": "firm.example"}
    slack = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "slack_api_url": "http://127.0.0.1:9/api/"}
    database = {"database_url": f"sqlite:///{tmp_path / 'nothing.db'}"}
    seen = bot("doctor", **database, **real, **slack)
    assert "who is in no chat gets nothing" in seen.stdout
    assert "COUNTERSIGN_SMTP_URL" in seen.stdout
    assert "the demo shows every message" in bot("doctor", **database).stdout


def test_what_stands_around_a_token_is_taken_off_and_what_is_no_token_is_named(tmp_path: Path) -> None:
    """A token from a file ends with a newline; with one inside it no request can be made at all."""
    slack = {"slack_signing_secret": "s" * 32, "slack_api_url": "http://127.0.0.1:9/api/"}
    settings = {"database_url": f"sqlite:///{tmp_path / 'nothing.db'}", **slack}
    seen = bot("doctor", "slack", **settings, slack_bot_token="xoxb-1\n")
    assert "Slack does not answer" in seen.stdout, seen.stderr
    seen = bot("doctor", "slack", **settings, slack_bot_token="xoxb-1\nxoxb-2")
    assert "is no bot token" in seen.stdout
    seen = bot("doctor", **{**settings, "slack_api_url": "https://[bad/"}, slack_bot_token="xoxb-1")
    assert "COUNTERSIGN_SLACK_API_URL" in seen.stdout
    assert (seen.returncode, seen.stderr) == (1, "")
