"""Draws the two icons of the Teams app from our mark: in colour on its ground, and as a white outline on nothing.

    python -m scripts.icons

Needs playwright and a Chromium. They stand in bot/teams/icons and travel in the app package.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import NAMES

ROOT = Path(__file__).parent.parent
MARK = (ROOT / "bot" / "web" / "static" / "mark.svg").read_text()
TICK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M6 17l7 7L27 8" fill="none" '
    'stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
ICONS = {"color.png": (192, MARK), "outline.png": (32, TICK)}  # sizes that Teams asks for


def draw(browser: Browser, name: str, size: int, svg: str) -> None:
    """Draw one icon."""
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
    page.screenshot(path=str(ROOT / "bot" / "teams" / "icons" / name), omit_background=True)


def main() -> None:
    """Draw both."""
    found = next(path for name in NAMES for folder in os.get_exec_path() if (path := Path(folder) / name).exists())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        for name, (size, svg) in ICONS.items():
            draw(browser, name, size, svg)
        browser.close()


if __name__ == "__main__":
    main()
