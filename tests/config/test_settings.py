"""Half a configuration is refused, and everything that is missing is said at once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from config.settings import BadSettings, Settings

KEY = "k" * 48
REAL: dict[str, Any] = {
    "admin_email": "ana@firm.example",
    "secret_key": KEY,
    "smtp_url": "smtp://bot:secret@mail.firm.example:587",
    "domains": "firm.example",
    "base_url": "https://comply.firm.example",
}


def said(**settings: Any) -> str:
    """Return what is refused."""
    with pytest.raises(BadSettings) as refused:
        Settings(**settings).check()
    return str(refused.value)


def test_no_setting_at_all_is_the_demo() -> None:
    settings = Settings()
    settings.check()
    assert settings.demo
    assert settings.assurance == "demo"
    assert settings.database.endswith("demo.db")


def test_people_reach_the_port_that_is_listened_on() -> None:
    """Another port alone must not send people to somebody else's server."""
    assert Settings().base_url == "http://127.0.0.1:8000"
    assert Settings(port=8741).base_url == "http://127.0.0.1:8741"
    assert Settings(port=8741, base_url="https://comply.firm.example/").base_url == "https://comply.firm.example"


def test_a_whole_configuration_is_real() -> None:
    settings = Settings(**REAL)
    settings.check()
    assert not settings.demo
    assert settings.assurance == "web-link"
    assert settings.own_domains == {"firm.example"}


def test_everything_that_is_missing_is_said_at_once() -> None:
    text = said(admin_email="ana@firm.example", base_url="http://comply.firm.example")
    for name in ("SECRET_KEY", "SMTP_URL", "DOMAINS", "BASE_URL"):
        assert f"COUNTERSIGN_{name}" in text
    assert "secrets.token_urlsafe" in text


@pytest.mark.parametrize("name", ["secret_key", "domains", "smtp_url"])
def test_real_settings_without_an_admin_are_no_demo(name: str) -> None:
    """Somebody who set a key meant a real deployment: a demo in its place would surprise them."""
    text = said(**{name: REAL[name]})
    assert "COUNTERSIGN_ADMIN_EMAIL is missing" in text
    assert f"COUNTERSIGN_{name.upper()} says" in text


def test_a_demo_stays_on_this_machine() -> None:
    Settings(smtp_url="smtp://127.0.0.1:1025", host="::1", base_url="http://localhost:9000").check()
    assert "COUNTERSIGN_HOST" in said(host="0.0.0.0")  # noqa: S104 - that is the mistake
    assert "COUNTERSIGN_BASE_URL" in said(base_url="https://comply.firm.example")
    assert "COUNTERSIGN_SMTP_URL" in said(smtp_url="smtp://mail.firm.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "short"),
        ("secret_key", f"{KEY},short"),
        ("smtp_url", "mail.firm.example:587"),
        ("admin_email", "Ana Duarte"),
        ("domains", " , "),
    ],
)
def test_a_setting_that_cannot_work_is_named(name: str, value: str) -> None:
    assert f"COUNTERSIGN_{name.upper()}" in said(**{**REAL, name: value})


def test_secrets_are_never_repeated() -> None:
    assert "hunter2" not in said(**{**REAL, "smtp_url": "ftp://bot:hunter2@host", "secret_key": "hunter2"})
    shown = f"{Settings(**REAL)!r} {Settings(**REAL)}"
    assert "smtp_url='given'" in shown
    assert not [name for name, value in REAL.items() if value in shown]


SLACK: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s" * 32}


def test_slack_needs_both_halves() -> None:
    Settings(**REAL, **SLACK).check()
    Settings(**REAL, slack_bot_token="xoxb-1", slack_app_token="xapp-1").check()
    assert "SLACK_SIGNING_SECRET is missing" in said(**REAL, slack_bot_token="xoxb-1")
    assert "SLACK_BOT_TOKEN is missing" in said(**REAL, slack_signing_secret="s")
    assert "belong together" in said(**REAL, slack_oauth_client_id="1.2", slack_signing_secret="s")
    assert "unset one" in said(**REAL, **SLACK, slack_oauth_client_id="1.2", slack_oauth_client_secret="t")


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {} "])
def test_a_secret_from_a_file_comes_without_what_stands_around_it(monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    """A file ends with a newline, and so does what a cluster makes of one: neither token nor signature has it."""
    secrets = {**SLACK, "slack_app_token": "xapp-1", "secret_key": KEY, "database_url": "sqlite:///here.db"}
    for name, value in secrets.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name.upper()}", around.format(value))
    settings = Settings()
    assert {name: getattr(settings, name) for name in secrets} == secrets


@pytest.mark.parametrize("token", ["xoxp-1", "xapp-1", '"xoxb-1"', "xoxb-1\nxoxb-2", "xoxb-1 2", "xoxb-é", "xoxb-"])
def test_what_is_no_bot_token_is_named_and_not_repeated(token: str) -> None:
    """Said at the start: no request can be made with it, or Slack would only say `invalid_auth`."""
    text = said(**REAL, **{**SLACK, "slack_bot_token": token})
    assert "COUNTERSIGN_SLACK_BOT_TOKEN is no bot token" in text
    assert "OAuth & Permissions" in text
    assert token == "xoxb-" or token not in text
    app = said(**REAL, **SLACK, slack_app_token=token if token != "xapp-1" else "xoxb-1")
    assert "COUNTERSIGN_SLACK_APP_TOKEN is no app-level token" in app


@pytest.mark.parametrize("url", ["", "slack.com/api/", "https://[bad/", "https://slack.com:port/", "ftp://slack.com/"])
def test_an_address_that_nobody_can_ask_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"must look like https://slack\.com/api/"):
        Settings(**REAL, **SLACK, slack_api_url=url)
    with pytest.raises(ValidationError, match=r"must look like https://login\.microsoftonline\.com/"):
        Settings(**REAL, teams_login_url=url)


@pytest.mark.parametrize("url", ["smtp://[bad", "smtp://bot:hunter2/x@mail.firm.example:587", "smtp://bot:x#1@mail:25"])
def test_a_mail_server_that_cannot_be_read_is_named_without_its_password(url: str) -> None:
    text = said(**{**REAL, "smtp_url": url})
    assert "COUNTERSIGN_SMTP_URL" in text
    assert "%2F" in text
    assert "hunter2" not in text


def test_with_slack_mail_may_wait() -> None:
    Settings(**{**REAL, **SLACK, "smtp_url": ""}).check()


def test_with_slack_for_several_workspaces_mail_may_not_wait() -> None:
    """Ana signs in to install it, and before it is installed only a letter, or Teams, could bring her the link."""
    several = {**REAL, "slack_oauth_client_id": "1.2", "slack_oauth_client_secret": "t", "slack_signing_secret": "s"}
    Settings(**several).check()
    text = said(**{**several, "smtp_url": ""})
    assert "COUNTERSIGN_SMTP_URL is missing: who installs" in text
    assert "COUNTERSIGN_SLACK_BOT_TOKEN in the place of" in text
    Settings(**{**several, **TEAMS, "smtp_url": ""}).check()


def test_a_demo_talks_to_no_slack_but_on_this_machine() -> None:
    Settings(**SLACK, slack_api_url="http://127.0.0.1:9/api/").check()
    assert "COUNTERSIGN_SLACK_API_URL says" in said(**SLACK)


TEAMS: dict[str, Any] = {"teams_app_id": "app", "teams_app_password": "secret", "teams_tenant_id": "tenant"}


def test_teams_needs_all_its_parts() -> None:
    Settings(**REAL, **TEAMS).check()
    Settings(**REAL, teams_app_id="app", teams_managed_identity=True, teams_tenant_id="tenant").check()
    assert "TEAMS_TENANT_ID is missing" in said(**REAL, **{**TEAMS, "teams_tenant_id": ""})
    assert "TEAMS_APP_ID is missing" in said(**REAL, teams_app_password="secret", teams_tenant_id="tenant")
    assert "not both" in said(**REAL, **TEAMS, teams_managed_identity=True)
    assert "not both" in said(**REAL, teams_app_id="app", teams_tenant_id="tenant")


def test_unsigned_activities_are_for_this_machine_only() -> None:
    Settings(teams_local=True).check()
    assert "takes activities from anybody" in said(teams_local=True, host="0.0.0.0")  # noqa: S104 - that is the mistake
    assert "takes activities from anybody" in said(**{**REAL, "teams_local": True})
    assert "without credentials" in said(teams_local=True, teams_login_url="http://127.0.0.1:9/", **TEAMS)


def test_a_demo_talks_to_no_teams_but_on_this_machine() -> None:
    Settings(**TEAMS, teams_login_url="http://127.0.0.1:9/").check()
    assert "COUNTERSIGN_TEAMS_APP_ID says" in said(**TEAMS)
