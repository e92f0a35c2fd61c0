"""What the admin center would refuse in an app package, said before anybody uploads it.

Rules: Microsoft's pages "App manifest reference" (schema 1.19) and "Design your app icon": lengths of names, texts and
commands; a colour icon of 192 x 192 pixels, an outline icon of 32 x 32 that is transparent.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

LONGEST = {
    "name.short": 30,
    "name.full": 100,
    "description.short": 80,
    "description.full": 4000,
    "developer.name": 32,
    "developer.websiteUrl": 2048,
    "developer.privacyUrl": 2048,
    "developer.termsOfUseUrl": 2048,
}
COMMANDS, TITLE, EXPLANATION = 10, 32, 128  # commands of a list; characters of each, and of what is said about it
ICONS = {"color": 192, "outline": 32}  # pixels of a side
FILES = {"manifest.json", "color.png", "outline.png"}
RGB, RGBA = 2, 6  # colour types of a PNG file


def flaws(package: bytes) -> list[str]:
    """Return what is wrong with an app package; nothing if it can be uploaded."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        told = json.loads(files["manifest.json"])
    except (zipfile.BadZipFile, KeyError, ValueError):
        return ["it is no zip with a manifest.json"]
    odd = [f"{name} is missing, or too much" for name in sorted(FILES ^ set(files))]
    return [*odd, *_identity(told), *_lengths(told), *_commands(told), *_icons(told, files)]


def _identity(told: dict[str, Any]) -> Iterator[str]:
    for where, id_ in (("id", told.get("id")), ("botId", told["bots"][0].get("botId"))):
        try:
            UUID(str(id_))
        except ValueError:
            yield f"{where} is no id: copy the Microsoft App ID as it stands"
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        if not told["developer"][name].startswith("https://"):
            yield f"developer.{name} does not begin with https://"


def _lengths(told: dict[str, Any]) -> Iterator[str]:
    for path, most in LONGEST.items():
        part, _, name = path.partition(".")
        length = len(told[part][name])
        if not 0 < length <= most:
            yield f"{path} has {length} characters, and may have 1 to {most}"


def _commands(told: dict[str, Any]) -> Iterator[str]:
    for listed in told["bots"][0]["commandLists"]:
        if len(listed["commands"]) > COMMANDS:
            yield f"more than {COMMANDS} commands"
        for one in listed["commands"]:
            if len(one["title"]) > TITLE or len(one["description"]) > EXPLANATION:
                yield f"the command {one['title']} or what is said about it is too long"


def _icons(told: dict[str, Any], files: dict[str, bytes]) -> Iterator[str]:
    for name, side in ICONS.items():
        image = files.get(told["icons"][name], b"")
        width, height, _, colour = png(image)
        if (width, height) != (side, side):
            yield f"the {name} icon has {width} x {height} pixels instead of {side} x {side}"
        if colour not in ((RGB, RGBA) if name == "color" else (RGBA,)):
            yield f"the {name} icon is not {'coloured' if name == 'color' else 'transparent'}"


def png(image: bytes) -> tuple[int, int, int, int]:
    """Return width and height in pixels, bits a channel and colour type of a PNG file; zeros for anything else."""
    if image[:8] != b"\x89PNG\r\n\x1a\n" or image[12:16] != b"IHDR" or len(image) < 26:
        return 0, 0, 0, 0
    width, height, depth, colour = struct.unpack(">IIBB", image[16:26])
    return width, height, depth, colour
