"""What is sent: too much, broken, in another language, twice, or with names that hope to be obeyed."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

import pytest

from bot.web import posted
from bot.web.protocol import WORDS
from tests.attacks.conftest import nothing_written
from tests.storms.test_full_and_locked import locked
from tests.support.stage import Stage
from tests.support.wire import Answer, Wire, fresh, signed_in

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
MEGABYTE = "wörter " * 150_000
HOSTILE = "</title><script>alert(1)</script> <!channel> =1+1 {{7*7}} \u202egnp.exe\x00 😀 \" ' &lt;"
LOUD = "unmistakable-words-of-an-answer"


def asked(wire: Wire, **values: str) -> dict[str, str]:
    """Return a whole question of Chidi's about A-1."""
    shown = wire.form("/go/policy.ask/A-1")["shown"]
    return {"question": LOUD, "shown": shown, "key": fresh(), "csrf": wire.csrf, **values}


def check_refused(answer: Answer, *statuses: int) -> None:
    """Assert that an answer is a page that says what to do."""
    assert answer.status in statuses, answer.text
    assert "<h1" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_a_megabyte_is_refused_and_still_there(stage: Stage) -> None:
    """Beside the field stands how much fits; the text itself comes back whole."""
    chidi = signed_in(stage, stage.person("Chidi"))
    with nothing_written(stage):
        answer = chidi.post("/do/policy.ask/A-1", asked(chidi, question=MEGABYTE))
        check_refused(answer, 422)
        assert "3000 fit here" in answer.text
        form = next(one for one in answer.page.forms if one.action == "/do/policy.ask/A-1")
        assert form.values["question"].strip() == MEGABYTE.strip()
        for path in ("/do/policy.acknowledge/A-1", "/do/policy.object/A-1", "/say"):
            values = dict.fromkeys(("words", "typed_name", "reason", "agree", "shown", "key"), MEGABYTE)
            check_refused(chidi.post(path, {**values, "csrf": chidi.csrf}), 200, 404, 409, 422)


def test_more_than_anybody_types_is_not_read(stage: Stage) -> None:
    """By its length alone; who is not signed in may send less still, and must say how much."""
    chidi = signed_in(stage, stage.person("Chidi"))
    with nothing_written(stage):
        check_refused(chidi.post("/do/policy.ask/A-1", "x" * 64, Content_Length=str(17 * 1024**2)), 413)
        check_refused(Wire(stage).post("/sign-in", "x" * 64, Content_Length="70000"), 413)
        check_refused(Wire(stage).post("/demo", "x" * 64, Content_Length="70000"), 413)
    chunked = Wire(stage).raw(
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n5\r\nemail\r\n0\r\n\r\n"
    )
    assert chunked.startswith("HTTP/1.1 411 ")


def test_hostile_texts_are_shown_as_texts(stage: Stage) -> None:
    """In the form that comes back, in what was typed, and to whoever reads it later."""
    chidi = signed_in(stage, stage.person("Chidi"))
    back = chidi.post("/do/policy.acknowledge/A-1", asked(chidi, typed_name=HOSTILE, agree=""))
    said = chidi.post("/say", {"csrf": chidi.csrf, "words": HOSTILE})
    looked = chidi.get(f"/say?words={quote(HOSTILE)}")
    named = chidi.get(f"/go/status/{quote(HOSTILE, safe='')}")
    for answer in (back, said, looked, named):
        assert answer.status in (404, 409, 422)
        assert answer.text.count("<script") == 1
        assert "alert(1)</script>" not in answer.text
        assert not {"\u202e", "\x00", "<!channel>"} & {
            part for part in ("\u202e", "\x00", "<!channel>") if part in answer.text
        }
    assert "{{7*7}}" in back.text.replace("&#123;", "{")


BROKEN: tuple[tuple[str, bytes, tuple[int, ...]], ...] = (
    (FORM, b"\xff\xfe\xfa", (303, 400, 403)),
    (FORM, b"csrf=%FF%FE&words=%00", (403,)),
    (FORM + "; charset=klingon", b"csrf=x", (400,)),
    (FORM + "; charset=utf-16", b"c", (400, 403)),
    (FORM, b"&&&&====;;;;%%%", (403,)),
    (FORM, b"[]" * 1000, (403,)),
    ("application/json", json.dumps({"csrf": "x"}).encode(), (415,)),
    ("text/plain", b"csrf=x", (415,)),
    ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", (415,)),
    ("image/png", b"\x89PNG", (415,)),
    ("nonsense", b"x", (415,)),
    ("multipart/form-data", b"no boundary", (400,)),
    (MULTIPART, b"", (400, 403)),
    (MULTIPART, b"--b", (400, 403)),
    (MULTIPART, b"--b\r\n\r\nno name\r\n--b--\r\n", (400, 403)),
    (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ncut', (400, 403)),
    (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\xff\xfe\r\n--b--\r\n', (400, 403)),
    (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--b--\r\n', (403,)),
    (MULTIPART, b"--b\r\n" + b"X-Long: " + b"y" * 20_000 + b"\r\n\r\nz\r\n--b--\r\n", (400, 403)),
)  # fmt: skip


def test_broken_bodies_are_refused_in_words(stage: Stage) -> None:
    """Not one of them is an accident of ours."""
    chidi = signed_in(stage, stage.person("Chidi"))
    with nothing_written(stage):
        for kind, body, statuses in BROKEN:
            for path in ("/do/policy.ask/A-1", "/say", "/sessions", "/sign-out"):
                answer = chidi.post(path, body, Content_Type=kind)
                assert answer.status in statuses, f"{kind} {body[:60]!r} -> {answer.status}"
    for kind, body, _ in BROKEN:
        for path in ("/sign-in", "/demo", "/sign-in/x", "/sign-in/x/fresh"):
            answer = Wire(stage).post(path, body, Content_Type=kind)
            assert answer.status < 500, f"{kind} {body[:60]!r} {path} -> {answer.status}"
    assert stage.records() == []


def test_a_body_that_is_cut_off_does_nothing(stage: Stage) -> None:
    """The line breaks in the middle; the next request is answered as if nothing had been."""
    chidi = signed_in(stage, stage.person("Chidi"))
    body = "&".join(f"{name}={quote(value)}" for name, value in asked(chidi).items()).encode()
    head = (
        f"POST /do/policy.ask/A-1 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {chidi.cookie}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with nothing_written(stage):
        for end in (0, 1, len(body) // 2, len(body) - 1):
            assert " 303 " not in chidi.raw(head + body[:end], cut=True)[:20]
    assert chidi.raw((head + body).replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n")).startswith(
        "HTTP/1.1 303 "
    )


def test_a_body_that_trickles_in_is_not_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends a byte now and then holds a connection only so long, and nothing is done."""
    monkeypatch.setattr(posted, "SECONDS", 0.5)
    chidi = signed_in(stage, stage.person("Chidi"))
    head = f"POST /do/policy.ask/A-1 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {chidi.cookie}\r\n"
    kinds = (f"Content-Type: {FORM}\r\n", f"Content-Type: {MULTIPART}\r\n")
    with nothing_written(stage):
        for kind in kinds:
            slow = f"{head}Connection: close\r\n{kind}Content-Length: 4000\r\n\r\nquestion=May+I".encode()
            answer = chidi.raw(slow)
            assert answer.startswith("HTTP/1.1 408 "), answer[:40]
            assert "Content-Security-Policy" in answer
    assert chidi.post("/do/policy.ask/A-1", asked(chidi)).status == 303


BABBLE = (
    b"POST / HTTP/9.9\r\nX: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon here <script>\r\n\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"<script>" * 2000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no http at all\r\n\r\n",
)


def test_what_is_no_request_gets_the_same_headers(stage: Stage) -> None:
    """It comes to no page, and still is answered under the strict policy, with none of its own words."""
    for babble in BABBLE:
        answer = Wire(stage).raw(babble)
        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith(("HTTP/1.1 400 ", "HTTP/1.0 400 ")), babble[:30]
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
            assert name in head, babble[:30]
        assert "Server: Countersign" in head
        assert (body, "Python" in head) == (WORDS, False)


def test_a_field_that_comes_twice_is_not_guessed(stage: Stage) -> None:
    """Neither joined nor chosen from: it is asked again."""
    chidi = signed_in(stage, stage.person("Chidi"))
    values = asked(chidi)
    twice = "&".join(f"{name}={quote(value)}" for name, value in values.items())
    with nothing_written(stage):
        answer = chidi.post("/do/policy.ask/A-1", f"{twice}&question=something+else")
        check_refused(answer, 422)
        assert "Only one answer fits here" in answer.text
    shadow = chidi.post("/do/policy.ask/A-1", f"csrf=wrong&{twice}")
    assert shadow.status == 403


def test_a_file_where_words_belong_and_words_where_a_file_belongs(stage: Stage) -> None:
    """Each is asked again for what it is."""
    chidi, ana = signed_in(stage, stage.person("Chidi")), signed_in(stage, stage.person("Ana"))
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    parts = [head.format(name, "", value) for name, value in asked(chidi).items() if name != "question"]
    parts.append(head.format("question", '; filename="../../etc/passwd"', "root"))
    body = "".join(f"--b\r\n{part}" for part in parts) + "--b--\r\n"
    with nothing_written(stage):
        check_refused(chidi.post("/do/policy.ask/A-1", body, Content_Type=MULTIPART), 422)
        values = {**ana.form("/go/policy.import"), "csrf": ana.csrf, "file": "just words"}
        check_refused(ana.post("/do/policy.import", values), 422)


def test_what_is_typed_stands_in_no_log(
    stage: Stage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it is taken, refused, broken, or meets an error of ours."""
    caplog.set_level(logging.DEBUG)
    chidi = signed_in(stage, stage.person("Chidi"))
    chidi.post("/do/policy.ask/A-1", asked(chidi))
    chidi.post("/do/policy.ask/A-1", asked(chidi, csrf=LOUD))
    chidi.post(f"/do/{LOUD}/A-1", asked(chidi))
    chidi.post("/say", {"csrf": chidi.csrf, "words": LOUD})
    chidi.get(f"/say?words={LOUD}")
    Wire(stage).post("/sign-in", {"email": f"{LOUD}@halden.example"})
    Wire(stage).get(f"/sign-in/{LOUD}")
    Wire(stage).raw(f"POST /{LOUD} HTTP/9.9\r\nX: \x00{LOUD}\r\n\r\n".encode())
    out = capsys.readouterr()
    logged = "\n".join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert "gesture" in out.out + logged
    assert LOUD not in out.out + out.err + logged


def test_a_database_in_other_hands_loses_nothing_that_was_typed(stage: Stage) -> None:
    """The page holds the answer; the same press works when the database does, and counts once."""
    chidi = signed_in(stage, stage.person("Chidi"))
    values = asked(chidi, question=HOSTILE.replace("\x00", "").replace("\u202e", ""))

    with nothing_written(stage), locked(stage):
        answer = chidi.post("/do/policy.ask/A-1", values)
    check_refused(answer, 503)
    assert "what you typed is still here" in answer.text
    (form,) = [one for one in answer.page.forms if one.action == "/do/policy.ask/A-1"]
    assert form.values == values
    assert chidi.post(form.action, form.values).status == 303
    assert chidi.post(form.action, form.values).status == 409
    assert len(stage.records("policy.question")) == 1
