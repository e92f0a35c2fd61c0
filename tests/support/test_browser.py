"""The browser that tests get draws pages of this machine, runs their scripts and asks nobody else."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

PAGE = """<!doctype html><title>A promise</title><h1>Waiting</h1>
<script>document.querySelector("h1").textContent = "Kept"</script>"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a site with one page."""
    (tmp_path / "index.html").write_text(PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_page_is_drawn_and_its_script_runs(page: Page, site: str) -> None:
    page.goto(site)
    assert page.title() == "A promise"
    assert page.get_by_role("heading").inner_text() == "Kept"
    assert page.screenshot().startswith(b"\x89PNG")


def test_other_hosts_are_out_of_reach(page: Page, site: str) -> None:
    page.goto(site)
    outcome = page.evaluate("fetch('https://example.com/', {mode: 'no-cors'}).then(() => 'reached', () => 'refused')")
    assert outcome == "refused"


def test_pages_share_no_cookies(page: Page, site: str) -> None:
    page.goto(site)
    page.evaluate("document.cookie = 'session=Ana'")
    assert page.evaluate("document.cookie") == "session=Ana"
    browser = page.context.browser
    assert browser is not None
    with browser.new_context() as another:
        other_page = another.new_page()
        other_page.goto(site)
        assert other_page.evaluate("document.cookie") == ""
