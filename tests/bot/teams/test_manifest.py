"""The app package: what Microsoft's reference allows, addresses of this deployment, commands that are commands."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.teams.manifest import ICONS, SHOWN, manifest, package, version
from bot.teams.package import flaws
from config.settings import Settings
from handlers.commands import aliases, vocabulary
from handlers.grammar import parse
from tests.support.process import ROOT, bot
from tests.support.teams.issuer import APP

BASE = "https://comply.halden.example"


def told(**more: Any) -> Settings:
    """Return the settings of Halden."""
    return Settings(**{"base_url": BASE, "teams_app_id": APP, "company": "Halden Instruments", **more})


def unpacked(body: bytes) -> dict[str, bytes]:
    """Return the files of a package."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(files: dict[str, bytes]) -> bytes:
    """Return files as a package."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return body.getvalue()


@pytest.mark.parametrize("name", ["Comply", "A name that nobody can remember, however hard they try"])
def test_every_length_is_within_the_reference(name: str) -> None:
    company = "The Halden Instruments Company of Everywhere and Sons, Incorporated in Delaware"
    app = manifest(told(bot_name=name, company=company))
    assert 0 < len(app["name"]["short"]) <= 30
    assert 0 < len(app["name"]["full"]) <= 100
    assert 0 < len(app["description"]["short"]) <= 80
    assert 0 < len(app["description"]["full"]) <= 4000
    assert 0 < len(app["developer"]["name"]) <= 32
    (listed,) = app["bots"][0]["commandLists"]
    assert 0 < len(listed["commands"]) <= 10
    for one in listed["commands"]:
        assert 0 < len(one["title"]) <= 32
        assert 0 < len(one["description"]) <= 128
    assert flaws(package(told(bot_name=name, company=company))) == []


def test_the_icons_are_images_of_the_sizes_that_are_asked_for() -> None:
    files = unpacked(package(told()))
    assert set(files) == {"manifest.json", "color.png", "outline.png"}
    for name, side in (("color.png", 192), ("outline.png", 32)):
        image = files[name]
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(image[16:20]) == int.from_bytes(image[20:24]) == side
        assert image[25] == 6, "coloured, with transparency"


@pytest.mark.parametrize("title", SHOWN)
def test_what_the_menu_offers_is_what_the_bot_takes(title: str) -> None:
    words = parse(title, vocabulary(), date(2026, 11, 23), aliases=aliases())
    assert words.noun
    assert words.text == "", "every word of it is understood"


def test_it_names_us_and_asks_nothing_of_microsoft_graph() -> None:
    app = json.loads(unpacked(package(told()))["manifest.json"])
    assert app["id"] == app["bots"][0]["botId"] == APP
    assert app["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert app["validDomains"] == ["comply.halden.example"]
    assert all(address.startswith(f"{BASE}") for name, address in app["developer"].items() if name.endswith("Url"))
    assert "webApplicationInfo" not in app
    assert "authorization" not in app


def test_its_version_grows_with_ours_and_with_every_revision() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    major, minor, patch = map(int, ours.split("."))
    assert version() == f"{major}.{minor}.{patch * 1000}"
    assert version(7) == f"{major}.{minor}.{patch * 1000 + 7}"
    assert package(told()) == package(told()), "the same again is the same"
    assert json.loads(unpacked(package(told(), 7))["manifest.json"])["version"] == version(7)


def test_what_would_be_refused_is_said() -> None:
    good = unpacked(package(told()))
    assert flaws(repacked(good)) == []
    assert flaws(b"no zip") == ["it is no zip with a manifest.json"]
    assert flaws(repacked({**good, "outline.png": good["color.png"]})) == [
        "the outline icon has 192 x 192 pixels instead of 32 x 32"
    ]
    assert flaws(repacked({name: body for name, body in good.items() if name != "color.png"})) == [
        "color.png is missing, or too much",
        "the color icon has 0 x 0 pixels instead of 192 x 192",
        "the color icon is not coloured",
    ]
    app = json.loads(good["manifest.json"])
    app["name"]["short"] = "x" * 31
    app["bots"][0]["botId"] = "the bot"
    assert flaws(repacked({**good, "manifest.json": json.dumps(app).encode()})) == [
        "botId is no id: copy the Microsoft App ID as it stands",
        "name.short has 31 characters, and may have 1 to 30",
    ]
    assert (ICONS / "color.png").read_bytes() == good["color.png"]


def test_it_is_written_before_there_is_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    seen = bot("manifest", "teams", "--output", str(file), "--revision", "2", teams_app_id=APP, base_url=BASE)
    assert seen.returncode == 0, seen.stderr
    assert str(file) in seen.stdout
    assert json.loads(unpacked(file.read_bytes())["manifest.json"])["version"] == version(2)
    assert flaws(file.read_bytes()) == []


def test_without_an_app_id_it_says_where_to_get_one(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    seen = bot("manifest", "teams", "--output", str(file))
    assert seen.returncode == 2
    assert "COUNTERSIGN_TEAMS_APP_ID is missing" in seen.stderr
    assert "Azure Bot" in seen.stderr
    assert "COUNTERSIGN_BASE_URL" in seen.stderr
    assert "Traceback" not in seen.stderr
    assert not file.exists()
