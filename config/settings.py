"""Settings from the environment (`COUNTERSIGN_...`), typed and checked as a whole: half a configuration is refused."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.chats import is_loopback, slack_problems, teams_problems

_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_NO_ADMIN = (
    "COUNTERSIGN_ADMIN_EMAIL is missing, though {} says that this is no demo. "
    "Set it to the address of whoever installs; they get the first message."
)


def _leads_somewhere(address: str, *schemes: str) -> bool:
    """Return whether an address can be read, is of one of `schemes` and names a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its text may quote a part of the address
        return False


class BadSettings(ValueError):
    """The settings contradict each other or something is missing; the text says what and how to get it."""


class Settings(BaseSettings):
    """What the deployment was told. Field `x` is read from `COUNTERSIGN_X`."""

    # Stripped, because a secret that comes from a file ends with a newline.
    model_config = SettingsConfigDict(
        env_prefix="COUNTERSIGN_", extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True
    )

    database_url: str = Field("", description="SQLAlchemy address of the database; empty: a file under var/")
    secret_key: str = Field(
        "", description="long random keys that sign cookies and links, comma-separated, newest first"
    )
    base_url: str = Field("", description="the address people's browsers reach; empty: this machine, at the port")
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8000, description="the port to listen on")
    bot_name: str = Field("Comply", description="the one name employees meet")
    company: str = Field("", description="the organisation's name, as it stands in policies and mail")
    admin_email: str = Field("", description="who installs: makes this a real deployment")
    domains: str = Field("", description="e-mail domains of the organisation, comma-separated")
    smtp_url: str = Field("", description="smtp://user:password@host:587 (STARTTLS) or smtps://host:465")
    mail_from: str = Field("", description="sender of mail; empty: the bot at the first domain")
    slack_bot_token: str = Field("", description="Slack: the bot token (xoxb-...) of a single workspace")
    slack_signing_secret: str = Field("", description="Slack: signs what comes in at /slack/events")
    slack_app_token: str = Field("", description="Slack: the app token (xapp-...); switches Socket Mode on")
    slack_oauth_client_id: str = Field("", description="Slack: for several workspaces, installed from /slack/install")
    slack_oauth_client_secret: str = Field("", description="Slack: the secret that belongs to the client id")
    slack_files: bool = Field(False, description="Slack: take files there (adds the scope files:read)")
    slack_per_second: float = Field(
        8.0, gt=0, description="Slack: messages a second in one workspace, all workers together"
    )
    slack_per_conversation: float = Field(
        1.0, gt=0, description="Slack: messages a second to one person, all workers together"
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Slack: where its Web API is; tests use a stand-in"
    )
    teams_app_id: str = Field("", description="Teams: the bot's app (client) id in Microsoft Entra")
    teams_app_password: str = Field("", description="Teams: the client secret of that app")
    teams_managed_identity: bool = Field(False, description="Teams: the app id is a managed identity, without a secret")
    teams_tenant_id: str = Field("", description="Teams: the directory (tenant) id; several comma-separated")
    teams_local: bool = Field(False, description="Teams: take unsigned activities, on this machine only, to try things")
    teams_per_second: float = Field(20.0, gt=0, description="Teams: messages a second in one tenant")
    teams_per_conversation: float = Field(1.0, gt=0, description="Teams: messages a second to one person")
    teams_login_url: str = Field(
        "https://login.microsoftonline.com/", description="Teams: where tokens for the Bot Connector are asked for"
    )
    teams_keys_url: str = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="Teams: the document that leads to the keys which sign activities",
    )
    teams_issuer: str = Field("https://api.botframework.com", description="Teams: who signs activities")
    teams_service_urls: str = Field(
        "https://smba.trafficmanager.net/,https://smba.infra.gcc.teams.microsoft.com/,"
        "https://smba.infra.gov.teams.microsoft.us/,https://smba.infra.dod.teams.microsoft.us/",
        description="Teams: the service addresses that may get our token, comma-separated",
    )

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Name what was given without its values, which hold passwords: a traceback may quote this."""
        return [(name, "given") for name in sorted(self.model_fields_set)]

    @model_validator(mode="after")
    def _base_at_port(self) -> Self:
        self.base_url = self.base_url or f"http://127.0.0.1:{self.port}"
        return self

    @field_validator("base_url")
    @classmethod
    def _plain_base(cls, value: str) -> str:
        if value and not _leads_somewhere(value, "http", "https"):
            raise ValueError("must look like https://comply.example.com")
        return value.rstrip("/")

    @field_validator("slack_api_url", "teams_login_url", "teams_keys_url")
    @classmethod
    def _service(cls, value: str, info: ValidationInfo) -> str:
        if not _leads_somewhere(value, "http", "https"):
            raise ValueError(f"must look like {cls.model_fields[str(info.field_name)].default}; unset it to use that")
        return value

    @property
    def demo(self) -> bool:
        """Whether this is the demo company: nobody has said who installs a real one."""
        return not self.admin_email

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///var/{'demo' if self.demo else 'countersign'}.db"

    @property
    def assurance(self) -> str:
        """How much evidence from the web may claim."""
        return "demo" if self.demo else "web-link"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Signing keys, newest first."""
        return tuple(key.strip() for key in self.secret_key.split(",") if key.strip())

    @cached_property
    def own_domains(self) -> frozenset[str]:
        """The organisation's e-mail domains, lower case."""
        return frozenset(part.strip().lower().lstrip("@") for part in self.domains.split(",") if part.strip())

    @cached_property
    def mail_host(self) -> str:
        """The mail server's host, or nothing."""
        return urlsplit(self.smtp_url).hostname or "" if _leads_somewhere(self.smtp_url, "smtp", "smtps") else ""

    @property
    def slack(self) -> bool:
        """Whether anything was said about Slack."""
        return bool(
            self.slack_bot_token or self.slack_signing_secret or self.slack_app_token or self.slack_oauth_client_id
        )

    @property
    def teams(self) -> bool:
        """Whether anything was said about Teams."""
        return bool(self.teams_app_id or self.teams_app_password or self.teams_managed_identity or self.teams_local)

    def problems(self) -> list[str]:
        """Return what is missing or contradictory, each with what to do; empty means ready to start."""
        half = self._only_real()
        found = [_NO_ADMIN.format(", ".join(half))] if half and self.demo else []
        found += self._demo_problems() if self.demo and not half else self._real_problems()
        return found + slack_problems(self) + teams_problems(self)

    def _only_real(self) -> list[str]:
        """Return the settings that were given and that only a real deployment has."""
        outside_mail = self.smtp_url and not is_loopback(self.mail_host)
        outside_slack = self.slack and not is_loopback(urlsplit(self.slack_api_url).hostname or "")
        outside_teams = self.teams_app_id and not is_loopback(urlsplit(self.teams_login_url).hostname or "")
        given = {
            "SECRET_KEY": self.secret_key,
            "DOMAINS": self.domains,
            "SMTP_URL": outside_mail,
            "SLACK_API_URL": outside_slack,
            "TEAMS_APP_ID": outside_teams,
        }
        return [f"COUNTERSIGN_{name}" for name, value in given.items() if value]

    def _demo_problems(self) -> list[str]:
        base = urlsplit(self.base_url).hostname or ""
        near = {"HOST": is_loopback(self.host), "BASE_URL": is_loopback(base)}
        return [
            f"COUNTERSIGN_{name} leads outside this machine, and in a demo everybody may be anybody. Unset it, or set "
            "COUNTERSIGN_ADMIN_EMAIL to your own address to start a real deployment."
            for name, loopback in near.items()
            if not loopback
        ]

    def _real_problems(self) -> list[str]:
        found = []
        if self.admin_email and not _ADDRESS.fullmatch(self.admin_email):
            found.append("COUNTERSIGN_ADMIN_EMAIL is no e-mail address. Set the one your company uses for you.")
        if not self.keys or any(len(key) < 32 for key in self.keys):
            found.append(
                "COUNTERSIGN_SECRET_KEY is missing or shorter than 32 characters. Make one: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        found += self._mail_problems()
        if not self.own_domains:
            found.append("COUNTERSIGN_DOMAINS is missing: set the part after @ of your company's addresses.")
        base = urlsplit(self.base_url)
        if base.scheme != "https" and not is_loopback(base.hostname or ""):
            found.append("COUNTERSIGN_BASE_URL must begin with https:// unless it is on this machine.")
        return found

    def _mail_problems(self) -> list[str]:
        """Return why mail cannot be sent, where there is none without which somebody would be at a loss."""
        how = (
            "Ask your mail provider for SMTP access, then set smtp://user:password@host:587 (or smtps://...:465), in "
            "which a / of the password is %2F, a # is %23 and an @ is %40."
        )
        if _leads_somewhere(self.smtp_url, "smtp", "smtps"):
            return []
        if self.smtp_url or not (self.slack or self.teams_app_id):
            return [f"COUNTERSIGN_SMTP_URL is missing or is none, and without mail nobody can be reached. {how}"]
        if self.slack_oauth_client_id and not self.teams_app_id:
            why = "who installs the Slack app in a workspace signs in first, and only by mail can a link reach them"
            other = "For one workspace COUNTERSIGN_SLACK_BOT_TOKEN in the place of the OAuth client needs no mail."
            return [f"COUNTERSIGN_SMTP_URL is missing: {why}. {how} {other}"]
        return []

    def check(self) -> None:
        """Raise BadSettings, naming everything that is wrong at once."""
        found = self.problems()
        if found:
            raise BadSettings("\n".join(f"- {problem}" for problem in found))
