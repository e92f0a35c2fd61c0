"""The app package as Teams is told about it: what an administrator uploads under "Manage apps".

Written after Microsoft's page "App manifest reference" (schema 1.19): no permission of Microsoft Graph is asked for.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.settings import Settings

ICONS = Path(__file__).parent / "icons"
PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"
SCHEMA = "https://developer.microsoft.com/en-us/json-schemas/teams/v1.19/MicrosoftTeams.schema.json"
COMMANDS = 10  # of a menu
TITLE = 32  # characters of a command
NAME, FULL_NAME = 30, 100
SHOWN = {
    "todo": "what is waiting for you",
    "help": "what you can do here",
    "policy list": "the policies in force",
    "status": "how far you, or your team, have come",
    "inbox": "what was said to you, once more",
}
REVISIONS = 1000  # packages of one version of ours
_COLOUR = "#1d4f5c"
_EPOCH = (2026, 1, 1, 0, 0, 0)  # the same package again is the same bytes


def missing(settings: Settings) -> list[str]:
    """Return what has to be set before a package can be written, each with what to do; the secret need not be."""
    found = []
    if not settings.teams_app_id:
        found.append(
            "COUNTERSIGN_TEAMS_APP_ID is missing: the package names the bot by it. Create an Azure Bot, and copy the "
            "Microsoft App ID from its “Configuration”."
        )
    if not settings.base_url.startswith("https://"):
        found.append(
            "COUNTERSIGN_BASE_URL must be the https:// address that people's browsers reach: Teams opens pages there."
        )
    return found


def version(revision: int = 0) -> str:
    """Return the package's version, which Teams wants to grow with every upload: ours, and a revision of it."""
    told = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    major, minor, patch = map(int, told.split("."))
    return f"{major}.{minor}.{patch * REVISIONS + revision}"


def file_name(settings: Settings) -> str:
    """Return what the package is called: comply-teams.zip."""
    plain = re.sub(r"[^a-z0-9]+", "-", settings.bot_name.lower()).strip("-")
    return f"{plain or 'comply'}-teams.zip"


def manifest(settings: Settings, revision: int = 0) -> dict[str, Any]:
    """Return the manifest; `revision` (0 to 999) tells packages of one version of ours apart."""
    name, company = settings.bot_name, settings.company or settings.bot_name
    site = settings.base_url if settings.base_url.startswith("https://") else "https://localhost"
    about = (
        f"{name} asks you to acknowledge policies, reminds you in your own hours, and keeps every answer as evidence."
    )
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.19",
        "version": version(revision),
        "id": settings.teams_app_id,
        "developer": {
            "name": company[:32],
            "websiteUrl": site,
            "privacyUrl": f"{site}/go/help",
            "termsOfUseUrl": f"{site}/go/help",
        },
        "name": {"short": name[:NAME], "full": f"{name} for {company}"[:FULL_NAME]},
        "description": {"short": "Policies, reminders and reviews, answered where you are.", "full": about},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": _COLOUR,
        "bots": [
            {
                "botId": settings.teams_app_id,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": True,
                "isNotificationOnly": False,
                "commandLists": [{"scopes": ["personal", "team", "groupChat"], "commands": _commands()}],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(site).hostname or "localhost"],
    }


def _commands() -> list[dict[str, str]]:
    return [{"title": title[:TITLE], "description": text} for title, text in list(SHOWN.items())[:COMMANDS]]


def package(settings: Settings, revision: int = 0) -> bytes:
    """Return the app package: the manifest and two icons in a zip; the same settings give the same bytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "manifest.json", json.dumps(manifest(settings, revision), indent=2, ensure_ascii=False).encode())
        for name in ("color.png", "outline.png"):
            _add(packed, name, (ICONS / name).read_bytes())
    return kept.getvalue()


def _add(packed: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, body)
