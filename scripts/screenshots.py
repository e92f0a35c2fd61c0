"""Takes the pictures of the documentation: starts a demo in a temporary place and photographs it with Chromium.

    python -m scripts.screenshots [FOLDER]

Needs playwright and a Chromium. Without a folder the pictures go to docs/images.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import NAMES

ROOT = Path(__file__).parent.parent
EMPLOYEE, LEAD = "Chidi Okafor", "Ana Duarte"
SIZES = {"desktop": (1280, 900, 1), "phone": (390, 844, 2)}  # width and height as CSS counts, pixels for each
SECONDS = 90  # a demo is founded within a minute


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """Serve a fresh demo, and nothing of whoever calls this; yields its address."""
    address = f"http://127.0.0.1:{free_port()}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    told = {
        "COUNTERSIGN_DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "COUNTERSIGN_PORT": address.rpartition(":")[2],
        "COUNTERSIGN_BASE_URL": address,
    }
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=own | told)
    try:
        _wait(server, f"{address}/readyz")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The demo did not start; its own words stand above.")


def be(page: Page, name: str) -> None:
    """Pick whom to be."""
    page.goto("/demo")
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("heading", level=1).wait_for()


def walk(page: Page, shoot: Shoot) -> None:
    """Go where an employee and a lead go first."""
    be(page, EMPLOYEE)
    shoot(page, "inbox")
    page.get_by_role("link", name="Read", exact=True).first.click()
    shoot(page, "policy")
    page.go_back()
    page.get_by_role("link", name="Acknowledge", exact=True).first.click()
    shoot(page, "acknowledge-form")
    be(page, LEAD)
    page.goto("/go/status")
    shoot(page, "dashboard")


class Shoot:
    """Takes pictures of one size into a folder; the inbox also in the dark."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        self.size = size

    def __call__(self, page: Page, name: str) -> None:
        """Take the picture called `name`."""
        page.screenshot(path=self.folder / f"{name}-{self.size}.png")
        if name == "inbox":
            page.emulate_media(color_scheme="dark")
            page.screenshot(path=self.folder / f"{name}-{self.size}-dark.png")
            page.emulate_media(color_scheme="light")


def take(browser: Browser, address: str, folder: Path) -> None:
    """Take every picture in every size."""
    for size, (width, height, scale) in SIZES.items():
        with browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            reduced_motion="reduce",
            locale="en-GB",
        ) as context:
            walk(context.new_page(), Shoot(folder, size))


def main(folder: Path) -> None:
    """Start a demo and photograph it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        sys.exit("No Chromium found: apt-get install chromium, dnf install chromium or brew install --cask chromium.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, demo(Path(place)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        take(browser, address, folder)
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
