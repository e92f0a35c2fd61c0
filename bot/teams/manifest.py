"""The app package as Teams is told about it: what an administrator uploads under "Manage apps".

Written after Microsoft's page "App manifest reference" (schema 1.19): no permission of Microsoft Graph is asked for.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.settings import Settings

ICONS = Path(__file__).parent / "icons"
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
_COLOUR = "#1d4f5c"
_EPOCH = (2026, 1, 1, 0, 0, 0)  # the same package again is the same bytes


def manifest(settings: Settings) -> dict[str, Any]:
    """Return the manifest."""
    name, company = settings.bot_name, settings.company or settings.bot_name
    site = settings.base_url if settings.base_url.startswith("https://") else "https://localhost"
    about = (
        f"{name} asks you to acknowledge policies, reminds you in your own hours, and keeps every answer as evidence."
    )
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.19",
        "version": "1.0.0",
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


def package(settings: Settings) -> bytes:
    """Return the app package: the manifest and two icons in a zip; the same settings give the same bytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "manifest.json", json.dumps(manifest(settings), indent=2, ensure_ascii=False).encode())
        for name in ("color.png", "outline.png"):
            _add(packed, name, (ICONS / name).read_bytes())
    return kept.getvalue()


def _add(packed: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, body)
