"""What a chat platform needs to be told: half of it is refused, each missing part with where to find it."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config.settings import Settings

_BOT_TOKEN, _APP_TOKEN = re.compile(r"xoxb-[!-~]+"), re.compile(r"xapp-[!-~]+")
TEAMS_GUIDE = "docs/how-to/operator/connect-teams.md"
TEAMS_FOR_EVERYBODY = (
    "In the Teams admin center: Teams apps, Manage apps, Upload new app (what `python -m bot manifest teams` writes); "
    "then Teams apps, Setup policies, Global, Installed apps, Add apps. It takes some hours to reach everybody."
)


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only be reached from this machine."""
    if host.strip("[]").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def slack_problems(told: Settings) -> list[str]:
    """Return what is missing of a Slack app, each with where to find it."""
    if not told.slack:
        return []
    found = []
    if not (told.slack_bot_token or told.slack_oauth_client_id):
        found.append(
            "COUNTERSIGN_SLACK_BOT_TOKEN is missing. Install the app to your workspace and copy the Bot User OAuth "
            "Token (xoxb-...) from “OAuth & Permissions”."
        )
    if told.slack_bot_token and not _BOT_TOKEN.fullmatch(told.slack_bot_token):
        found.append(
            "COUNTERSIGN_SLACK_BOT_TOKEN is no bot token: one begins with xoxb- and has neither quotes around it nor "
            "spaces in it. Copy the Bot User OAuth Token from “OAuth & Permissions” of the Slack app."
        )
    if told.slack_app_token and not _APP_TOKEN.fullmatch(told.slack_app_token):
        found.append(
            "COUNTERSIGN_SLACK_APP_TOKEN is no app-level token: one begins with xapp- and has neither quotes around it "
            "nor spaces in it. Make one with connections:write under “Basic Information” of the Slack app."
        )
    if not (told.slack_signing_secret or told.slack_app_token):
        found.append(
            "COUNTERSIGN_SLACK_SIGNING_SECRET is missing. Copy it from “Basic Information” of the Slack app; "
            "with Socket Mode set COUNTERSIGN_SLACK_APP_TOKEN (xapp-...) instead."
        )
    if bool(told.slack_oauth_client_id) != bool(told.slack_oauth_client_secret):
        found.append(
            "COUNTERSIGN_SLACK_OAUTH_CLIENT_ID and COUNTERSIGN_SLACK_OAUTH_CLIENT_SECRET belong together: copy both "
            "from “Basic Information” of the Slack app."
        )
    if told.slack_oauth_client_id and told.slack_bot_token:
        found.append(
            "COUNTERSIGN_SLACK_BOT_TOKEN is for a single workspace and COUNTERSIGN_SLACK_OAUTH_CLIENT_ID for several: "
            "unset one of them."
        )
    return found


def teams_problems(told: Settings) -> list[str]:
    """Return what is missing of a Teams bot, each with where to find it."""
    if told.teams_local:
        return _local_problems(told)
    if not told.teams:
        return []
    found = []
    if not told.teams_app_id:
        found.append(
            "COUNTERSIGN_TEAMS_APP_ID is missing. Copy the Microsoft App ID from “Configuration” of the Azure Bot."
        )
    if bool(told.teams_app_password) == told.teams_managed_identity:
        found.append(
            "Set either COUNTERSIGN_TEAMS_APP_PASSWORD (a client secret from “Certificates & secrets” of the app) or "
            "COUNTERSIGN_TEAMS_MANAGED_IDENTITY=1, not both."
        )
    if not told.teams_tenant_id:
        found.append(
            "COUNTERSIGN_TEAMS_TENANT_ID is missing: nobody but your own organisation may talk to the bot. "
            "Copy the Directory (tenant) ID from “Overview” in Microsoft Entra."
        )
    return found


def _local_problems(told: Settings) -> list[str]:
    """Return why activities without a token cannot be taken: everything must stay on this machine."""
    found = [
        f"COUNTERSIGN_TEAMS_LOCAL takes activities from anybody who reaches it, so COUNTERSIGN_{name} must stay on "
        "this machine. Unset one of them."
        for name, host in (("HOST", told.host), ("BASE_URL", urlsplit(told.base_url).hostname or ""))
        if not is_loopback(host)
    ]
    if told.teams_app_id or told.teams_app_password or told.teams_managed_identity:
        found.append("COUNTERSIGN_TEAMS_LOCAL is for trying things without credentials: unset it, or the app id.")
    return found
