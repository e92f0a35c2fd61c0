"""What strangers and colleagues try on the web inbox: forged posts, forged cookies, other people's things."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bot.web.session import COOKIE, Cookies
from tests.attacks.conftest import nothing_written
from tests.support.company import found
from tests.support.stage import KEYS, Stage, on_stage
from tests.support.wire import Wire, fresh, signed_in

SECRET_WORDS = "words that only the owner may read"
EVIL = "https://evil.example"


def objection(wire: Wire, csrf: str | None) -> dict[str, str]:
    """Return a whole objection of Chidi's, with this token."""
    token = {} if csrf is None else {"csrf": csrf}
    return {"reason": SECRET_WORDS, "shown": wire.form("/go/policy.object/A-1")["shown"], "key": fresh(), **token}


def test_a_post_needs_the_token_of_its_own_session(stage: Stage) -> None:
    """Missing, empty, mistyped, somebody else's, another session's of the same person, or of a key no longer in use."""
    chidi, twice = (signed_in(stage, stage.person("Chidi")) for _ in range(2))
    bruno = signed_in(stage, stage.person("Bruno"))
    retired = Cookies(("an older key that has been taken out of the list",)).csrf(chidi.secret)
    for token in (None, "", "é" * 64, chidi.csrf[:-1], chidi.csrf.upper(), bruno.csrf, twice.csrf, retired):
        values = objection(chidi, token)
        with nothing_written(stage):
            assert chidi.post("/do/policy.object/A-1", values).status == 403, token
    assert chidi.post("/do/policy.object/A-1", objection(chidi, chidi.csrf)).status == 303


def test_a_post_from_another_site_is_refused(stage: Stage) -> None:
    """Whatever token it carries."""
    chidi = signed_in(stage, stage.person("Chidi"))
    port = stage.address.rpartition(":")[2]
    foreign = (
        EVIL,
        "null",
        "",
        f"https://127.0.0.1:{port}",
        f"http://evil.127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "file://",
    )
    for origin in foreign:
        with nothing_written(stage):
            assert chidi.post("/do/policy.object/A-1", objection(chidi, chidi.csrf), Origin=origin).status == 403, (
                origin
            )
            assert Wire(stage).post("/demo", {"ref": chidi.stage.person("Ana").ref}, Origin=origin).status == 403
            assert Wire(stage).post("/sign-in", {"email": "ana@halden.example"}, Origin=origin).status == 403
    with nothing_written(stage):
        cross = chidi.post("/do/policy.object/A-1", objection(chidi, chidi.csrf), Sec_Fetch_Site="cross-site")
        assert cross.status == 403
    assert chidi.post("/do/policy.object/A-1", objection(chidi, chidi.csrf), Origin=stage.address).status == 303


def test_an_old_page_of_ours_loses_nothing(stage: Stage) -> None:
    """What was typed stands on the page that says so, with the right token, and is taken at the next press."""
    chidi = signed_in(stage, stage.person("Chidi"))
    old = chidi.post("/do/policy.object/A-1", objection(chidi, "old"), Origin=stage.address)
    assert old.status == 403
    form = next(one for one in old.page.forms if one.action == "/do/policy.object/A-1")
    assert form.values["reason"] == SECRET_WORDS
    assert chidi.post(form.action, form.values, Origin=stage.address).status == 303
    assert len(stage.records("policy.objected")) == 1


def test_a_session_that_ended_while_typing_loses_nothing(stage: Stage) -> None:
    """Signed in again, two presses later, the answer is in."""
    chidi = signed_in(stage, stage.person("Chidi"))
    values = objection(chidi, chidi.csrf)
    stage.later(hours=13)
    out = chidi.post("/do/policy.object/A-1", values, Origin=stage.address)
    assert out.status == 401
    again = signed_in(stage, stage.person("Chidi"))
    for wanted in (403, 303):
        form = next(one for one in out.page.forms if one.action == "/do/policy.object/A-1")
        out = again.post(form.action, form.values, Origin=stage.address)
        assert out.status == wanted
    assert len(stage.records("policy.objected")) == 1


def test_forged_cookies_open_nothing(stage: Stage) -> None:
    """Unsigned, tampered with, signed with a key that is not ours, or for another purpose."""
    chidi = signed_in(stage, stage.person("Chidi"))
    value = chidi.cookie.partition("=")[2]
    body, _, signature = value.rpartition(".")
    forged = [
        "", ".", body, chidi.secret, value[:-2], f"{body[:-1]}A.{signature}", "x" * 6000, "é", '["1"]',
        Cookies(("a key that somebody outside made up themselves",)).sign(chidi.secret),
        Cookies(KEYS).keep(1, chidi.secret),
        Cookies(KEYS).sign("a secret that belongs to no session"),
    ]  # fmt: skip
    for cookie in forged:
        answer = Wire(stage, f"{COOKIE}={quote(cookie)}").get("/go/todo")
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?to=/go/todo"), cookie
    assert chidi.get("/go/todo").status == 200


def test_keys_are_changed_without_signing_anybody_out(stage: Stage) -> None:
    """The newest key signs, older ones of the list still read, and one that is taken out no longer does."""
    old, new = "the key that was in use until today, 32+", "the key that is in use from today on, 32+"
    before = Cookies((old,))
    cookie, token = before.sign("secret"), before.csrf("secret")
    between, after = Cookies((new, old)), Cookies((new,))
    assert between.read(cookie) == "secret"
    assert between.csrf_holds("secret", token)
    assert after.read(between.sign("secret")) == "secret"
    assert after.read(cookie) is None
    assert not after.csrf_holds("secret", token)


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "https:evil.example",
        "/\t/evil.example", "/\n/evil.example", "%2f%2fevil.example", "javascript:alert(1)", " //evil.example",
        "/go/todo\r\nSet-Cookie: a=b", "evil.example", "", "@evil.example", "/\x00/evil.example",
    ],
)  # fmt: skip
def test_the_way_back_never_leads_elsewhere(sqlite_url: str, to: str) -> None:
    """From the sign-in page, from a link, and from the demo."""
    with on_stage(sqlite_url, company="Halden Instruments") as stage:
        found(stage)
        ana = stage.person("Ana")
        answer = Wire(stage).post(f"/demo?to={quote(to)}", {"ref": ana.ref})
        assert (answer.status, answer.headers["Location"]) == (303, "/"), to
        assert signed_in(stage, ana).get(f"/sign-in?to={quote(to)}").headers["Location"] == "/"
        form = Wire(stage).get(f"/demo?to={quote(to)}").page.forms[0]
        assert form.action == "/demo"


def test_only_our_own_name_is_served(stage: Stage) -> None:
    """Another name that is made to lead to this machine shows nothing, and health says nothing of anybody."""
    chidi = signed_in(stage, stage.person("Chidi"))
    port = stage.address.rpartition(":")[2]
    for host in (
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1.evil.example",
        "169.254.169.254",
        "[::",
        "127.0.0.1@evil.example",
    ):
        answer = chidi.get("/go/todo", Host=host)
        assert answer.status in (400, 421), host
        assert "Chidi" not in answer.text
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert chidi.get("/go/todo", Host=host).status == 200, host
    forwarded = chidi.get("/go/todo", Host="evil.example", X_Forwarded_Host="127.0.0.1", Forwarded="host=127.0.0.1")
    assert forwarded.status == 421
    assert Wire(stage).get("/healthz", Host="10.0.0.7").text == '{"alive": true}'


def test_nobody_far_away_picks_whom_to_be(stage: Stage) -> None:
    """Neither behind a proxy nor under another name, and a session opened so would say that it proves nothing."""
    ref = stage.person("Ana").ref
    for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"):
        with nothing_written(stage):
            told = {header.replace("-", "_"): "127.0.0.1"}
            assert Wire(stage).get("/demo", **told).status == 404, header
            assert Wire(stage).post("/demo", {"ref": ref}, **told).status == 404, header
    with nothing_written(stage):
        assert Wire(stage).post("/demo", {"ref": ref}, Host="demo.example").status == 421
        for unknown in ("", "1", "' or 1=1 --", "f" * 32, "\x00", "é"):
            assert Wire(stage).post("/demo", {"ref": unknown}).status == 404
    assert Wire(stage).post("/demo", {"ref": ref}).status == 303


REAL = {"admin_email": "ana@halden.example", "base_url": "https://comply.halden.example"}


@pytest.mark.parametrize("settings", [REAL, {"base_url": "https://demo.halden.example"}, {"host": "0.0.0.0"}])  # noqa: S104
def test_where_it_could_be_reached_from_outside_nobody_picks(sqlite_url: str, settings: dict[str, str]) -> None:
    """In a real deployment there is no such page at all."""
    with on_stage(sqlite_url, company="Halden Instruments", **settings) as stage:
        hosts = ["127.0.0.1", *([settings["base_url"].removeprefix("https://")] if "base_url" in settings else [])]
        for host in hosts:
            for answer in (Wire(stage).get("/demo", Host=host), Wire(stage).post("/demo", {"ref": "x"}, Host=host)):
                assert answer.status in (404, 421)
                assert "Whom would you like to be" not in answer.text
