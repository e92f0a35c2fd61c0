"""Half a configuration is refused, and everything that is missing is said at once."""

from __future__ import annotations

from typing import Any

import pytest

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


def test_with_slack_mail_may_wait() -> None:
    Settings(**{**REAL, **SLACK, "smtp_url": ""}).check()


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
