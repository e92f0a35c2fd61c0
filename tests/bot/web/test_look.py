"""Every pair of colours that the style sheet uses together can be read, in the light and in the dark (WCAG 2.2 AA)."""

from __future__ import annotations

import re

import pytest

from bot.web.draw import HERE

TEXT, SHAPE = 4.5, 3.0  # WCAG 1.4.3 contrast of text; 1.4.11 of boxes, focus and the parts of a chart
SHEET = (HERE / "static" / "look.css").read_text(encoding="utf-8")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "quiet", "accent", "accent-strong") for ground in ("ground", "surface")),
    *((ink, "accent-soft", TEXT) for ink in ("ink", "quiet", "accent", "accent-strong")),
    *((tone, f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad")),
    *((tone, "surface", TEXT) for tone in ("good", "warn", "bad")),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("ink", "line", TEXT),
    *(("edge", ground, SHAPE) for ground in ("ground", "surface")),
    *((bar, "surface", SHAPE) for bar in ("bar-done", "bar-late", "bar-other")),
    ("bar-done", "bar-open", SHAPE),
]


def themes() -> dict[str, dict[str, str]]:
    """Return the colours by theme; the dark one repeats only what it changes."""
    light, dark, *_ = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    read = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return {"light": read[0], "dark": read[0] | read[1]}


def luminance(colour: str) -> float:
    """Return the relative luminance that WCAG defines."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(theme: str, ink: str, ground: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_the_sheet_fetches_nothing() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_every_class_on_a_page_means_something() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in (HERE / "templates").glob("*.html"))
    used = {name for value in re.findall(r'class="([^"{]+)"', templates) for name in value.split()}
    styled = set(re.findall(r"\.([a-z][\w-]*)", SHEET))
    script = (HERE / "static" / "keys.js").read_text(encoding="utf-8")
    assert {name for name in used if name not in styled and f".{name}" not in script} == set()
