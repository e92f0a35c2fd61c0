"""Draws every kind of page with invented content and photographs it: wide and narrow, light and dark.

    python -m scripts.gallery FOLDER [part of a page's name]

Needs playwright and a Chromium; the pages themselves need neither, nor a database.
"""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright

from bot.web import draw
from scripts.samples import pages

HOST = "http://gallery.invalid"
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'"


def serve(route: Route, drawn: dict[str, str]) -> None:
    """Answer the browser from memory, with the policy that the server will send."""
    path = route.request.url.removeprefix(HOST).partition("?")[0]
    if path.startswith("/static/"):
        kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[Path(path).suffix]
        route.fulfill(body=(draw.HERE / path.lstrip("/")).read_bytes(), content_type=kind)
        return
    headers = {} if path == "/mail" else {"Content-Security-Policy": POLICY}
    route.fulfill(body=drawn.get(path.lstrip("/"), ""), content_type="text/html; charset=utf-8", headers=headers)


def photograph(browser: Browser, drawn: dict[str, str], folder: Path) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page.route("**/*", partial(serve, drawn=drawn))
            page.on("console", lambda message: print("console:", message.text))
            for name in drawn:
                page.goto(f"{HOST}/{name}")
                page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    print(f"{name}-{size}: wider than the screen")
            page.close()


def main(folder: Path, part: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {name: html for name, html in pages() if part in name}
    for name, html in drawn.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("No Chromium found: the pages are drawn, but not photographed.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        photograph(browser, drawn, folder)
        browser.close()
    print(f"{len(drawn)} pages in {folder}")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:])
