"""Addresses, methods and headers that nobody needs: every answer is a page in words, under the same strict policy."""

from __future__ import annotations

from urllib.parse import quote

from bot.web.session import Cookies
from tests.attacks.conftest import nothing_written
from tests.support.stage import KEYS, Stage, on_stage
from tests.support.wire import Answer, Wire, signed_in

SECRET_WORDS = "words that only the owner may read"
ODD_PATHS = (
    "/go/%2e%2e/%2e%2e", "/go/..%2f..%2fetc%2fpasswd", "/static/..%2f..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/app.py",
    "/static/..%5c..%5capp.py", "/static/%00", "/go/policy.show/%00", "/go/policy.show/%FF%FE",
    "/go/policy.show/POL-1%0d%0aX:y",
    "/go/policy.show/" + "9" * 400, "/go/policy.show/POL-" + "9" * 30, "/go/policy.acknowledge/A-" + "9" * 30,
    "/go/status/C-" + "9" * 30, "/go/status/%F0%9F%92%A9", "/go/status/@%00", "/go/policy.show/POL-1;drop table people",
    "/go/__init__", "/go/policy", "/go/policy.", "/go/.policy", "/go/policy.show.show/POL-1", "/go/POLICY.SHOW/POL-1",
    "/go/system.exit", "/go/%E2%80%AEtodo", "/go/todo/%3Cscript%3E", "/export/..%2fpolicy.csv", "/export/people.csv",
    "/done/x", "/done/..", "/say?words=%00", "/say?words=" + "a" * 5000, "/say?words=status+C-" + "9" * 30,
    "/sign-in/%00", "/sign-in/%ED%A0%80", "/sign-in?to=%00", "/go/policy.show/POL-1/extra", "//evil.example/go/todo",
)  # fmt: skip


def check_quiet(answer: Answer) -> None:
    """Assert that an answer is a page of ours that fails in words, not by accident."""
    assert answer.status < 500, answer.text
    assert "Content-Security-Policy" in answer.headers
    assert "Traceback" not in answer.text


def test_odd_addresses_lead_nowhere(stage: Stage) -> None:
    """Whether one looks or presses; nothing breaks, and nothing is written."""
    chidi = signed_in(stage, stage.person("Chidi"))
    with nothing_written(stage):
        for path in ODD_PATHS:
            try:
                check_quiet(chidi.get(quote(path, safe="/%?=+")))
                check_quiet(
                    chidi.post(quote(path.replace("/go/", "/do/"), safe="/%?=+"), {"csrf": chidi.csrf, "shown": "x"})
                )
                check_quiet(Wire(stage).get(quote(path, safe="/%?=+")))
            except AssertionError as wrong:
                raise AssertionError(f"{path}: {wrong}") from wrong


def test_methods_that_no_page_takes(stage: Stage) -> None:
    """Are told which it does take; nothing is sent back of what was sent."""
    chidi = signed_in(stage, stage.person("Chidi"))
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        for path, allowed in (("/go/todo", "GET,HEAD"), ("/do/policy.object/A-1", "POST"), ("/say", "GET,HEAD,POST")):
            answer = chidi.send(method, path, SECRET_WORDS, {})
            assert (answer.status, answer.headers["Allow"]) == (405, allowed), method
            assert SECRET_WORDS not in answer.text
            check_quiet(answer)
    head = chidi.send("HEAD", "/go/todo", None, {})
    assert (head.status, head.text) == (200, "")
    assert int(head.headers["Content-Length"]) > 1000


def test_every_answer_carries_the_policy(stage: Stage) -> None:
    """Pages, files, errors, redirects and machine answers."""
    chidi = signed_in(stage, stage.person("Chidi"))
    style = next(part for part in chidi.get("/go/todo").text.split('"') if part.startswith("/static/look.css"))
    for wire, path, kept in (
        (chidi, "/go/todo", "no-store"), (chidi, "/", "no-store"), (chidi, "/nowhere", "no-store"),
        (Wire(stage), "/sign-in", "no-store"), (Wire(stage), "/healthz", "no-store"),
        (Wire(stage), style, "public, max-age=31536000, immutable"),
        (Wire(stage), "/static/look.css", "no-cache"), (Wire(stage), "/static/look.css?v=0", "no-cache"),
        (Wire(stage), "/static/none.css", "no-store"),
    ):  # fmt: skip
        answer = wire.get(path)
        assert answer.headers["Cache-Control"] == kept, path
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "aiohttp" not in answer.headers["Server"]
        assert "Strict-Transport-Security" not in answer.headers, "this one is served without TLS"


def test_a_server_behind_tls_says_so(sqlite_url: str) -> None:
    """HSTS, and a cookie that only this very host can set."""
    with on_stage(sqlite_url, company="Halden Instruments", base_url="https://comply.halden.example") as stage:
        answer = Wire(stage).get("/sign-in", Host="comply.halden.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert Cookies(KEYS, secure=True).name == "__Host-countersign"
        plain = Wire(stage).post(
            "/sign-in", {"email": "a@b"}, Host="comply.halden.example", Origin="http://comply.halden.example"
        )
        assert plain.status == 403
